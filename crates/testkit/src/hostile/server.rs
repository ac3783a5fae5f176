//! The server: plain sockets on loopback, in a thread of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use digital_key_ports::BffOperation;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::BadAnswer;
use super::answer::{Reply, Request};

/// How long a connection may last.
const CONNECTION_LIMIT: Duration = Duration::from_secs(120);
/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// The pause between two bytes of a slow answer, far shorter than any deadline for the next bytes.
const PAUSE: Duration = Duration::from_millis(20);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A server on loopback that answers every request in the same bad way. Dropping it stops it.
#[derive(Debug)]
pub struct HostileServer {
    answer: BadAnswer,
    base_url: String,
    counts: Arc<RequestCounts>,
    heads: Arc<Mutex<Vec<String>>>,
    /// Reserves a port where no server listens.
    _reserved: Option<TcpSocket>,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug, Default)]
struct RequestCounts {
    requests: AtomicUsize,
    requests_elsewhere: AtomicUsize,
}

impl HostileServer {
    /// Starts a server that sends this bad answer.
    ///
    /// # Errors
    /// When loopback has no free port, or the thread cannot start.
    pub fn start(answer: BadAnswer) -> io::Result<Self> {
        let mut server = Self {
            answer,
            base_url: String::new(),
            counts: Arc::default(),
            heads: Arc::default(),
            _reserved: None,
            thread: None,
        };
        if answer == BadAnswer::UnknownHost {
            // No name below `invalid` exists.
            server.base_url = "https://bff.invalid/api".into();
            return Ok(server);
        }
        let address = if answer == BadAnswer::ConnectionRefused {
            let socket = TcpSocket::new_v4()?;
            socket.bind(LOOPBACK)?;
            let address = socket.local_addr()?;
            server._reserved = Some(socket);
            address
        } else {
            server.listen()?
        };
        let scheme = if answer.needs_tls() { "https" } else { "http" };
        server.base_url = format!("{scheme}://{address}/api");
        Ok(server)
    }

    fn listen(&mut self) -> io::Result<SocketAddr> {
        let listen = || {
            let listener = StdListener::bind(LOOPBACK)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            io::Result::Ok((listener, address))
        };
        let (listener, address) = listen()?;
        let (elsewhere, other_address) = listen()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let service = Service {
            answer: self.answer,
            counts: Arc::clone(&self.counts),
            heads: Arc::clone(&self.heads),
            origin: format!("http://{address}"),
            // Another name, so that it is another host and not just another port.
            origin_elsewhere: format!("http://localhost:{}", other_address.port()),
            tls: self_signed()?,
        };
        let (stop, stopped) = oneshot::channel();
        let work = async move {
            let service = Arc::new(service);
            // An error of a listener ends the server. The adapter's calls then fail, and so does
            // the check.
            tokio::select! {
                _ = stopped => {}
                _ = accept(listener, Arc::clone(&service), false) => {}
                _ = accept(elsewhere, service, true) => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("hostile server".into())
            .spawn(move || runtime.block_on(work))?;
        self.thread = Some((stop, thread));
        Ok(address)
    }

    /// Returns the bad answer of this server.
    #[must_use]
    pub fn answer(&self) -> BadAnswer {
        self.answer
    }

    /// Returns the base URL for the adapter, such as `http://127.0.0.1:8080/api`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns how many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// Returns the first line and the headers of all requests, in the order of arrival.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many requests have followed a redirect to another host, with token and VIN.
    #[must_use]
    pub fn requests_elsewhere(&self) -> usize {
        self.counts.requests_elsewhere.load(Ordering::SeqCst)
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A panic of the thread has been printed already.
            let _ = thread.join();
        }
    }
}

struct Service {
    answer: BadAnswer,
    counts: Arc<RequestCounts>,
    heads: Arc<Mutex<Vec<String>>>,
    origin: String,
    origin_elsewhere: String,
    tls: TlsAcceptor,
}

async fn accept(listener: StdListener, service: Arc<Service>, elsewhere: bool) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            // The client may hang up at any time.
            let _ = timeout(CONNECTION_LIMIT, service.serve(stream, elsewhere)).await;
        });
    }
}

impl Service {
    async fn serve(&self, mut stream: TcpStream, elsewhere: bool) -> io::Result<()> {
        if self.answer == BadAnswer::NoTls {
            // This is not TLS, whatever the client sends first.
            let _ = stream.read_u8().await?;
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await?;
            hang_up(stream).await
        } else if self.answer == BadAnswer::SelfSigned {
            let mut stream = self.tls.accept(stream).await?;
            self.answer(&mut stream, elsewhere).await?;
            hang_up(stream).await
        } else if self.answer(&mut stream, elsewhere).await? == End::Reset {
            stream.set_zero_linger()
        } else {
            hang_up(stream).await
        }
    }

    async fn answer(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        elsewhere: bool,
    ) -> io::Result<End> {
        let Some(head) = read_head(stream).await? else { return Ok(End::HangUp) };
        let Some(path) = head.split(' ').nth(1).map(str::to_owned) else { return Ok(End::HangUp) };
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        let count = if elsewhere { &self.counts.requests_elsewhere } else { &self.counts.requests };
        count.fetch_add(1, Ordering::SeqCst);
        let Some((vin, operation)) = parse_path(&path) else { return Ok(End::HangUp) };
        let request = Request {
            operation,
            vin,
            url: &format!("{}{path}", self.origin),
            url_elsewhere: &format!("{}{path}", self.origin_elsewhere),
        };
        let reply =
            if elsewhere { request.correct_reply() } else { request.bad_reply(self.answer) };
        match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
            Reply::Repeated { first, repeated, times, last } => {
                stream.write_all(&first).await?;
                for _ in 0..times {
                    stream.write_all(&repeated).await?;
                }
                stream.write_all(&last).await?;
            }
            Reply::Slow(bytes, byte) => {
                stream.write_all(&bytes).await?;
                loop {
                    sleep(PAUSE).await;
                    stream.write_all(&[byte]).await?;
                }
            }
            // The read ends when the client hangs up.
            Reply::Silence => drop(stream.read_u8().await),
            Reply::Reset => return Ok(End::Reset),
        }
        Ok(End::HangUp)
    }
}

/// How a connection ends.
#[derive(PartialEq)]
enum End {
    HangUp,
    Reset,
}

/// Returns TLS with a new self-signed certificate for loopback.
fn self_signed() -> io::Result<TlsAcceptor> {
    let names = [LOOPBACK.ip().to_string()];
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![cert.into()], key))
        .map_err(io::Error::other)?;
    Ok(Arc::new(config).into())
}

/// Closes a connection without a reset, which could discard bytes in flight.
async fn hang_up(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Reads the head of a request; `None` = it is too long.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Ok(None);
        }
        head.push(stream.read_u8().await?);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

/// Returns the VIN and the call of a path such as `/api/vehicles/{vin}/digital-key/support`.
fn parse_path(path: &str) -> Option<(&str, BffOperation)> {
    let (_, rest) = path.split_once("/vehicles/")?;
    let (vin, endpoint) = rest.split_once("/digital-key/")?;
    let operation = match endpoint {
        "support" => BffOperation::Support,
        "pairing-status" => BffOperation::PairingStatus,
        "pairing-password" => BffOperation::PairingPassword,
        _ => return None,
    };
    Some((vin, operation))
}
