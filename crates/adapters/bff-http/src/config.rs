//! The settings of a client, and the checks that they pass.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use digital_key_ports::Cause;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING,
    USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::http_bff::{CORRELATION_ID, HttpBff, IDEMPOTENCY_KEY, TraceParent};
use crate::token::{TokenProvider, Tokens};
use crate::trace::TRACEPARENT;
use crate::transport::HttpTransport;

/// The longest times that the parts of a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// The time until the connection is made, including TLS.
    pub connect: Duration,
    /// The time until the next piece of the answer arrives.
    pub read: Duration,
    /// The time for the whole call: tokens, connection, answer, and the second try after a 401.
    pub total: Duration,
}

impl Deadlines {
    /// Allows 5 s to connect, 10 s for the next piece of the answer and 20 s for the whole call.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            total: Duration::from_secs(20),
        }
    }

    /// Sets [`connect`](Self::connect).
    #[must_use]
    pub const fn with_connect(mut self, connect: Duration) -> Self {
        self.connect = connect;
        self
    }

    /// Sets [`read`](Self::read).
    #[must_use]
    pub const fn with_read(mut self, read: Duration) -> Self {
        self.read = read;
        self
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub const fn with_total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }
}

impl Default for Deadlines {
    /// Returns [`Deadlines::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// Builds an [`HttpBff`]. [`HttpBff::builder`] returns one.
#[must_use]
pub struct HttpBffBuilder {
    base_url: String,
    tokens: Option<Arc<dyn TokenProvider>>,
    deadlines: Deadlines,
    user_agent: String,
    /// Names and values, which `build` checks.
    headers: Vec<(String, String)>,
    transport: Option<Arc<dyn HttpTransport>>,
    trace_parent: Option<TraceParent>,
}

impl HttpBffBuilder {
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            tokens: None,
            deadlines: Deadlines::default(),
            user_agent: default_user_agent(),
            headers: Vec::new(),
            transport: None,
            trace_parent: None,
        }
    }

    /// Sets the source of the bearer tokens, which is mandatory.
    pub fn token_provider(mut self, provider: Arc<dyn TokenProvider>) -> Self {
        self.tokens = Some(provider);
        self
    }

    /// Sets the deadlines, which are [`Deadlines::default`] otherwise.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Sets the `User-Agent`, which is `digital-key-bff-http/VERSION (SYSTEM; ARCHITECTURE)`
    /// otherwise. Firewalls reject requests without one.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Adds a header to each request, such as the version of the host's app. A second value for the
    /// same name replaces the first.
    ///
    /// The client sets some headers itself, and they cannot be added: `Accept`, `Accept-Encoding`,
    /// `Authorization`, `Connection`, `Content-Length`, `Host`, `Idempotency-Key`, `Traceparent`,
    /// `Transfer-Encoding`, `User-Agent` and `X-Correlation-Id`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends each request through this transport instead of the built-in one, such as the HTTP of
    /// the platform with its proxies, pins and client certificates.
    pub fn transport(mut self, transport: Arc<dyn HttpTransport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Continues the trace of the host. The function runs once for each call and returns the
    /// [`traceparent`](https://www.w3.org/TR/trace-context/#traceparent-header) of the span that the
    /// call belongs to.
    ///
    /// Each call starts a new trace otherwise, or if the function returns none or one that is not
    /// valid. Each request has a span of its own.
    pub fn trace_parent(
        mut self,
        parent: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.trace_parent = Some(Arc::new(parent));
        self
    }

    /// Checks the settings and builds the client.
    ///
    /// # Errors
    /// Returns an [`HttpBffConfigError`] for a setting that is missing or not allowed. Its text
    /// says what would be right.
    pub fn build(self) -> Result<HttpBff, HttpBffConfigError> {
        let base_url = check_base_url(&self.base_url)?;
        let provider = self.tokens.ok_or(HttpBffConfigError::NoTokenProvider)?;
        let Deadlines { connect, read, total } = self.deadlines;
        if connect.is_zero() || read.is_zero() || total.is_zero() {
            return Err(HttpBffConfigError::ZeroDeadline);
        }
        Ok(HttpBff {
            headers: check_headers(&self.user_agent, &self.headers)?,
            transport: match self.transport {
                Some(transport) => transport,
                None => built_in_transport(self.deadlines, base_url.scheme() == "https")?,
            },
            base_url,
            tokens: Tokens::new(provider),
            deadlines: self.deadlines,
            trace_parent: self.trace_parent,
        })
    }
}

