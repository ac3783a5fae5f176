//! The adapter over a fake phone: a thread in place of the main thread, and a PassKit that a test
//! controls.

#![allow(clippy::unwrap_used, reason = "an error of the fake phone fails the test")]

mod fake;
mod conformance;
mod wallet;
mod sheet;
mod diagnosis;
