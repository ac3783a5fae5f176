//! The transport of the HTTP adapter, as a client implements it with the HTTP of its platform.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_bff_http as core;
use digital_key_bff_http::http::{HeaderMap, HeaderName, HeaderValue};
use digital_key_bff_http::{HttpBff, HttpBffBuilder, HttpBffConfigError, TransportErrorKind};
use zeroize::Zeroizing;

use crate::error::{DigitalKeyError, ForeignMessage, Unexpected};

/// Sends one HTTP request and returns its response.
///
/// - It MUST send the request once, with the given headers, and follow no redirect: token and VIN
///   are for this host alone.
/// - It MUST keep no cookie and no answer of an earlier request, and MUST not replace the header
///   `Authorization`.
/// - It MUST stop reading a body at `body_limit` bytes and return these bytes.
/// - A response with a status other than 200 MUST be returned without a wait for its body, which is
///   not used.
/// - It MUST trust only a server whose certificate the platform or the host accepts.
/// - An error MUST hold no part of the request and none of the response (GEN-6).
/// - A call that is cancelled MUST end its request. The client drops it at the deadline
///   `total`.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait HttpTransport: Send + Sync {
    /// Sends a request.
    async fn send(
        &self,
        request: Arc<HttpRequest>,
    ) -> Result<Arc<HttpResponse>, HttpTransportError>;
}

/// Why a transport has no response. It contains no part of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum HttpTransportError {
    /// There was no connection before its deadline. Retryable.
    #[error("no connection: {reason}")]
    Connect {
        /// What happened, such as the platform's number of the error.
        reason: String,
    },
    /// The TLS of the connection failed, or the server is not trusted. Retryable.
    #[error("no TLS: {reason}")]
    Tls {
        /// What happened.
        reason: String,
    },
    /// The next piece of the response did not arrive before its deadline. Final for a machine.
    #[error("no response in time")]
    TimedOut,
    /// The connection broke before the whole response was there. Retryable.
    #[error("the connection broke: {reason}")]
    Broken {
        /// What happened.
        reason: String,
    },
    /// The headers of the response are larger than the platform accepts. Final.
    #[error("the headers of the response are too large")]
    TooLarge,
    /// The host ended the request, for example with its session. Retryable.
    #[error("the host cancelled the request")]
    Cancelled,
    /// The core sets this itself when the transport throws anything else. It counts as a broken
    /// connection.
    #[error("the transport threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HttpTransportError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl From<HttpTransportError> for core::TransportError {
    fn from(error: HttpTransportError) -> Self {
        use TransportErrorKind as Kind;
        let because = |kind, reason: String| Self::new(kind).with_source(ForeignMessage(reason));
        match error {
            HttpTransportError::Connect { reason } => because(Kind::Connect, reason),
            HttpTransportError::Tls { reason } => because(Kind::Tls, reason),
            HttpTransportError::TimedOut => Self::new(Kind::TimedOut),
            HttpTransportError::Broken { reason } => because(Kind::Broken, reason),
            HttpTransportError::TooLarge => Self::new(Kind::TooLarge),
            HttpTransportError::Cancelled => Self::new(Kind::Cancelled),
            HttpTransportError::Unexpected => Self::new(Kind::Broken).with_source(Unexpected),
        }
    }
}

/// A request for a transport, without a body. Printing it shows nothing of it (GEN-6).
#[derive(uniffi::Object)]
pub struct HttpRequest(core::HttpRequest);

#[uniffi::export]
impl HttpRequest {
    /// Returns `GET` or `POST`. A POST has the header `Content-Length: 0`, which the platform adds.
    #[must_use]
    pub fn method(&self) -> String {
        self.0.method.as_str().to_owned()
    }

