//! The items of `tls.rs` in a build without TLS: a setting that needs it is refused at the start.

mod error;

use std::sync::Arc;
use std::{convert::Infallible, io, path::Path};

use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpStream;

use crate::config::{Config, Protocol};
pub use error::TlsError;

pub(crate) type TlsStream = TcpStream;
pub(crate) type Connector = HttpConnector;

/// Rules that allow plain HTTP alone.
pub(crate) struct ClientTls;

/// There are no certificates.
#[derive(Debug)]
pub(crate) struct CertificateFiles(Infallible);

impl CertificateFiles {
    pub(crate) fn reload(&self) -> Result<bool, TlsError> {
        match self.0 {}
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) api: Option<Arc<CertificateFiles>>,
    pub(crate) upstream: Option<Arc<CertificateFiles>>,
}

impl Files {
    pub(crate) fn read(config: &Config) -> Result<Self, TlsError> {
        if config.tls_certificate_file.is_some() || config.upstream_certificate_file.is_some() {
            return Err(TlsError::Absent);
        }
        Ok(Self { api: None, upstream: None })
    }

    pub(crate) fn ends(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }
}

#[derive(Clone)]
pub(crate) struct ServerTls(Infallible);

impl ServerTls {
    pub(crate) fn new(certificate: Arc<CertificateFiles>) -> Result<Self, TlsError> {
        match certificate.0 {}
    }

    pub(crate) async fn accept(&self, _: TcpStream) -> io::Result<TlsStream> {
        match self.0 {}
    }
}

pub(crate) fn is_http2(_: &TlsStream) -> bool {
    false
}

pub(crate) fn tcp(stream: &TlsStream) -> &TcpStream {
    stream
}

pub(crate) fn client_config(
    _: Option<&Path>,
    _: Option<Arc<CertificateFiles>>,
) -> Result<ClientTls, TlsError> {
    Err(TlsError::Absent)
}

pub(crate) fn client_config_without_roots() -> Result<ClientTls, TlsError> {
    Ok(ClientTls)
}

pub(crate) fn connector(tcp: HttpConnector, _: ClientTls, _: Protocol) -> Connector {
    tcp
}
