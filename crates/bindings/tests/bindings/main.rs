//! Uses the facade as a foreign client does: with its own adapters, against a real backend.
// Helpers fail the test, too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapters;
mod facade;
mod test_app;
mod transport;
mod values;
