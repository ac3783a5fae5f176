//! TLS on the API and to the upstream, with certificates from files that change.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};
use tempfile::TempDir;

use crate::http::{Connection, LIMIT, eventually, path};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream, VEHICLE};

/// An authority, and a folder for its files.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes a new certificate for 127.0.0.1, and returns it.
    pub(crate) fn issue(&self, name: &str) -> CertificateDer<'static> {
        self.issue_until(name, END.1)
    }

    /// Writes a new certificate that ends at the beginning of this year.
    fn issue_until(&self, name: &str, year: i32) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
        std::fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
        certificate.der().clone()
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

pub(crate) fn client_config(authority: &Authority) -> Arc<ClientConfig> {
    let config = ClientConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(authority.roots()).with_no_client_auth())
}

type TlsConnection = Connection<StreamOwned<ClientConnection, TcpStream>>;

/// Makes a request over TLS on a new connection, and returns the certificate that was shown.
fn request(
    address: SocketAddr,
    config: &Arc<ClientConfig>,
) -> (TlsConnection, CertificateDer<'static>) {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let client = ClientConnection::new(Arc::clone(config), name).unwrap();
    let mut connection = Connection::over(StreamOwned::new(client, stream));
    assert_eq!(connection.request("GET", &path("support"), "").unwrap().status, 200);
    let shown = connection.stream.conn.peer_certificates().unwrap()[0].clone().into_owned();
    (connection, shown)
}

/// The beginning of a year, in seconds since 1970 and as the year.
const END: (f64, i32) = (2_524_608_000.0, 2050);
const LATER_END: (f64, i32) = (2_556_144_000.0, 2051);

/// What the metrics say about the end of the API's certificate, in seconds since 1970.
fn certificate_end(bff: &Bff) -> f64 {
    bff.metric(r#"digital_key_bff_certificate_expiry_timestamp_seconds{of="api"}"#)
}

#[test]
fn a_certificate_that_changes_is_shown_to_new_connections() {
    let authority = Authority::new();
    let first = authority.issue("api");
    let upstream = Upstream::start(Reply::VEHICLE);
    let (certificate, key) = (authority.text("api.pem"), authority.text("api.key"));
    let bff = Bff::start(
        &upstream.url(),
        &[
            "--tls-certificate-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--reload-interval",
            "100ms",
        ],
    );
    let config = client_config(&authority);
    let (mut open, shown) = request(bff.api, &config);
    assert_eq!(shown, first);
    assert_eq!(certificate_end(&bff), END.0);

    // A file that is half written leaves the certificate of before.
    std::fs::write(authority.path("api.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    eventually("the problem is logged", || bff.log().contains("the certificate of before stays"));
    assert_eq!(request(bff.api, &config).1, first);

    let second = authority.issue_until("api", LATER_END.1);
    eventually("the new certificate is shown", || request(bff.api, &config).1 == second);
    assert_eq!(certificate_end(&bff), LATER_END.0);
    // A connection of before goes on.
    assert_eq!(open.request("GET", &path("support"), "").unwrap().status, 200);
}

#[test]
fn a_client_without_tls_is_cut_off() {
    let authority = Authority::new();
    authority.issue("api");
    let upstream = Upstream::start(Reply::VEHICLE);
    let (certificate, key) = (authority.text("api.pem"), authority.text("api.key"));
    let bff = Bff::start(
        &upstream.url(),
        &[
            "--tls-certificate-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--head-deadline",
            "200ms",
        ],
    );
    let mut plain = Connection::to(bff.api).unwrap();
    assert!(plain.request("GET", &path("support"), "").is_err());
    let mut silent = Connection::to(bff.api).unwrap();
    assert!(silent.answer().is_err());
    request(bff.api, &client_config(&authority));
}

/// An upstream with TLS that asks for a certificate. It keeps those that it was shown.
fn upstream_with_tls(
    authority: &Authority,
    name: &str,
) -> (String, Arc<Mutex<Vec<CertificateDer<'static>>>>) {
    authority.issue(name);
    let pem = |path: &Path| std::fs::read(path).unwrap();
    let chain =
        CertificateDer::from_pem_slice(&pem(&authority.path(&format!("{name}.pem")))).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&pem(&authority.path(&format!("{name}.key")))).unwrap();
    let roots = Arc::new(authority.roots());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider());
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config =
        config.with_client_cert_verifier(verifier).with_single_cert(vec![chain], key).unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let shown = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&shown);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let server = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut connection = Connection::over(StreamOwned::new(server, stream));
            // One answer for each connection.
            if let Ok(request) = read_request(&mut connection) {
                let chain = connection.stream.conn.peer_certificates().unwrap();
                sink.lock().unwrap().push(chain[0].clone().into_owned());
                let body = if request.starts_with("GET / ") { "" } else { VEHICLE };
                let length = body.len();
                let _ = connection.send(format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                ));
                connection.stream.conn.send_close_notify();
                let _ = connection.stream.conn.complete_io(&mut connection.stream.sock);
            }
        }
    });
    (url, shown)
}

fn read_request(
    connection: &mut Connection<StreamOwned<ServerConnection, TcpStream>>,
) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[test]
fn the_upstream_is_shown_a_certificate_that_changes_and_has_to_show_its_own() {
    let authority = Authority::new();
    let first = authority.issue("client");
    let (url, shown) = upstream_with_tls(&authority, "upstream");
    let (certificate, key) = (authority.text("client.pem"), authority.text("client.key"));
    let ca = authority.text("ca.pem");
    let files = ["--upstream-certificate-file", &certificate, "--upstream-key-file", &key];
    let args = [&files[..], &["--upstream-ca-file", &ca, "--reload-interval", "100ms"]].concat();
    let bff = Bff::start(&url, &args);
    assert_eq!(bff.get("support").status, 200);
    assert!(shown.lock().unwrap().iter().all(|it| *it == first));
    let second = authority.issue("client");
    eventually("the new certificate is shown", || {
        assert_eq!(bff.get("support").status, 200);
        shown.lock().unwrap().last() == Some(&second)
    });

    // Another authority did not sign this upstream.
    let stranger = Authority::new();
    let ca = stranger.text("ca.pem");
    let bff = Bff::start_unready(&url, &[&files[..], &["--upstream-ca-file", &ca]].concat());
    bff.get("support").problem(502, "upstream-failed");
}
