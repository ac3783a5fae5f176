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
//! # The transport
//! The rules about requests and answers stand above an [`HttpTransport`], which sends one request.
//! The built-in one is reqwest (feature `reqwest`). Give [`HttpBffBuilder::transport`] another one
//! to use the HTTP of the platform: its proxies, its VPN, pins, client certificates. Without the
//! feature the library holds no HTTP of its own.
//!
//! # TLS
//! A feature selects the TLS of the built-in transport: `rustls`, the default, uses ring and the
//! certificates that the platform trusts. `native-tls` uses the TLS of the operating system; on
//! Apple platforms it ends at TLS 1.2. With neither feature, `reqwest` reaches loopback alone.
//!
//! With `rustls`, this crate brings its own provider and sets no process-wide one. A program that
//! also builds a reqwest client of its own has to install one first
//! (`rustls::crypto::ring::default_provider().install_default()`), or reqwest panics.
//!
//! # Tracing
//! Each request carries the header `X-Correlation-Id`, the same for both tries of a call, and the
//! `traceparent` of W3C Trace Context: one trace for each call, and one span for each request.
//! [`HttpBffBuilder::trace_parent`] continues a trace of the host.

#[cfg(feature = "reqwest")]
mod built_in;
mod config;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod http_bff;
#[cfg(feature = "reqwest")]
mod tls;
mod token;
mod trace;
mod transport;
mod wire;

pub use config::{Deadlines, HttpBffBuilder, HttpBffConfigError};
pub use http;
pub use http_bff::HttpBff;
pub use token::{BearerToken, BearerTokenError, StaticToken, TokenError, TokenProvider};
pub use transport::{HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind};
