//! Problem documents (RFC 9457), which the services answer errors with.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem document.
pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// A kind of problem. Clients decide by its name and status.
pub(crate) struct ProblemType {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
}

impl ProblemType {
    const fn new(status: StatusCode, name: &'static str, title: &'static str) -> Self {
        Self { status, name, title }
    }

    /// Returns a problem of this kind, with what went wrong this time.
    pub(crate) fn with(&self, detail: impl ToString) -> Problem {
        Problem {
            kind: format!("urn:digital-key:problem:{}", self.name),
            title: self.title,
            status: self.status.as_u16(),
            detail: detail.to_string(),
            correlation_id: None,
        }
    }
}

pub(crate) const INVALID_VIN: ProblemType =
    ProblemType::new(StatusCode::BAD_REQUEST, "invalid-vin", "The path has no valid VIN");
pub(crate) const INVALID_REQUEST: ProblemType =
    ProblemType::new(StatusCode::BAD_REQUEST, "invalid-request", "The request is not valid");
pub(crate) const UNAUTHORIZED: ProblemType =
    ProblemType::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid bearer token is needed");
pub(crate) const UNKNOWN_VEHICLE: ProblemType =
    ProblemType::new(StatusCode::NOT_FOUND, "unknown-vehicle", "The vehicle is not known");
pub(crate) const UNKNOWN_ROUTE: ProblemType =
    ProblemType::new(StatusCode::NOT_FOUND, "unknown-route", "There is no such path");
pub(crate) const METHOD_NOT_ALLOWED: ProblemType = ProblemType::new(
    StatusCode::METHOD_NOT_ALLOWED,
    "method-not-allowed",
    "The method is not allowed at this path",
);
pub(crate) const CONFLICT: ProblemType =
    ProblemType::new(StatusCode::CONFLICT, "conflict", "The vehicles do not allow this change");
pub(crate) const STILL_WORKED_ON: ProblemType = ProblemType::new(
    StatusCode::CONFLICT,
    "still-worked-on",
    "An earlier try of the same request is still worked on",
);
pub(crate) const TOO_LARGE: ProblemType =
    ProblemType::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request body is too large");
pub(crate) const TOO_MANY_REQUESTS: ProblemType = ProblemType::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too-many-requests",
    "There were too many requests",
);
pub(crate) const INTERNAL: ProblemType =
    ProblemType::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service failed");
pub(crate) const UPSTREAM_FAILED: ProblemType = ProblemType::new(
    StatusCode::BAD_GATEWAY,
    "upstream-failed",
    "The service behind this one failed",
);
pub(crate) const UNAVAILABLE: ProblemType = ProblemType::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "unavailable",
    "The service is not available at the moment",
);
pub(crate) const UPSTREAM_TIMEOUT: ProblemType = ProblemType::new(
    StatusCode::GATEWAY_TIMEOUT,
    "upstream-timeout",
    "The service behind this one did not answer in time",
);

/// What went wrong (RFC 9457), without secrets and whole VINs.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
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
}

impl Problem {
    /// Adds the correlation id of the request.
    pub(crate) fn correlated(self, id: &str) -> Self {
        Self { correlation_id: Some(id.to_owned()), ..self }
    }
}

/// The response carries the problem as an extension, so that a layer can add to it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"digital-key\""),
            );
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers a request to an unknown path.
pub(crate) async fn unknown_route() -> Problem {
    UNKNOWN_ROUTE.with("no such path")
}

/// Answers a request whose method the path does not have.
pub(crate) async fn method_not_allowed() -> Problem {
    METHOD_NOT_ALLOWED.with("see the header Allow")
}
