//! What became of a request, in the port's words.

use std::time::{Duration, SystemTime};

use digital_key_ports::{BffError, BffErrorKind, BffOperation, Cause};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};

use crate::wire::Defect;

/// The longest wait that is passed on. It is far above what a caller waits for, who has a limit of
/// its own; it only keeps sums of durations small.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

pub(crate) fn malformed(operation: BffOperation, defect: Defect) -> BffError {
    BffError::new(operation, BffErrorKind::Malformed).with_source(defect)
}

/// A request that brought no answer, or a body that broke off.
pub(crate) fn broken(operation: BffOperation, error: reqwest::Error) -> BffError {
    // A connection that was too slow to come about is no connection, so this goes first.
    let unreachable = error.is_connect();
    let timeout = error.is_timeout();
    // The URL holds the VIN.
    let cause: Cause = error.without_url().into();
    if unreachable {
        BffError::new(operation, BffErrorKind::Unreachable).with_source(cause)
    } else if timeout {
        BffError::new(operation, BffErrorKind::DeadlineExceeded)
    } else {
        BffError::new(operation, BffErrorKind::Interrupted).with_source(cause)
    }
}

/// Checks everything that comes before the body: only 200 with JSON is an answer.
pub(crate) fn check_head(operation: BffOperation, response: &Response) -> Result<(), BffError> {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    if status != StatusCode::OK {
        return Err(if status.is_success() {
            malformed(operation, Defect::UnexpectedSuccess(status.as_u16()))
        } else {
            let wait = header(RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now()));
            BffError::new(operation, BffErrorKind::Status { status: status.as_u16(), wait })
        });
    }
    if !header(CONTENT_TYPE).is_some_and(is_json) {
        return Err(malformed(operation, Defect::ContentType));
    }
    if response.headers().contains_key(CONTENT_ENCODING) {
        return Err(malformed(operation, Defect::Compressed));
    }
    Ok(())
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads a `Retry-After`, which is a number of seconds or a date; a past date is no wait.
pub(crate) fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a wait without end.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
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
        for text in ["", "-1", "1.5", "soon", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(seconds(text), None, "{text:?}");
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
    fn json_is_json_with_any_parameter_and_nothing_else() {
        for text in ["application/json", "Application/JSON; charset=utf-8", "application/json ;x"] {
            assert!(is_json(text), "{text}");
        }
        for text in ["", "text/html", "application/problem+json", "application/jsonx"] {
            assert!(!is_json(text), "{text}");
        }
    }
}