    /// Returns the absolute URL, which contains the VIN.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// Returns all headers, one of which has the token; except those about the connection and the
    /// length of the body.
    #[must_use]
    pub fn headers(&self) -> HashMap<String, String> {
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        self.0.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    /// Returns how many bytes of the body the transport reads at most.
    #[must_use]
    pub fn body_limit(&self) -> u32 {
        u32::try_from(self.0.body_limit).unwrap_or(u32::MAX)
    }

    /// Returns how long the parts of the request may take. The transport applies `connect` and
    /// `read` as far as its platform can. The core cancels the call at `total`.
    #[must_use]
    pub fn deadlines(&self) -> HttpDeadlines {
        let core::Deadlines { connect, read, total, .. } = self.0.deadlines;
        HttpDeadlines { connect, read, total }
    }
}

/// A response of a transport. Printing it shows nothing of it (GEN-6).
#[derive(uniffi::Object)]
pub struct HttpResponse {
    status: u16,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

#[uniffi::export]
impl HttpResponse {
    /// Makes a response. The body is empty if the status is not 200. A header that HTTP does not
    /// allow is left out.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(status: u16, headers: HashMap<String, String>, body: Vec<u8>) -> Arc<Self> {
        let header = |(name, value): (String, String)| {
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::from_maybe_shared(value.into_bytes()).ok()?))
        };
        let headers = headers.into_iter().filter_map(header).collect();
        Arc::new(Self { status, headers, body: Zeroizing::new(body) })
    }
}

/// The longest times that the parts of a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct HttpDeadlines {
    /// The time until the connection is made, including TLS.
    pub connect: Duration,
    /// The time until the next piece of the answer arrives.
    pub read: Duration,
    /// The time for the whole call: tokens, connection, answer, and the second try after a 401.
    pub total: Duration,
}

/// The settings of the adapter for HTTP. Every field has a default.
#[derive(Clone, Default, uniffi::Record)]
pub struct HttpOptions {
    /// What sends the requests. Default: the URLSession of the platform in Swift on Apple's platforms,
    /// and the core's own HTTP elsewhere.
    #[uniffi(default = None)]
    pub transport: Option<Arc<dyn HttpTransport>>,
    /// The `User-Agent`, such as `ExampleApp/1.0 (iOS 18.2)`. Default: name and version of the core
    /// with the system.
    #[uniffi(default = None)]
    pub user_agent: Option<String>,
    /// Further headers of each request, such as the version of the app. The core sets some headers
    /// itself, such as `Authorization`, and refuses them here.
    #[uniffi(default)]
    pub headers: HashMap<String, String>,
    /// The deadlines. Default: 5 seconds to connect, 10 for the next piece of the answer, 20 for the
    /// whole call.
    #[uniffi(default = None)]
    pub deadlines: Option<HttpDeadlines>,
}

impl HttpOptions {
    /// Builds the client with these settings.
    pub(crate) fn build(self, mut builder: HttpBffBuilder) -> Result<HttpBff, DigitalKeyError> {
        if let Some(transport) = self.transport {
            builder = builder.transport(Arc::new(FromForeign(transport)));
        }
        if let Some(user_agent) = self.user_agent {
            builder = builder.user_agent(user_agent);
        }
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        if let Some(HttpDeadlines { connect, read, total }) = self.deadlines {
            let deadlines = core::Deadlines::new();
            builder = builder
                .deadlines(deadlines.with_connect(connect).with_read(read).with_total(total));
        }
        builder.build().map_err(|error| DigitalKeyError::invalid(argument_of(&error), &error))
    }
}

/// Returns the argument that an error is about.
fn argument_of(error: &HttpBffConfigError) -> &'static str {
    match error {
        HttpBffConfigError::UserAgent => "user agent",
        HttpBffConfigError::HeaderName { .. } | HttpBffConfigError::HeaderValue { .. } => "headers",
        HttpBffConfigError::ZeroDeadline => "deadlines",
        HttpBffConfigError::NoTransport | HttpBffConfigError::Client { .. } => "transport",
        HttpBffConfigError::NoTokenProvider => "tokens",
        // The last pattern covers errors that a later version of the client adds.
        HttpBffConfigError::NotAUrl
        | HttpBffConfigError::Scheme { .. }
        | HttpBffConfigError::Insecure { .. }
        | HttpBffConfigError::Credentials
        | HttpBffConfigError::QueryOrFragment
        | _ => "base URL",
    }
}

/// A client's transport as one of the core.
struct FromForeign(Arc<dyn HttpTransport>);

#[async_trait]
impl core::HttpTransport for FromForeign {
    async fn send(
        &self,
        request: core::HttpRequest,
    ) -> Result<core::HttpResponse, core::TransportError> {
        let response = self.0.send(Arc::new(HttpRequest(request))).await?;
        let HttpResponse { status, headers, body } = &*response;
        Ok(core::HttpResponse::new(*status, headers.clone(), body.to_vec()))
    }
}
