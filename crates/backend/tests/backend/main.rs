//! Tests of the services over real HTTP on loopback. They are one program, so that they share the
//! helpers in `common`.
#![allow(clippy::unwrap_used, reason = "a panic fails the test, also in a helper")]

mod common;
mod lifecycle;
mod control;
mod smacc;
mod bff;
mod operations;
mod logs;
mod faults;
mod holds;
mod maker_files;
#[cfg(feature = "otlp")]
mod spans;
