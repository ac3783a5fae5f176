//! What operators see of each request: ids, metrics, the request log and spans.

pub(crate) mod metrics;
pub(crate) mod process;
pub(crate) mod trace;
mod route;

use std::time::Instant;

use axum::http::{HeaderMap, HeaderValue, Request};
use uuid::Builder;

use crate::headers::{CORRELATION_ID, TRACEPARENT, TRACESTATE, is_visible};
#[cfg(feature = "otlp")]
use crate::smacc::FailureKind;

pub(crate) use route::Route;
pub(crate) use trace::TraceContext;

/// The longest `tracestate` that is passed on, in bytes.
const LONGEST_TRACESTATE: usize = 512;

/// The ids of a request. It is an extension of the request.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    /// The caller's id for the request, or else a new one: 1 to 64 visible ASCII characters.
    pub(crate) correlation: HeaderValue,
    pub(crate) trace: TraceContext,
    pub(crate) tracestate: Option<HeaderValue>,
}

impl RequestIds {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let headers = request.headers();
        Self {
            correlation: correlation(headers),
            trace: TraceContext::of(headers.get(TRACEPARENT)),
            tracestate: headers
                .get(TRACESTATE)
                .filter(|state| state.len() <= LONGEST_TRACESTATE)
                .cloned(),
        }
    }

    pub(crate) fn correlation(&self) -> &str {
        self.correlation.to_str().unwrap_or_default()
    }
}

fn correlation(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(CORRELATION_ID).filter(|it| is_visible(it));
    given.cloned().unwrap_or_else(|| {
        // The id only has to be unique: it needs no randomness from the system.
        let id = Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        let mut text = uuid::Uuid::encode_buffer();
        let text = id.hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("none"))
    })
}

/// The call of the upstream for a request. It is an extension of the response.
#[derive(Debug, Clone)]
pub(crate) struct UpstreamCall {
    pub(crate) started: Instant,
    pub(crate) ended: Instant,
    #[cfg(feature = "otlp")]
    pub(crate) failure: Option<FailureKind>,
}
