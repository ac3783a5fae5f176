//! An HTTP client for the control interface of a backend, without TLS.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the URL is not valid")]
    Url(#[from] http::Error),
    #[error(transparent)]
    Connection(#[from] hyper_util::client::legacy::Error),
    #[error("the answer breaks off, or is too long: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    #[error("there is no answer within {} seconds", .0.as_secs())]
    Timeout(Duration),
    #[error("it answers with status {0}")]
    Status(StatusCode),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A client whose calls take at most a certain time.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client<HttpConnector, Full<Bytes>>,
    timeout: Duration,
}

impl HttpClient {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), timeout }
    }

    /// Sends a request, and reads the whole answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Bytes), HttpError> {
        let request = Request::builder().method(method).uri(url);
        let request = match body {
            None => request.body(Full::default())?,
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::from(body.to_string()))?,
        };
        let answer = async {
            let (head, body) = self.client.request(request).await?.into_parts();
            let body = Limited::new(body, LONGEST).collect().await.map_err(HttpError::Body)?;
            Ok((head.status, body.to_bytes()))
        };
        let timeout = self.timeout;
        tokio::time::timeout(timeout, answer).await.unwrap_or(Err(HttpError::Timeout(timeout)))
    }
}
