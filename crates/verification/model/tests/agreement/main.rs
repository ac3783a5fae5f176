//! The flow machine does what the reference model says, whatever happens.
//!
//! `DIGITAL_KEY_MODEL_CASES=100000 cargo test --release -p digital-key-model` runs more cases, with
//! a new seed each time. A case that fails is written to `tests/proptest-regressions`, and runs first
//! from then on. Without the variable the seed is always the same: a green test stays green.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a failed test panics, the coverage is printed, and a fault names only what it changes"
)]

mod agree;
mod found;
mod generate;
mod planted;
mod recorded;
