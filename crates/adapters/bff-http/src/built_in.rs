//! The built-in transport: reqwest.

use async_trait::async_trait;
use digital_key_ports::Cause;
use reqwest::{Client, StatusCode};

use crate::config::Deadlines;
use crate::tls;
use crate::transport::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind,
};

/// reqwest without proxies, redirects and retries.
pub(crate) struct BuiltInTransport(Client);

impl BuiltInTransport {
    /// Makes a client with the deadlines for connection and reading. `https` decides whether it
    /// needs certificates.
    pub(crate) fn new(deadlines: Deadlines, https: bool) -> Result<Self, Cause> {
        let client = Client::builder()
            .connect_timeout(deadlines.connect)
            .read_timeout(deadlines.read)
            // A redirect would send the token and the VIN to another host.
            .redirect(reqwest::redirect::Policy::none())
            // An environment variable must not decide where the token goes.
            .no_proxy()
            // A decorator retries, and counts the tries.
            .retry(reqwest::retry::never());
        Ok(Self(tls::set_up(client, https)?.build()?))
    }
}

#[async_trait]
impl HttpTransport for BuiltInTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let HttpRequest { method, url, headers, body_limit, .. } = request;
        let sent = self.0.request(method, url).headers(headers).send();
        let mut response = sent.await.map_err(transport_error)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if status != StatusCode::OK {
            return Ok(HttpResponse::new(status.as_u16(), headers, Vec::new()));
        }
        // The vector never grows: a reallocation would leave a copy of a password in memory.
        let mut body = Vec::with_capacity(body_limit);
        while body.len() < body_limit
            && let Some(piece) = response.chunk().await.map_err(transport_error)?
        {
            let missing = body_limit - body.len();
            body.extend_from_slice(piece.get(..missing).unwrap_or(&piece));
        }
        Ok(HttpResponse::new(status.as_u16(), headers, body))
    }
}

fn transport_error(error: reqwest::Error) -> TransportError {
    use TransportErrorKind::{Broken, Connect, TimedOut, Tls, TooLarge};
    // Checked first: a connection that timed out before it was made is both.
    let kind = if error.is_connect() {
        if is_caused_by(&error, is_tls_error) { Tls } else { Connect }
    } else if error.is_timeout() {
        TimedOut
    } else if is_caused_by(&error, is_head_too_large) {
        TooLarge
    } else {
        Broken
    };
    // The URL holds the VIN.
    TransportError::new(kind).with_source(error.without_url())
}

type AnyError = dyn std::error::Error + 'static;

fn is_caused_by(error: &AnyError, is_cause: fn(&AnyError) -> bool) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(is_cause)
}

fn is_head_too_large(error: &AnyError) -> bool {
    error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large)
}

/// With the system's TLS the phase cannot be seen, and the error counts as `Connect`.
fn is_tls_error(error: &AnyError) -> bool {
    #[cfg(feature = "rustls")]
    if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        return inner.is::<rustls::Error>();
    }
    let _ = error;
    false
}
