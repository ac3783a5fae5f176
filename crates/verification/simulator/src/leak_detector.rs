//! Reads every log line, error and view, and finds what must not be there (invariant 6).

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::backend::{PASSWORD, WHOLE_VIN};
use crate::invariant::{Invariant, Violation};

/// Checks texts, and keeps the first one that leaks.
#[derive(Debug, Default)]
pub(crate) struct LeakDetector(Mutex<Checked>);

#[derive(Debug, Default)]
struct Checked {
    /// The text at hand; the buffer is reused.
    text: String,
    violation: Option<Violation>,
}

impl LeakDetector {
    /// Checks a text.
    pub(crate) fn check(&self, text: fmt::Arguments<'_>) {
        self.with_text(|checked| {
            // Writing to a String does not fail.
            let _ = checked.text.write_fmt(text);
        });
    }

    fn with_text(&self, write: impl FnOnce(&mut Checked)) {
        let mut checked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        checked.text.clear();
        write(&mut checked);
        if checked.text.contains(WHOLE_VIN) || holds_password(&checked.text) {
            let what = checked.text.clone();
            checked.violation.get_or_insert_with(|| Invariant::NothingLeaks.violated(what));
        }
    }

    pub(crate) fn take_violation(&self) -> Option<Violation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).violation.take()
    }
}

/// Returns `true` if a text holds a password: eight digits by themselves.
fn holds_password(text: &str) -> bool {
    text.match_indices(PASSWORD).any(|(at, _)| {
        let before = text[..at].bytes().next_back();
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        digits == 8 && !before.is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// The leak detector as a subscriber of the core's log.
pub(crate) struct Log(pub(crate) Arc<LeakDetector>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("digital_key")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.with_text(|checked| span.record(&mut Writer(&mut checked.text)));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.0.with_text(|checked| values.record(&mut Writer(&mut checked.text)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.0.with_text(|checked| event.record(&mut Writer(&mut checked.text)));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Writes every field of an event.
struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String does not fail.
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_6_a_password_and_a_whole_vin_are_found_and_nothing_else() {
        let leaks = |text: &str| {
            let leak_detector = LeakDetector::default();
            leak_detector.check(format_args!("{text}"));
            leak_detector.take_violation().is_some()
        };
        assert!(leaks("the password 70700001 is wrong"));
        assert!(leaks("no WBA7SIMULATED0001"));
        assert!(!leaks("vin=WBA…0001 waits=1.70700001s 170700001 707000011"));
    }
}
