//! Listens to every log line and error for what must not be there (invariant 6).

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::backend::{PASSWORD, WHOLE_VIN};
use crate::invariant::{Invariant, Violation};

/// Hears texts, and keeps what was wrong with the first one that should not have been written.
#[derive(Debug, Default)]
pub(crate) struct Listener(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    /// One text at a time; kept for its room.
    text: String,
    violation: Option<Violation>,
}

impl Listener {
    /// Hears a text.
    pub(crate) fn hear(&self, text: fmt::Arguments<'_>) {
        self.heard(|heard| {
            // A String takes everything.
            let _ = heard.text.write_fmt(text);
        });
    }

    fn heard(&self, write: impl FnOnce(&mut Heard)) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.text.clear();
        write(&mut heard);
        if heard.text.contains(WHOLE_VIN) || holds_password(&heard.text) {
            let what = heard.text.clone();
            heard.violation.get_or_insert_with(|| Invariant::NothingLeaks.violated(what));
        }
    }

    pub(crate) fn take_violation(&self) -> Option<Violation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).violation.take()
    }
}

/// Whether a password stands in a text: eight digits by themselves.
fn holds_password(text: &str) -> bool {
    text.match_indices(PASSWORD).any(|(at, _)| {
        let before = text[..at].bytes().next_back();
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        digits == 8 && !before.is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// The listener as a subscriber of the core's log.
pub(crate) struct Log(pub(crate) Arc<Listener>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("digital_key")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.heard(|heard| span.record(&mut Writer(&mut heard.text)));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.0.heard(|heard| values.record(&mut Writer(&mut heard.text)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.0.heard(|heard| event.record(&mut Writer(&mut heard.text)));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Writes every field.
struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A String takes everything.
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_6_a_password_and_a_whole_vin_are_heard_and_nothing_else() {
        let heard = |text: &str| {
            let listener = Listener::default();
            listener.hear(format_args!("{text}"));
            listener.take_violation().is_some()
        };
        assert!(heard("the password 70700001 is wrong"));
        assert!(heard("no WBA7SIMULATED0001"));
        assert!(!heard("vin=WBA…0001 waits=1.70700001s 170700001 707000011"));
    }
}