#[cfg(feature = "reqwest")]
fn built_in_transport(
    deadlines: Deadlines,
    https: bool,
) -> Result<Arc<dyn HttpTransport>, HttpBffConfigError> {
    let transport = crate::built_in::BuiltInTransport::new(deadlines, https)
        .map_err(|cause| HttpBffConfigError::Client { cause })?;
    Ok(Arc::new(transport))
}

#[cfg(not(feature = "reqwest"))]
fn built_in_transport(_: Deadlines, _: bool) -> Result<Arc<dyn HttpTransport>, HttpBffConfigError> {
    Err(HttpBffConfigError::NoTransport)
}

impl fmt::Debug for HttpBffBuilder {
    /// Omits the base URL, which is not checked yet and may hold credentials, and the headers,
    /// whose values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBffBuilder").field("deadlines", &self.deadlines).finish_non_exhaustive()
    }
}

/// Why a client cannot be built. Final: the settings must change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpBffConfigError {
    /// The base URL is not an absolute URL. The text does not repeat it, since it may hold a
    /// secret.
    #[error("the base URL is not a URL such as https://bff.example.com/api")]
    NotAUrl,
    /// The base URL is neither `https` nor `http`.
    #[error("the base URL has the scheme {scheme}; give an https URL")]
    Scheme {
        /// The scheme of the base URL.
        scheme: String,
    },
    /// The base URL is `http` to another machine.
    #[error("http is for loopback only (127.0.0.0/8, ::1, localhost); use https://{host}")]
    Insecure {
        /// The host of the base URL.
        host: String,
    },
    /// The base URL holds a user name or a password.
    #[error("the base URL holds a user name or password; give the token provider a token instead")]
    Credentials,
    /// The base URL has a query or a fragment.
    #[error("the base URL has a query or a fragment; end it with the path")]
    QueryOrFragment,
    /// No token provider was given.
    #[error("there is no token provider; give one with `token_provider`")]
    NoTokenProvider,
    /// No transport was given, and this build has no built-in one.
    #[error("there is no built-in transport; give one, or build with the feature `rustls`")]
    NoTransport,
    /// A deadline is zero, so that every call would fail.
    #[error("a deadline is zero; give each a time above zero")]
    ZeroDeadline,
    /// The user agent is empty or not one line of visible ASCII characters and blanks.
    #[error("the user agent is not a text such as ExampleApp/1.0 (iOS 18.2)")]
    UserAgent,
    /// The name of an added header is not valid, or the client sets this header itself.
    #[error("the header name {name:?} is not valid, or the client sets this header itself")]
    HeaderName {
        /// The name of the header.
        name: String,
    },
    /// The value of an added header is not one line of visible ASCII characters and blanks. The
    /// text does not repeat it, since it may be a secret.
    #[error("the value of the header {name} is not one line of visible ASCII characters")]
    HeaderValue {
        /// The name of the header.
        name: String,
    },
    /// The HTTP client could not be built, for example since there is no trusted certificate.
    #[error("the HTTP client could not be built")]
    Client {
        /// The error of the HTTP client.
        #[source]
        cause: Cause,
    },
}

/// Returns the name, the version and the platform of this client.
fn default_user_agent() -> String {
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    format!("{name}/{version} ({}; {})", std::env::consts::OS, std::env::consts::ARCH)
}

