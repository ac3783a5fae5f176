//! Certificates and keys from files, read again when they change.

mod error;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::config::{Config, Protocol};
pub use error::TlsError;

/// The stream of a connection with TLS.
pub(crate) type TlsStream = tokio_rustls::server::TlsStream<TcpStream>;

/// The rules for TLS to a server.
pub(crate) type ClientTls = ClientConfig;

/// Opens the connections to a server.
pub(crate) type Connector = HttpsConnector<HttpConnector>;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A certificate chain and its key, each from a file.
pub(crate) struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Current>,
}

struct Current {
    /// What the two files held when they were read.
    contents: [Vec<u8>; 2],
    certified: Arc<CertifiedKey>,
    /// When the first certificate of the chain to end ends, in seconds since 1970.
    ends: u64,
}

/// The certificates from files, as far as the configuration names them.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// What the API shows to its callers.
    pub(crate) api: Option<Arc<CertificateFiles>>,
    /// What the BFF shows to the SmAcc service.
    pub(crate) upstream: Option<Arc<CertificateFiles>>,
}

impl Files {
    /// Reads all files.
    ///
    /// # Errors
    /// [`TlsError`] when one cannot be read or used.
    pub(crate) fn read(config: &Config) -> Result<Self, TlsError> {
        let read = |certificate: &Option<PathBuf>, key: &Option<PathBuf>| {
            let (Some(certificate), Some(key)) = (certificate, key) else { return Ok(None) };
            CertificateFiles::read(certificate.clone(), key.clone()).map(|files| Some(files.into()))
        };
        Ok(Self {
            api: read(&config.tls_certificate_file, &config.tls_key_file)?,
            upstream: read(&config.upstream_certificate_file, &config.upstream_key_file)?,
        })
    }

    /// Returns when each certificate ends, in seconds since 1970.
    pub(crate) fn ends(&self) -> Vec<(&'static str, u64)> {
        [("api", &self.api), ("upstream", &self.upstream)]
            .into_iter()
            .filter_map(|(of, files)| Some((of, files.as_ref()?.ends())))
            .collect()
    }
}

impl CertificateFiles {
    /// Reads both files.
    ///
    /// # Errors
    /// [`TlsError`] when one cannot be read or used.
    pub(crate) fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let current = RwLock::new(load(&certificate, &key)?);
        Ok(Self { certificate, key, current })
    }

    /// Reads the files again. When they cannot be used, the certificate of before stays.
    ///
    /// Returns whether they have changed.
    pub(crate) fn reload(&self) -> Result<bool, TlsError> {
        let fresh = load(&self.certificate, &self.key)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let changed = fresh.contents != current.contents;
        if changed {
            *current = fresh;
        }
        Ok(changed)
    }

    fn certified(&self) -> Arc<CertifiedKey> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).certified.clone()
    }

    fn ends(&self) -> u64 {
        self.current.read().unwrap_or_else(PoisonError::into_inner).ends
    }
}

impl fmt::Debug for CertificateFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateFiles")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

impl ResolvesServerCert for CertificateFiles {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }
}

impl ResolvesClientCert for CertificateFiles {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn load(certificate: &Path, key: &Path) -> Result<Current, TlsError> {
    let contents = [read_file(certificate)?, read_file(key)?];
    let chain = certificates(certificate, &contents[0])?;
    let ends = ends(certificate, &chain)?;
    let private = PrivateKeyDer::from_pem_slice(&contents[1])
        .map_err(|_| TlsError::Pem { path: key.to_owned(), what: "private key" })?;
    let certified = CertifiedKey::from_der(chain, private, &provider())
        .map_err(|source| TlsError::Certificate { path: certificate.to_owned(), source })?;
    Ok(Current { contents, certified: Arc::new(certified), ends })
}

/// Returns when the first certificate of a chain to end ends, in seconds since 1970.
fn ends(path: &Path, chain: &[CertificateDer<'_>]) -> Result<u64, TlsError> {
    let end = |certificate: &CertificateDer<'_>| {
        let parsed = Certificate::from_der(certificate).ok()?;
        Some(parsed.tbs_certificate().validity().not_after.to_unix_duration().as_secs())
    };
    let ends: Option<Vec<u64>> = chain.iter().map(end).collect();
    let first = ends.and_then(|ends| ends.into_iter().min());
    first.ok_or_else(|| TlsError::Pem { path: path.to_owned(), what: "readable certificate" })
}

fn read_file(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::File { path: path.to_owned(), source })
}

fn certificates(path: &Path, content: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(content).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| TlsError::Pem { path: path.to_owned(), what: "certificate" })
}

/// Accepts connections with TLS on behalf of the API.
#[derive(Clone)]
pub(crate) struct ServerTls(TlsAcceptor);

impl ServerTls {
    /// Offers HTTP/2 and HTTP/1.1.
    pub(crate) fn new(certificate: Arc<CertificateFiles>) -> Result<Self, TlsError> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificate);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream> {
        self.0.accept(stream).await
    }
}

/// Returns whether the client chose HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

/// Returns the connection below TLS.
pub(crate) fn tcp(stream: &TlsStream) -> &TcpStream {
    stream.get_ref().0
}

/// Returns the rules for TLS to a server that the authorities of this file sign, or else those of the
/// system.
pub(crate) fn client_config(
    ca_file: Option<&Path>,
    certificate: Option<Arc<CertificateFiles>>,
) -> Result<ClientTls, TlsError> {
    let builder =
        ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let builder = match ca_file {
        Some(path) => builder.with_root_certificates(roots(path)?),
        None => builder.with_platform_verifier()?,
    };
    Ok(match certificate {
        Some(certificate) => {
            let mut config = builder.with_client_cert_resolver(certificate);
            // A resumed session would go on with the certificate of before.
            config.resumption = Resumption::disabled();
            config
        }
        None => builder.with_no_client_auth(),
    })
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(path, &read_file(path)?)? {
        let refused = |source| TlsError::Certificate { path: path.to_owned(), source };
        roots.add(authority).map_err(refused)?;
    }
    Ok(roots)
}

/// Returns rules for TLS that trust no server, for a client that speaks plain HTTP alone.
pub(crate) fn client_config_without_roots() -> Result<ClientTls, TlsError> {
    let builder =
        ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// Returns what opens connections with these rules, for HTTPS and HTTP.
pub(crate) fn connector(mut tcp: HttpConnector, tls: ClientTls, protocol: Protocol) -> Connector {
    tcp.enforce_http(false);
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    match protocol {
        Protocol::Auto => builder.enable_all_versions().wrap_connector(tcp),
        Protocol::Http1 => builder.enable_http1().wrap_connector(tcp),
        Protocol::Http2 => builder.enable_http2().wrap_connector(tcp),
    }
}
