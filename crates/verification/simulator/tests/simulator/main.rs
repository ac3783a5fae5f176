//! What the simulator promises: sound cores are found sound, and planted faults are found.
// These are tests: a broken promise is a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod found;
mod planted;
mod sound;
mod wrappers;
