//! The adapter over a phone that is made up: a thread that plays the main thread, and on it a
//! PassKit that does what a test says.

#![allow(clippy::unwrap_used, reason = "a phone that fails is a test that fails")]

mod conformance;
mod fake;
mod sheet;
mod wallet;
