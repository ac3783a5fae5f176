//! The HTTP client: connections, TLS and deadlines. It knows no dialect.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use super::{FailureKind, SmAccError};
use crate::config::{Config, Protocol};
use crate::tls::{self, CertificateFiles, ClientTls, Connector, TlsError};

/// Why the client of the upstream cannot be made.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ClientError(#[from] TlsError);

/// A client with a pool of connections.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client<Connector, Full<Bytes>>,
    deadline: Duration,
}

impl HttpClient {
    /// Makes a client for the upstream of this configuration.
    pub(crate) fn new(
        config: &Config,
        certificate: Option<Arc<CertificateFiles>>,
    ) -> Result<Self, ClientError> {
        let is_https =
            config.upstream.as_ref().is_some_and(super::super::config::BaseUrl::is_https);
        let tls = if is_https {
            tls::client_config(config.upstream_ca_file.as_deref(), certificate)?
        } else {
            tls::client_config_without_roots()?
        };
        Ok(Self::with_tls(config, tls))
    }

    /// Makes a client with these rules for TLS.
    pub(crate) fn with_tls(config: &Config, tls: ClientTls) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(config.upstream_connect_deadline));
        let connector = tls::connector(tcp, tls, config.upstream_protocol);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(config.upstream_idle_connections)
            .pool_idle_timeout(config.upstream_idle_deadline)
            .http2_only(config.upstream_protocol == Protocol::Http2)
            .build(connector);
        Self { client, deadline: config.upstream_deadline }
    }

    /// Sends a request and reads the whole answer, of at most `limit` bytes, within the deadline.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        limit: usize,
    ) -> Result<Response<Bytes>, SmAccError> {
        let answer = async {
            let response = self.client.request(request).await.map_err(|error| {
                let kind =
                    if error.is_connect() { FailureKind::Connect } else { FailureKind::Connection };
                SmAccError::failed(kind, causes(&error))
            })?;
            read(response, limit).await
        };
        let deadline = self.deadline;
        timeout(deadline, answer).await.unwrap_or_else(|_| {
            let detail = format!("there was no whole answer within {} ms", deadline.as_millis());
            Err(SmAccError::failed(FailureKind::Timeout, detail))
        })
    }
}

async fn read(response: Response<Incoming>, limit: usize) -> Result<Response<Bytes>, SmAccError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            SmAccError::failed(
                FailureKind::TooLarge,
                format!("the answer has more than {limit} bytes"),
            )
        } else {
            SmAccError::failed(FailureKind::Connection, causes(&*error))
        }
    })?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// Returns an error with its causes. The errors of the client name no URL and no content.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
