//! The extractors of the services. They reject a bad request with a problem document.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use digital_key_domain::Vin;

use crate::problem::{INVALID_REQUEST, INVALID_VIN, Problem, UNAUTHORIZED};
use crate::smacc::IdempotencyKey;

/// The VIN in the path.
pub struct VehiclePath(pub Vin);

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
pub struct Bearer(HeaderValue);

impl Bearer {
    /// Returns the header as it arrived, marked as sensitive.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Returns the token.
    #[must_use]
    pub fn token(&self) -> &str {
        token_of(&self.0).unwrap_or_default()
    }
}

/// Returns the token of a header (RFC 6750): visible ASCII without blanks in it.
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

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(Self::HEADER);
        header.and_then(Self::from_header).ok_or_else(|| {
            INVALID_REQUEST.with("the header Idempotency-Key must have 1 to 64 visible characters")
        })
    }
}
