//! The services over real HTTP on loopback. One test program, so that all tests share one helper.
#![allow(clippy::unwrap_used, reason = "also in helpers whatever fails fails the test")]

mod bff;
mod common;
mod control;
mod faults;
mod holds;
mod lifecycle;
mod logs;
mod maker_files;
mod operations;
mod smacc;
