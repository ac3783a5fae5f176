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
//! The platform decides: Apple's own TLS there, rustls with ring and the platform's trusted
//! certificates elsewhere.

mod config;
mod failure;
mod http_bff;
mod tls;
mod token;
mod wire;

pub use config::{Deadlines, HttpBffBuilder, HttpBffConfigError};
pub use http_bff::HttpBff;
pub use token::{BearerToken, BearerTokenError, StaticToken, TokenProvider};
