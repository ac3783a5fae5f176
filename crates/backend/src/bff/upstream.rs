//! Asking the SmAcc service, so that none of its failures shows through.

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

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// On whose behalf the SmAcc service is asked.
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

/// The SmAcc service, seen from the BFF.
pub(crate) struct Upstream {
    client: Client,
    url: String,
}

impl Upstream {
    /// `url` without a slash at its end; `deadline` is for a whole question with its answer.
    ///
    /// # Errors
    /// When the client cannot be built, which is a matter of the system's configuration.
    pub(crate) fn new(url: String, deadline: Duration) -> Result<Self, reqwest::Error> {
        // The services speak plain HTTP. Still, in a program where some crate turns reqwest's TLS
        // on, reqwest panics when no provider is there; an error says that there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(deadline)
            .redirect(Policy::none())
            .no_proxy()
            // It speaks plain HTTP: reading the platform's certificates would be for nothing.
            .tls_certs_only(std::iter::empty())
            // Connections are dropped before the other side does it in the middle of a request.
            .pool_idle_timeout(HEAD_DEADLINE / 2)
            .build()?;
        Ok(Self { client, url })
    }

    pub(super) async fn vehicle(&self, vin: Vin, caller: Caller) -> Result<VehicleAnswer, Problem> {
        let url = format!("{}/vehicles/{}", self.url, vin.as_str());
        answer(vin, caller, self.client.get(url)).await
    }

    pub(super) async fn issue_password(
        &self,
        vin: Vin,
        key: &str,
        caller: Caller,
    ) -> Result<Option<Password>, Problem> {
        let url = format!("{}/vehicles/{}/pairing-passwords", self.url, vin.as_str());
        let request = self.client.post(url).header(IdempotencyKey::HEADER, key);
        let answer: PasswordAnswer = answer(vin, caller, request).await?;
        Ok(answer.password)
    }
}

async fn answer<T: DeserializeOwned>(
    vin: Vin,
    caller: Caller,
    request: RequestBuilder,
) -> Result<T, Problem> {
    let response = request
        .header(header::AUTHORIZATION, caller.authorization)
        .header(CORRELATION_ID, caller.correlation)
        .send()
        .await
        .map_err(failure)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => return Err(UNAUTHORIZED.with("the token is not accepted")),
        StatusCode::NOT_FOUND => {
            let detail = format_args!("vehicle {} is not known", vin.short()).to_string();
            return Err(UNKNOWN_VEHICLE.with(detail));
        }
        status => {
            tracing::warn!(%status, "the SmAcc service failed");
            return Err(failed());
        }
    }
    json::parse(&body(response).await?).map_err(|error| {
        tracing::warn!(%error, "the answer of the SmAcc service is broken");
        failed()
    })
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            tracing::warn!(limit = MAX_ANSWER, "the answer of the SmAcc service is too long");
            return Err(failed());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Logs what happened, without the URL, which has the VIN, and tells the caller nothing of it.
fn failure(error: reqwest::Error) -> Problem {
    let timeout = error.is_timeout();
    let error = error.without_url();
    tracing::warn!(error = &error as &dyn std::error::Error, "the SmAcc service failed");
    if timeout { UPSTREAM_TIMEOUT.with("try again later") } else { failed() }
}

fn failed() -> Problem {
    UPSTREAM_FAILED.with("try again later")
}
