//! Tests of the command `digital-key-bff` as a process, in front of an upstream that a test scripts.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic fails the test, also in a helper")]
#![allow(clippy::print_stderr, reason = "a part that cannot be checked here is named")]

mod http;
mod process;
mod upstream;
mod configuration;
mod answers;
mod bad_input;
mod overload;
mod faults;
mod drain;
mod tls;
mod tokens;
mod observed;
#[cfg(feature = "otlp")]
mod spans;
mod rolling;
mod idle;
mod memory;
mod http2;
