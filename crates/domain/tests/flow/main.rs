//! The flow machine, page by page: every test is named after the rule that it checks.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::wildcard_enum_match_arm)]

mod entry;
mod error_pages;
mod everywhere;
mod late_answers;
mod late_success;
mod move_key;
mod overview;
mod pairing;
mod story;
mod welcome;
