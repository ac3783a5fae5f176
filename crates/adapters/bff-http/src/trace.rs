//! The header `traceparent` of W3C Trace Context.

use http::{HeaderName, HeaderValue};
use uuid::Uuid;

/// The header by which the spans of app, BFF and services behind it form one trace.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The trace of a call. Each request of the call is a span of its own.
pub(crate) struct Trace {
    /// 32 hexadecimal digits.
    id: String,
    /// Two hexadecimal digits.
    flags: String,
}

impl Trace {
    /// Continues the trace of the host's `traceparent`. Starts a new one if there is none, or if it
    /// is not valid, as the standard requires.
    pub(crate) fn of(parent: Option<&str>) -> Self {
        parent.and_then(Self::parse).unwrap_or_else(|| Self {
            id: Uuid::new_v4().simple().to_string(),
            // Sampled: a backend with another policy decides for itself.
            flags: "01".to_owned(),
        })
    }

    fn parse(parent: &str) -> Option<Self> {
        let is_hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_id = |text: &str, length| is_hex(text, length) && text.bytes().any(|it| it != b'0');
        let mut parts = parent.trim().split('-');
        let mut next = || parts.next();
        let (version, id, span, flags) = (next()?, next()?, next()?, next()?);
        let has_more = next().is_some();
        let is_valid = is_hex(version, 2)
            && version != "ff"
            && !(version == "00" && has_more)
            && is_id(id, 32)
            && is_id(span, 16)
            && is_hex(flags, 2);
        is_valid.then(|| Self { id: id.to_owned(), flags: flags.to_owned() })
    }

    /// Returns the header of the next request, which has a new span.
    pub(crate) fn next_span(&self) -> Option<HeaderValue> {
        // This half of a random UUID is never zero, which would not be a span.
        let (_, span) = Uuid::new_v4().as_u64_pair();
        HeaderValue::try_from(format!("00-{}-{span:016x}-{}", self.id, self.flags)).ok()
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_valid_parent_is_continued_with_its_flags() {
        for (parent, flags) in [
            (format!("00-{ID}-00f067aa0ba902b7-00"), "00"),
            (format!(" 00-{ID}-00f067aa0ba902b7-01 "), "01"),
            (format!("cc-{ID}-00f067aa0ba902b7-01-later"), "01"),
        ] {
            let trace = Trace::of(Some(&parent));
            assert_eq!((trace.id(), trace.flags.as_str()), (ID, flags), "{parent}");
        }
    }

    #[test]
    fn any_other_parent_starts_a_new_trace() {
        for parent in [
            String::new(),
            "00".to_owned(),
            format!("ff-{ID}-00f067aa0ba902b7-01"),
            format!("00-{ID}-00f067aa0ba902b7-01-more"),
            format!("00-{ID}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", ID.to_uppercase()),
            format!("00-{ID}-00f067aa0ba902b7-1"),
            format!("00-{ID}-00f067aa0ba902b7"),
        ] {
            let trace = Trace::of(Some(&parent));
            assert_ne!(trace.id(), ID, "{parent}");
            assert!(Trace::parse(trace.next_span().unwrap().to_str().unwrap()).is_some());
        }
    }

    #[test]
    fn each_request_is_a_new_span_of_the_same_trace() {
        let trace = Trace::of(None);
        let (first, second) = (trace.next_span().unwrap(), trace.next_span().unwrap());
        assert_ne!(first, second);
        for span in [first, second] {
            assert!(span.to_str().unwrap().starts_with(&format!("00-{}-", trace.id())), "{span:?}");
        }
    }
}
