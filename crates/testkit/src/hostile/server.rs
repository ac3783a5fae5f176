//! The server itself: plain sockets on loopback, in a thread of its own.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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
use super::answer::{Asked, Reply};

/// How long one connection may last.
const CONNECTION: Duration = Duration::from_secs(120);
/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 16 * 1024;
/// Between two bytes of what is slow: far shorter than any deadline for the next piece.
const PAUSE: Duration = Duration::from_millis(20);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A server on loopback that answers every request in the same bad way, for as long as this value
/// lives.
#[derive(Debug)]
pub struct HostileServer {
    answer: BadAnswer,
    base_url: String,
    seen: Arc<Seen>,
    /// Keeps the port of a server that nobody listens at.
    _reserved: Option<TcpSocket>,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: AtomicUsize,
    requests_elsewhere: AtomicUsize,
}

impl HostileServer {
    /// Starts a server that answers like this.
    ///
    /// # Errors
    /// When there is no free port on loopback, or no thread to be had.
    pub fn start(answer: BadAnswer) -> io::Result<Self> {
        let mut server = Self {
            answer,
            base_url: String::new(),
            seen: Arc::default(),
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
            seen: Arc::clone(&self.seen),
            here: format!("http://{address}"),
            // Another name, so that it is another host and not just another port.
            elsewhere: format!("http://localhost:{}", other_address.port()),
            tls: self_signed()?,
        };
        let (stop, stopped) = oneshot::channel();
        let work = async move {
            let service = Arc::new(service);
            // An error of a listener ends the server; the adapter's calls fail then, and the check.
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

    /// How it answers.
    #[must_use]
    pub fn answer(&self) -> BadAnswer {
        self.answer
    }

    /// What an adapter is given to reach it, such as `http://127.0.0.1:8080/api`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// How many requests have followed a redirect to another host: with the token and the VIN.
    #[must_use]
    pub fn requests_elsewhere(&self) -> usize {
        self.seen.requests_elsewhere.load(Ordering::SeqCst)
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A panic over there has been shown already.
            let _ = thread.join();
        }
    }
}

struct Service {
    answer: BadAnswer,
    seen: Arc<Seen>,
    here: String,
    elsewhere: String,
    tls: TlsAcceptor,
}

async fn accept(listener: StdListener, service: Arc<Service>, elsewhere: bool) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            // That the client hangs up is no failure here.
            let _ = timeout(CONNECTION, service.serve(stream, elsewhere)).await;
        });
    }
}

impl Service {
    async fn serve(&self, mut stream: TcpStream, elsewhere: bool) -> io::Result<()> {
        if self.answer == BadAnswer::NoTls {
            // Whatever the client begins with, this is no TLS.
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
        let Some(path) = read_path(stream).await? else { return Ok(End::HangUp) };
        let count = if elsewhere { &self.seen.requests_elsewhere } else { &self.seen.requests };
        count.fetch_add(1, Ordering::SeqCst);
        let Some((vin, operation)) = question(&path) else { return Ok(End::HangUp) };
        let asked = Asked {
            operation,
            vin,
            elsewhere: &format!("{}{path}", self.elsewhere),
            here: &format!("{}{path}", self.here),
        };
        let reply = if elsewhere { asked.right_reply() } else { asked.bad_reply(self.answer) };
        match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
            Reply::Repeated { first, again, times, last } => {
                stream.write_all(&first).await?;
                for _ in 0..times {
                    stream.write_all(&again).await?;
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
            // Until the client has had enough.
            Reply::Nothing => drop(stream.read_u8().await),
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

/// TLS with a certificate for loopback that is made on the spot.
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

/// Ends a connection without a reset, which could overtake what was sent.
async fn hang_up(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// The path of a request; `None` for what is no request. There is never a body.
async fn read_path(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Ok(None);
        }
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.split(' ').nth(1).map(str::to_owned))
}

/// The VIN and the question of a path such as `/api/vehicles/{vin}/digital-key/support`.
fn question(path: &str) -> Option<(&str, BffOperation)> {
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
