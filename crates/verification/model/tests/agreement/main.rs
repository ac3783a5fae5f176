//! The flow machine does what the reference model says, whatever happens.
//!
//! `DIGITAL_KEY_MODEL_CASES=100000 cargo test --release -p digital-key-model` runs more cases, with
//! a new seed each time; what such a run finds is kept in `tests/proptest-regressions` and is tried
//! first from then on. Without the variable the seed is always the same: a green test stays green.
// These are tests: a broken promise is a panic, the coverage is printed,
// and a planted fault names what it is about only.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm
)]

mod agree;
mod found;
mod generate;
mod planted;
