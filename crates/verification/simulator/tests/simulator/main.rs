//! The simulator finds no violation in a sound core, and finds each planted fault.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed test panics, and a planted fault prints its history"
)]

mod found;
mod planted;
mod sound;
mod wrappers;
