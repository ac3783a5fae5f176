//! The `Bff` port over HTTP.
//!
//! [`HttpBff`] sends each request once, within a deadline, and checks status, content type, size,
//! syntax and VIN of an answer before it returns a value. Retries are the work of a decorator. The
//! one exception is a second try with a fresh token after a 401.
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
//! A feature selects the TLS: `rustls`, the default, uses ring and the certificates that the
//! platform trusts. `native-tls` uses the TLS of the operating system; choose it on Apple
//! platforms, with `default-features = false`. With neither feature, the client reaches loopback
//! alone.
//!
//! With `rustls`, this crate brings its own provider and sets no process-wide one. A program that
//! also builds a reqwest client of its own has to install one first
//! (`rustls::crypto::ring::default_provider().install_default()`), or reqwest panics.

mod config;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod http_bff;
mod tls;
mod token;
mod wire;

pub use config::{Deadlines, HttpBffBuilder, HttpBffConfigError};
pub use http_bff::HttpBff;
pub use token::{BearerToken, BearerTokenError, StaticToken, TokenError, TokenProvider};
