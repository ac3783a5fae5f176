//! The facade as a foreign client uses it: against a real backend, with adapters from outside.
// Helpers fail the test, too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapters;
mod facade;
mod values;
mod world;
