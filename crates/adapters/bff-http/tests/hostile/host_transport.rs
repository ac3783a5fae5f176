//! A transport that a host in Rust brings: its own reqwest client, with what the platform needs.

use digital_key_bff_http::{
    HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind,
};
use digital_key_ports::async_trait;

/// The host's client, which follows no redirect and keeps no cookie.
pub(crate) struct HostTransport(pub(crate) reqwest::Client);

#[async_trait]
impl HttpTransport for HostTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        // An error of reqwest shows the URL, which has the VIN. It stays here.
        let failed = |error: reqwest::Error| {
            TransportError::new(if error.is_connect() {
                TransportErrorKind::Connect
            } else if error.is_timeout() {
                TransportErrorKind::TimedOut
            } else if format!("{error:?}").contains("TooLarge") {
                TransportErrorKind::TooLarge
            } else {
                TransportErrorKind::Broken
            })
        };
        let sent = self
            .0
            .request(request.method, request.url)
            .headers(request.headers)
            .timeout(request.deadlines.total)
            .send();
        let mut response = sent.await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::with_capacity(request.body_limit);
        while status == 200
            && body.len() < request.body_limit
            && let Some(piece) = response.chunk().await.map_err(failed)?
        {
            let missing = request.body_limit - body.len();
            body.extend_from_slice(piece.get(..missing).unwrap_or(&piece));
        }
        Ok(HttpResponse::new(status, headers, body))
    }
}
