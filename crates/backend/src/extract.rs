//! The extractors of the services. They reject a bad request with a problem document.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use digital_key_domain::Vin;
use serde::de::DeserializeOwned;

use crate::json;
use crate::problem::{INVALID_REQUEST, INVALID_VIN, Problem, TOO_LARGE, UNAUTHORIZED};

/// The longest body that a request may have, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The VIN in the path.
pub(crate) struct VehiclePath(pub(crate) Vin);

impl<S: Send + Sync> FromRequestParts<S> for VehiclePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| INVALID_VIN.with("it is not readable text"))?;
        text.parse().map(Self).map_err(|error| INVALID_VIN.with(error))
    }
}

/// The header `Authorization` with a bearer token that is not checked yet.
pub(crate) struct Bearer(HeaderValue);

impl Bearer {
    /// Returns the header as it arrived, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Returns whether this is the token.
    pub(crate) fn is(&self, token: &str) -> bool {
        token_of(&self.0) == Some(token)
    }
}

fn token_of(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION);
        let mut header = header
            .filter(|header| token_of(header).is_some())
            .cloned()
            .ok_or_else(|| UNAUTHORIZED.with("the header Authorization has no bearer token"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }
}

/// The header `Idempotency-Key`.
pub(crate) struct IdempotencyKey(pub(crate) String);

impl IdempotencyKey {
    pub(crate) const HEADER: &str = "Idempotency-Key";
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        visible_text(&parts.headers, Self::HEADER).map(Self).ok_or_else(|| {
            INVALID_REQUEST.with("the header Idempotency-Key must have 1 to 64 visible characters")
        })
    }
}

/// Returns the text of a header that has 1 to 64 visible ASCII characters.
pub(crate) fn visible_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.as_bytes();
    let fits = (1..=64).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    fits.then(|| String::from_utf8_lossy(text).into_owned())
}

/// A JSON body of at most [`MAX_BODY`] bytes.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let text =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                    _ => INVALID_REQUEST.with("the body could not be read"),
                }
            })?;
        json::parse(&text)
            .map(Self)
            .map_err(|error| INVALID_REQUEST.with(format_args!("the body is wrong: {error}")))
    }
}

pub(crate) fn too_large() -> Problem {
    TOO_LARGE.with(format_args!("the limit is {MAX_BODY} bytes"))
}
