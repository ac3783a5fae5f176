//! How the failures of HTTP become errors of the port.

use std::time::{Duration, SystemTime};

use digital_key_ports::{BffError, BffErrorKind, BffOperation};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::token::TokenError;
use crate::transport::{TransportError, TransportErrorKind};
use crate::wire::AnswerError;

/// The longest wait that is passed on. Callers have lower limits of their own; this one keeps sums
/// of durations from overflowing.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// Makes the error for an answer that arrived and is not valid.
pub(crate) fn malformed(operation: BffOperation, error: AnswerError) -> BffError {
    BffError::new(operation, BffErrorKind::Malformed).with_source(error)
}

/// Makes the error for a request that has no token to be sent with.
pub(crate) fn no_token(operation: BffOperation, error: TokenError) -> BffError {
    let (kind, cause) = match error {
        TokenError::NotSignedIn(cause) => (BffErrorKind::NoToken, cause),
        TokenError::Offline(cause) => (BffErrorKind::Unreachable, cause),
    };
    BffError::new(operation, kind).with_source(cause)
}

/// Makes the error for a request without an answer, or for a body that broke off.
pub(crate) fn transport_error(operation: BffOperation, error: TransportError) -> BffError {
    let kind = match error.kind() {
        TransportErrorKind::Connect | TransportErrorKind::Tls => BffErrorKind::Unreachable,
        TransportErrorKind::TimedOut => BffErrorKind::DeadlineExceeded,
        TransportErrorKind::Broken | TransportErrorKind::Cancelled => BffErrorKind::Interrupted,
        TransportErrorKind::TooLarge => BffErrorKind::Malformed,
    };
    BffError::new(operation, kind).with_source(error)
}

/// Checks the status and the headers of a response: only a 200 with JSON is an answer.
pub(crate) fn check_head(
    operation: BffOperation,
    status: u16,
    headers: &HeaderMap,
) -> Result<(), BffError> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if status != StatusCode::OK.as_u16() {
        return Err(if (200..300).contains(&status) {
            malformed(operation, AnswerError::UnexpectedSuccess(status))
        } else {
            let wait = header(RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now()));
            BffError::new(operation, BffErrorKind::Status { status, wait })
        });
    }
    if !header(CONTENT_TYPE).is_some_and(is_json) {
        return Err(malformed(operation, AnswerError::ContentType));
    }
    if !headers.get_all(CONTENT_ENCODING).iter().all(is_no_compression) {
        return Err(malformed(operation, AnswerError::Compressed));
    }
    Ok(())
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Servers and proxies also say explicitly that a body is not compressed.
fn is_no_compression(encoding: &HeaderValue) -> bool {
    let encoding = encoding.as_bytes().trim_ascii();
    encoding.is_empty() || encoding.eq_ignore_ascii_case(b"identity")
}

/// Parses a `Retry-After`, which is a number of seconds or a date. A past date is a wait of zero.
pub(crate) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let wait = seconds(text).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })?;
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// Parses a number of seconds. A fraction, which the standard does not allow and some backends
/// send, is rounded up, so that no try comes too early.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // A number that does not fit is a longer wait than any.
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let has_rest = fraction.bytes().any(|digit| digit != b'0');
    Some(Duration::from_secs(whole.saturating_add(u64::from(has_rest))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:00 GMT").unwrap();
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(37));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:48:59 GMT"), Some(0));
        for text in ["", "-1", "1.", ".5", "1.5.0", "1,5", "soon", "Sun, 99 Nov 1994 08:49:37 GMT"]
        {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_fraction_of_a_retry_after_is_rounded_up() {
        for (text, seconds) in [("1.5", 2), ("299.997", 300), ("0.001", 1), ("7.0", 7)] {
            let wait = retry_after(text, SystemTime::now());
            assert_eq!(wait, Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn retry_after_has_a_limit() {
        let hour = Some(Duration::from_secs(3600));
        for text in ["3601", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(retry_after(text, SystemTime::now()), hour, "{text}");
        }
    }

    #[test]
    fn json_may_have_parameters_and_other_types_are_refused() {
        for text in ["application/json", "Application/JSON; charset=utf-8", "application/json ;x"] {
            assert!(is_json(text), "{text}");
        }
        for text in ["", "text/html", "application/problem+json", "application/jsonx"] {
            assert!(!is_json(text), "{text}");
        }
    }
}
