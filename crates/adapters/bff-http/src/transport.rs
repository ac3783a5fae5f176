//! The transport: what sends one HTTP request and returns its response.
//!
//! The rules about a BFF's answers stand above it, in [`HttpBff`](crate::HttpBff), so that a host
//! can bring the HTTP of its platform with proxies, VPN, pins and client certificates.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use digital_key_ports::Cause;
use http::{HeaderMap, Method};

use crate::config::Deadlines;

/// Sends one HTTP request and returns its response.
///
/// The feature `reqwest` has a built-in implementation, which
/// [`HttpBffBuilder::transport`](crate::HttpBffBuilder::transport) replaces.
///
/// # Contract
/// - It MUST send the request once, with the given headers, and follow no redirect: token and VIN
///   are for this host alone.
/// - It MUST keep no cookie and no answer of an earlier request, and MUST not replace the header
///   `Authorization`.
/// - It MUST stop reading a body at `body_limit` bytes and return these bytes.
/// - A response with a status other than 200 MUST be returned without a wait for its body, which is
///   not used.
/// - It MUST trust only a server whose certificate the platform or the host accepts.
/// - An error MUST hold no part of the request and none of the response (GEN-6).
/// - A call whose future is dropped MUST end its request. The client drops it at the deadline
///   `total`.
///
/// `hostile::check_all` of the crate `digital-key-testkit` checks a client that uses a transport
/// against these rules.
#[async_trait]
pub trait HttpTransport: Send + Sync {
    /// Sends a request.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError>;
}

/// A request for a transport, without a body. `Debug` shows the method alone, since the URL has a
/// VIN and the headers have a token (GEN-6).
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// GET or POST. A POST has the header `Content-Length: 0`, which the transport adds.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// All headers, except those about the connection and the length of the body.
    pub headers: HeaderMap,
    /// How many bytes of the body the transport reads at most.
    pub body_limit: usize,
    /// How long the parts of the request may take. The transport applies `connect` and `read`. The
    /// client applies `total`.
    pub deadlines: Deadlines,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A response of a transport. `Debug` shows the status alone, since the body may have a password
/// (GEN-6).
#[non_exhaustive]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, up to the limit of the request.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// Makes a response. The body is empty if the status is not 200.
    #[must_use]
    pub fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why a transport has no response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Cause>,
}

/// The phase in which a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection before its deadline, so that the request did not reach the server.
    #[error("no connection")]
    Connect,
    /// The TLS of the connection failed, or the server is not trusted.
    #[error("no TLS connection to a trusted server")]
    Tls,
    /// The next piece of the response did not arrive before its deadline.
    #[error("no response in time")]
    TimedOut,
    /// The connection broke before the whole response was there.
    #[error("the connection broke")]
    Broken,
    /// The headers of the response are larger than the transport accepts.
    #[error("the headers of the response are too large")]
    TooLarge,
    /// The host ended the request, for example with its session.
    #[error("the host cancelled the request")]
    Cancelled,
}

impl TransportError {
    /// Makes an error.
    #[must_use]
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause, which holds no part of the request.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Cause>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the phase.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Removes the cause if its text holds one of these secrets. A transport of the host may break
    /// its contract, and the cause reaches logs.
    pub(crate) fn without(mut self, secrets: &[&str]) -> Self {
        let mut text = String::new();
        let mut cause = self.source.as_deref().map(|it| it as &dyn Error);
        while let Some(error) = cause {
            text += &format!("{error} {error:?}\n");
            cause = error.source();
        }
        if secrets.iter().any(|secret| !secret.is_empty() && text.contains(secret)) {
            self.source = None;
        }
        self
    }
}