/// The headers that the client sets itself. The host must not set them: two values would
/// contradict each other, and a length or an encoding of the host's would be wrong.
const OWN_HEADERS: [HeaderName; 11] = [
    ACCEPT,
    ACCEPT_ENCODING,
    AUTHORIZATION,
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    TRANSFER_ENCODING,
    USER_AGENT,
    CORRELATION_ID,
    IDEMPOTENCY_KEY,
    TRACEPARENT,
];

/// Makes the headers of each request from the settings.
fn check_headers(
    user_agent: &str,
    added: &[(String, String)],
) -> Result<HeaderMap, HttpBffConfigError> {
    let user_agent = header_value(user_agent)
        .filter(|value| !value.is_empty())
        .ok_or(HttpBffConfigError::UserAgent)?;
    let mut headers = HeaderMap::from_iter([(USER_AGENT, user_agent)]);
    for (name, value) in added {
        let checked = name.parse().ok().filter(|name| !OWN_HEADERS.contains(name));
        let checked =
            checked.ok_or_else(|| HttpBffConfigError::HeaderName { name: name.clone() })?;
        let mut value = header_value(value)
            .ok_or_else(|| HttpBffConfigError::HeaderValue { name: name.clone() })?;
        // It may be a secret, such as the key of an API; `Debug` then hides it.
        value.set_sensitive(true);
        headers.insert(checked, value);
    }
    Ok(headers)
}

fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text.trim()).ok().filter(|value| value.to_str().is_ok())
}

fn check_base_url(text: &str) -> Result<Url, HttpBffConfigError> {
    let url = Url::parse(text).map_err(|_| HttpBffConfigError::NotAUrl)?;
    match url.scheme() {
        "http" if !is_loopback(&url) => {
            return Err(HttpBffConfigError::Insecure {
                host: url.host_str().unwrap_or_default().to_owned(),
            });
        }
        "https" | "http" => {}
        other => {
            return Err(HttpBffConfigError::Scheme { scheme: other.to_owned() });
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HttpBffConfigError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(HttpBffConfigError::QueryOrFragment);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        check_base_url(url).unwrap_err().to_string()
    }

    #[test]
    fn https_anywhere_and_http_to_loopback() {
        for url in [
            "https://bff.example.com",
            "https://bff.example.com:8443/api/",
            "http://localhost:8080",
            "http://LOCALHOST/api",
            "http://127.0.0.1:8080/api",
            "http://127.9.8.7",
            "http://[::1]:8080",
        ] {
            assert!(check_base_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn http_to_another_machine_is_refused_with_advice() {
        for host in
            ["bff.example.com", "128.0.0.1", "localhost.example.com", "[2001:db8::1]", "0.0.0.0"]
        {
            let refusal = refusal(&format!("http://{host}/api"));
            assert!(refusal.contains(&format!("https://{host}")), "{refusal}");
        }
    }

    #[test]
    fn other_schemes_and_other_texts_are_refused() {
        assert!(refusal("ftp://bff.example.com").contains("ftp"));
        assert!(refusal("localhost:8080").contains("scheme localhost"));
        for text in ["", "bff.example.com", "/api", "https://"] {
            assert!(refusal(text).contains("https://bff.example.com/api"), "{text}");
        }
    }

    #[test]
    fn credentials_query_and_fragment_are_refused_and_not_repeated() {
        for url in [
            "https://sesame@bff.example.com",
            "https://user:sesame@bff.example.com",
            "https://:sesame@bff.example.com",
        ] {
            let refusal = refusal(url);
            assert!(refusal.contains("user name or password"), "{refusal}");
            assert!(!refusal.contains("sesame"), "{refusal}");
        }
        for url in ["https://bff.example.com/?a", "https://bff.example.com/#a"] {
            assert!(refusal(url).contains("query or a fragment"), "{url}");
        }
    }
}
