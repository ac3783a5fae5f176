//! The client against real servers on loopback.
#![allow(clippy::unwrap_used, reason = "a set-up that fails is a test that fails")]
#![allow(clippy::panic, reason = "an unexpected answer is a test that fails")]

mod answers;
mod connection;
mod contract;
mod secrecy;
mod server;
mod setup;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod tokens;
mod traces;
mod transport;
