//! The backend-for-frontend (BFF) of the digital key: a stateless service in front of a maker's SmAcc
//! service.
//!
//! The command `digital-key-bff` runs it; see the README for its settings. As a library it is for two
//! uses: a maker whose SmAcc service speaks another dialect implements [`smacc::SmAccService`] and
//! runs [`Bff`] with it, and the backend for development puts faults in front of the same routes.
//!
//! A request passes these modules: a connection (`server/connection.rs`) is counted and limited,
//! `server/observed.rs` gives it ids and refuses what is too much, `api.rs` checks it and calls the
//! upstream through [`smacc`], and what happened goes to metrics, log and spans (`observe`).

pub mod config;
pub mod headers;
#[cfg_attr(not(feature = "tls"), path = "tls/absent.rs")]
mod tls;
pub mod smacc;
mod error;
pub mod problem;
pub mod extract;
pub mod openapi;
mod limit;
#[cfg_attr(not(feature = "tls"), path = "token/absent.rs")]
mod token;
mod observe;
#[cfg(feature = "otlp")]
mod spans;
mod shared;
mod api;
mod server;
#[cfg(feature = "command")]
pub mod command;
#[cfg(feature = "testkit")]
pub mod conformance;

pub use api::document;
pub use error::StartError;
pub use server::{Bff, ConnectionReset, RunningBff};
#[cfg(feature = "otlp")]
pub use spans::ServiceSpans;
pub use tls::TlsError;

/// The version of the service.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(all(doctest, feature = "command"))]
#[doc = include_str!("../README.md")]
struct Readme;
