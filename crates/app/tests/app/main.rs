//! The running core on fakes: what the loop adds to the machine.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adapters_that_misbehave;
mod circuit_breaker;
mod facade;
mod late_answers;
mod mocks;
mod retries;
mod single_flight;
mod diagnostics;
mod funnel;
mod flight_recorder;
mod support;
mod sign_out;
mod suspended;
