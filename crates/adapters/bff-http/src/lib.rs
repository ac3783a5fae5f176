//! The `Bff` port over HTTP.
//!
//! [`HttpBff`] asks each question once, within a deadline, and takes no answer on trust: status,
//! content type, size, syntax and VIN are checked before a value reaches the core. Trying again is
//! a decorator's work; the one exception is a single further try with a fresh token after a 401.
//!
//! ```
//! use std::sync::Arc;
//!
//! use digital_key_bff_http::{BearerToken, HttpBff, StaticToken};
//!
//! let token = BearerToken::new("a-token-of-the-session")?;
//! let bff = HttpBff::builder("http://localhost:8080/api")
//!     .token_provider(Arc::new(StaticToken::new(token)))
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # TLS
//! A feature decides: `rustls` (the default; with ring and the certificates that the platform
//! trusts) or `native-tls` (the system's; take it on Apple platforms, with
//! `default-features = false`). Without either, only loopback can be reached.
//!
//! With `rustls`, this crate brings its own provider and sets no process-wide one. Where the same
//! program builds a reqwest client of its own, it has to install one first
//! (`rustls::crypto::ring::default_provider().install_default()`), or reqwest panics.

mod config;
mod failure;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod http_bff;
mod tls;
mod token;
mod wire;

pub use config::{Deadlines, HttpBffBuilder, HttpBffConfigError};
pub use http_bff::HttpBff;
pub use token::{BearerToken, BearerTokenError, StaticToken, TokenProvider};
