//! The adapter for the dialect that this project documents.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use digital_key_domain::Vin;
use http_body_util::Full;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::client::{ClientError, HttpClient};
use super::values::{IdempotencyKey, JsonText, OwnerKey, Password, VehicleAnswer};
use super::{Caller, FailureKind, RetryAfter, SmAccError, SmAccService};
use crate::config::Config;
use crate::headers::{CORRELATION_ID, TRACEPARENT, TRACESTATE};
use crate::tls::{CertificateFiles, Files};

/// The longest answer of the service, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The SmAcc service over HTTP, in the dialect that this project documents:
///
/// | request | answer |
/// |---|---|
/// | `GET /vehicles/{vin}` | `{"digitalKey":{…},"ownerKey":{"id":"…","tracked":true},"primarySubscriber":true,"prepared":true}` |
/// | `POST /vehicles/{vin}/pairing-passwords` with `Idempotency-Key` | `{"password":"12345678"}` |
pub struct HttpSmAcc {
    client: HttpClient,
    base_url: String,
    probe_url: String,
}

impl HttpSmAcc {
    /// Makes the adapter for the upstream of a configuration.
    ///
    /// # Errors
    /// [`ClientError`] when a certificate or a key cannot be used.
    pub fn new(config: &Config) -> Result<Self, ClientError> {
        let certificate = Files::read(config)?.upstream;
        Self::with_certificate(config, certificate)
    }

    pub(crate) fn with_certificate(
        config: &Config,
        certificate: Option<Arc<CertificateFiles>>,
    ) -> Result<Self, ClientError> {
        let base_url =
            config.upstream.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default();
        Ok(Self {
            client: HttpClient::new(config, certificate)?,
            probe_url: format!("{base_url}{}", config.upstream_probe_path),
            base_url,
        })
    }

    async fn send(&self, request: Builder, caller: &Caller) -> Result<Bytes, SmAccError> {
        let mut request = request
            .header(header::AUTHORIZATION, caller.authorization.clone())
            .header(header::ACCEPT, "application/json")
            .header(CORRELATION_ID, caller.correlation.clone())
            .header(TRACEPARENT, caller.traceparent.clone());
        if let Some(state) = &caller.tracestate {
            request = request.header(TRACESTATE, state.clone());
        }
        let request = request.body(Full::default()).map_err(not_built)?;
        answer(self.client.send(request, LONGEST_ANSWER).await?)
    }
}

#[async_trait]
impl SmAccService for HttpSmAcc {
    async fn vehicle(&self, vin: Vin, caller: &Caller) -> Result<VehicleAnswer, SmAccError> {
        let url = format!("{}/vehicles/{}", self.base_url, vin.as_str());
        let answer = self.send(Request::builder().uri(url), caller).await?;
        let wire: VehicleWire<'_> = parse(&answer)?;
        Ok(VehicleAnswer {
            digital_key: wire.digital_key.map(|object| JsonText::of(&answer, object)),
            owner_key: wire.owner_key,
            primary_subscriber: wire.primary_subscriber,
            prepared: wire.prepared,
        })
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: &IdempotencyKey,
        caller: &Caller,
    ) -> Result<Option<Password>, SmAccError> {
        let url = format!("{}/vehicles/{}/pairing-passwords", self.base_url, vin.as_str());
        let request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(IdempotencyKey::HEADER, key.header());
        let answer = self.send(request, caller).await?;
        Ok(parse::<PasswordWire>(&answer)?.password)
    }

    async fn probe(&self) -> Result<(), SmAccError> {
        let request = Request::builder().uri(&self.probe_url).body(Full::default());
        let response = self.client.send(request.map_err(not_built)?, LONGEST_ANSWER).await?;
        if response.status().is_server_error() {
            return Err(wrong_status(response.status()));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VehicleWire<'a> {
    #[serde(borrow)]
    digital_key: Option<&'a RawValue>,
    owner_key: Option<OwnerKey>,
    primary_subscriber: bool,
    prepared: bool,
}

#[derive(Deserialize)]
struct PasswordWire {
    password: Option<Password>,
}

/// Returns the body of an answer with a status of the contract.
fn answer(response: Response<Bytes>) -> Result<Bytes, SmAccError> {
    let wait = || retry_after(response.headers());
    Err(match response.status() {
        StatusCode::OK => return Ok(response.into_body()),
        StatusCode::UNAUTHORIZED => SmAccError::Unauthorized,
        StatusCode::NOT_FOUND => SmAccError::UnknownVehicle,
        StatusCode::CONFLICT => SmAccError::StillWorkedOn(wait()),
        StatusCode::TOO_MANY_REQUESTS => SmAccError::TooManyRequests(wait()),
        StatusCode::SERVICE_UNAVAILABLE => SmAccError::Unavailable(wait()),
        status => wrong_status(status),
    })
}

fn wrong_status(status: StatusCode) -> SmAccError {
    SmAccError::failed(FailureKind::Status, format!("it answered {}", status.as_u16()))
}

/// Reads the seconds of `Retry-After`. A date is left out: it would need clocks that agree.
fn retry_after(headers: &HeaderMap) -> RetryAfter {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse::<u32>().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Parses an answer. The error says where it is wrong, and repeats nothing of it.
fn parse<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, SmAccError> {
    let malformed = |detail: String| SmAccError::failed(FailureKind::Malformed, detail);
    // A derived struct would also be read from an array.
    if answer.trim_ascii_start().first() != Some(&b'{') {
        return Err(malformed("the answer is no JSON object".to_owned()));
    }
    serde_json::from_slice(answer).map_err(|error| {
        let what = match error.classify() {
            Category::Eof => "is cut off",
            Category::Io | Category::Syntax => "is not JSON",
            Category::Data => "has a member of a wrong type, twice or not at all",
        };
        malformed(format!("the answer {what} at line {}, column {}", error.line(), error.column()))
    })
}

/// No request that is made here is invalid: URL and headers were checked before.
fn not_built(error: axum::http::Error) -> SmAccError {
    SmAccError::failed(FailureKind::Connect, format!("the request cannot be made: {error}"))
}
