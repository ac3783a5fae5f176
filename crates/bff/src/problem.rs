//! Problem documents (RFC 9457), which the services answer errors with.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem document.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// A kind of problem. Clients decide by its name and status.
#[derive(Debug, Clone, Copy)]
pub struct ProblemType {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
}

impl ProblemType {
    /// Makes a kind.
    #[must_use]
    pub const fn new(status: StatusCode, name: &'static str, title: &'static str) -> Self {
        Self { status, name, title }
    }

    /// Returns a problem of this kind, with what went wrong this time.
    pub fn with(&self, detail: impl ToString) -> Problem {
        Problem {
            kind: format!("urn:digital-key:problem:{}", self.name),
            title: self.title,
            status: self.status.as_u16(),
            detail: detail.to_string(),
            correlation_id: None,
            headers: Vec::new(),
        }
    }
}

/// The path has no valid VIN.
pub const INVALID_VIN: ProblemType =
    ProblemType::new(StatusCode::BAD_REQUEST, "invalid-vin", "The path has no valid VIN");
/// The request is not valid.
pub const INVALID_REQUEST: ProblemType =
    ProblemType::new(StatusCode::BAD_REQUEST, "invalid-request", "The request is not valid");
/// The token is missing or not accepted.
pub const UNAUTHORIZED: ProblemType =
    ProblemType::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid bearer token is needed");
/// The vehicle is not known.
pub const UNKNOWN_VEHICLE: ProblemType =
    ProblemType::new(StatusCode::NOT_FOUND, "unknown-vehicle", "The vehicle is not known");
/// There is no such path.
pub const UNKNOWN_ROUTE: ProblemType =
    ProblemType::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such path");
/// The path does not have this method.
pub const METHOD_NOT_ALLOWED: ProblemType = ProblemType::new(
    StatusCode::METHOD_NOT_ALLOWED,
    "method-not-allowed",
    "The method is not allowed at this path",
);
/// The client was too slow.
pub const TOO_SLOW: ProblemType = ProblemType::new(
    StatusCode::REQUEST_TIMEOUT,
    "too-slow",
    "The request took too long to arrive",
);
/// An earlier try of the same request is still worked on.
pub const STILL_WORKED_ON: ProblemType = ProblemType::new(
    StatusCode::CONFLICT,
    "still-worked-on",
    "An earlier try of the same request is still worked on",
);
/// The request body is too large.
pub const TOO_LARGE: ProblemType =
    ProblemType::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request body is too large");
/// The head of the request is too large.
pub const HEAD_TOO_LARGE: ProblemType = ProblemType::new(
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head-too-large",
    "The head of the request is too large",
);
/// There were too many requests.
pub const TOO_MANY_REQUESTS: ProblemType = ProblemType::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too-many-requests",
    "There were too many requests",
);
/// The service failed.
pub const INTERNAL: ProblemType =
    ProblemType::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed");
/// The service behind this one failed.
pub const UPSTREAM_FAILED: ProblemType = ProblemType::new(
    StatusCode::BAD_GATEWAY,
    "upstream-failed",
    "The service behind this one failed",
);
/// The service is not available at the moment.
pub const UNAVAILABLE: ProblemType = ProblemType::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "unavailable",
    "The service is not available at the moment",
);
/// The service behind this one did not answer in time.
pub const UPSTREAM_TIMEOUT: ProblemType = ProblemType::new(
    StatusCode::GATEWAY_TIMEOUT,
    "upstream-timeout",
    "The service behind this one did not answer in time",
);

/// What went wrong (RFC 9457), without secrets and whole VINs.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The kind of problem, as a URI.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time.
    detail: String,
    /// The request's `X-Correlation-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    correlation_id: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// Adds the correlation id of the request.
    #[must_use]
    pub fn correlated(self, id: &str) -> Self {
        Self { correlation_id: Some(id.to_owned()), ..self }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds how long to wait, when there is something to wait for.
    #[must_use]
    pub fn retry_after(self, wait: Option<Duration>) -> Self {
        match wait {
            Some(wait) => self.header(header::RETRY_AFTER, wait.as_secs()),
            None => self,
        }
    }

    /// Returns the document.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The response carries the problem as an extension, so that a layer can add to it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"digital-key\""),
            );
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers a request to an unknown path.
pub async fn unknown_route() -> Problem {
    UNKNOWN_ROUTE.with("no such path")
}

/// Answers a request whose method the path does not have.
pub async fn method_not_allowed() -> Problem {
    METHOD_NOT_ALLOWED.with("see the header Allow")
}
