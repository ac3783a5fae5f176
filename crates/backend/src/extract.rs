//! The extractor of JSON bodies. It rejects a bad request with a problem document.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use digital_key_bff::problem::{INVALID_REQUEST, Problem, TOO_LARGE};
use serde::de::DeserializeOwned;

use crate::json;

/// The longest body that a request may have, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

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
