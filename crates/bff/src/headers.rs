//! The headers that name a request, and what their values may be.

use axum::http::{HeaderName, HeaderValue};

/// The header that identifies a request in answers and logs.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
/// The header with trace and span of the sender (W3C Trace Context).
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header with what tracing systems add to it.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Returns whether a header has 1 to 64 visible ASCII characters.
#[must_use]
pub fn is_visible(value: &HeaderValue) -> bool {
    let text = value.as_bytes();
    (1..=64).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic)
}
