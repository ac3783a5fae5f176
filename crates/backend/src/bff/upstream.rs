//! The client of the SmAcc service. It passes no detail of its failures on to the caller.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use digital_key_domain::Vin;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;

use super::observe::{CORRELATION_ID, CorrelationId};
use crate::extract::{Bearer, IdempotencyKey};
use crate::json;
use crate::password::Password;
use crate::problem::{
    INTERNAL, Problem, UNAUTHORIZED, UNKNOWN_VEHICLE, UPSTREAM_FAILED, UPSTREAM_TIMEOUT,
};
use crate::server::HEAD_DEADLINE;
use crate::smacc::{PasswordAnswer, VehicleAnswer};

/// The longest answer of the SmAcc service, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// The caller of the BFF, on whose behalf it calls the SmAcc service.
pub(super) struct Caller {
    authorization: HeaderValue,
    correlation: HeaderValue,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let bearer = Bearer::from_request_parts(parts, state).await?;
        let id = parts.extensions.get::<CorrelationId>();
        let id = id.ok_or_else(|| INTERNAL.with("the request has no correlation id"))?;
        Ok(Self { authorization: bearer.header(), correlation: id.header() })
    }
}

/// The client of the SmAcc service.
pub(crate) struct Upstream {
    client: Client,
    url: String,
}

impl Upstream {
    /// Builds the client. `url` has no slash at its end; `deadline` applies to a whole request with
    /// its answer.
    ///
    /// # Errors
    /// When the system's configuration does not allow it.
    pub(crate) fn new(url: String, deadline: Duration) -> Result<Self, reqwest::Error> {
        // The services speak plain HTTP. Still, reqwest panics without a provider when another crate
        // of the program enables its TLS. An error means that there is a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(deadline)
            .redirect(Policy::none())
            .no_proxy()
            // Plain HTTP needs none of the platform's certificates.
            .tls_certs_only(std::iter::empty())
            // Closed by this side first, so that the server closes none in the middle of a request.
            .pool_idle_timeout(HEAD_DEADLINE / 2)
            .build()?;
        Ok(Self { client, url })
    }

    pub(super) async fn vehicle(&self, vin: Vin, caller: Caller) -> Result<VehicleAnswer, Problem> {
        let url = format!("{}/vehicles/{}", self.url, vin.as_str());
        send(vin, caller, self.client.get(url)).await
    }

    pub(super) async fn issue_password(
        &self,
        vin: Vin,
        key: &str,
        caller: Caller,
    ) -> Result<Option<Password>, Problem> {
        let url = format!("{}/vehicles/{}/pairing-passwords", self.url, vin.as_str());
        let request = self.client.post(url).header(IdempotencyKey::HEADER, key);
        let answer: PasswordAnswer = send(vin, caller, request).await?;
        Ok(answer.password)
    }
}

async fn send<T: DeserializeOwned>(
    vin: Vin,
    caller: Caller,
    request: RequestBuilder,
) -> Result<T, Problem> {
    let response = request
        .header(header::AUTHORIZATION, caller.authorization)
        .header(CORRELATION_ID, caller.correlation)
        .send()
        .await
        .map_err(transport_problem)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Err(UNAUTHORIZED.with("the token is not accepted")),
        StatusCode::NOT_FOUND => {
            let detail = format_args!("vehicle {} is not known", vin.short()).to_string();
            return Err(UNKNOWN_VEHICLE.with(detail));
        }
        status => {
            tracing::warn!(%status, "the SmAcc service failed");
            return Err(upstream_failed());
        }
    }
    json::parse(&body(response).await?).map_err(|error| {
        tracing::warn!(%error, "the answer of the SmAcc service is broken");
        upstream_failed()
    })
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport_problem)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            tracing::warn!(limit = MAX_ANSWER, "the answer of the SmAcc service is too long");
            return Err(upstream_failed());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Logs the error without the URL, which has the VIN, and returns a problem without its details.
fn transport_problem(error: reqwest::Error) -> Problem {
    let timeout = error.is_timeout();
    let error = error.without_url();
    tracing::warn!(error = &error as &dyn std::error::Error, "the SmAcc service failed");
    if timeout { UPSTREAM_TIMEOUT.with("try again later") } else { upstream_failed() }
}

fn upstream_failed() -> Problem {
    UPSTREAM_FAILED.with("try again later")
}
