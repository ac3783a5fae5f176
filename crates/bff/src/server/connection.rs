//! A connection of the API: counted, cut off when it is slow, and refused when there are too many.
//!
//! hyper limits how long a connection may wait for a request, and answers a malformed head with an
//! empty response. Around its stream stands what it cannot do: a shorter limit for a head that has
//! begun and for an answer that nobody takes, and a problem document for a malformed head.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};

use super::Observed;
use crate::limit::Permit;
use crate::observe::Route;
use crate::observe::metrics::{Shed, WorkerMetrics};
use crate::problem::{self, HEAD_TOO_LARGE, INVALID_REQUEST, Problem, UNAVAILABLE};
use crate::shared::Shared;
use crate::tls::{self, ServerTls, TlsStream};

/// What a connection and its requests know of each other. All of them are in one task.
#[derive(Debug, Default)]
pub(crate) struct ConnectionState {
    /// How many requests have begun.
    begun: AtomicUsize,
    /// How many requests are under way.
    under_way: AtomicUsize,
    reset: AtomicBool,
}

/// A request under way. Dropping it ends it.
pub(crate) struct UnderWay(Arc<ConnectionState>);

impl ConnectionState {
    pub(crate) fn begin(self: &Arc<Self>) -> UnderWay {
        self.begun.fetch_add(1, Relaxed);
        self.under_way.fetch_add(1, Relaxed);
        UnderWay(Arc::clone(self))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

/// Resets the connection of a request. See [`Bff::with_connection_resets`](crate::Bff).
#[derive(Debug, Clone)]
pub struct ConnectionReset(pub(super) Arc<ConnectionState>);

impl ConnectionReset {
    /// Resets the connection and never returns: the request is dropped with its connection.
    pub async fn now(&self) -> ! {
        self.0.reset.store(true, Relaxed);
        // The connection looks at the flag when its task runs again.
        tokio::task::yield_now().await;
        std::future::pending().await
    }
}

/// Accepts the connections of one thread.
#[derive(Clone)]
pub(super) struct Acceptor {
    shared: Arc<Shared>,
    metrics: Arc<WorkerMetrics>,
    tls: Option<ServerTls>,
}

impl Acceptor {
    pub(super) fn new(
        shared: Arc<Shared>,
        metrics: Arc<WorkerMetrics>,
        tls: Option<ServerTls>,
    ) -> Self {
        Self { shared, metrics, tls }
    }

    async fn accept(
        self,
        stream: TcpStream,
        observed: Observed,
    ) -> io::Result<(Connection, Observed)> {
        // An error means that the client is gone already.
        stream.set_nodelay(true)?;
        let permit = self.shared.connections.enter();
        let refusal = if permit.is_none() { Some(self.refusal()?) } else { None };
        let stream = match self.tls {
            None => Stream::Plain(stream),
            Some(tls) => {
                let handshake = timeout(self.shared.config.head_deadline, tls.accept(stream));
                Stream::Tls(Box::new(handshake.await??))
            }
        };
        let Some(permit) = permit else {
            // Whether the client reads the answer is its own matter.
            let _ = timeout(REFUSAL, refuse(stream)).await;
            drop(refusal);
            return Err(too_many());
        };
        let state = Arc::new(ConnectionState::default());
        let is_http2 = stream.is_http2();
        let connection = Connection {
            stream,
            state: Arc::clone(&state),
            metrics: self.metrics,
            deadline: self.shared.config.head_deadline,
            is_http2,
            head: None,
            read_timer: None,
            write_timer: None,
            replacement: None,
            _permit: permit,
        };
        Ok((connection, observed.on(state)))
    }

    /// Takes a place among the connections that are just being refused.
    fn refusal(&self) -> io::Result<Permit> {
        self.metrics.count_shed(Shed::Connections);
        self.shared.refusals.enter().ok_or_else(too_many)
    }
}

impl Accept<TcpStream, Observed> for Acceptor {
    type Stream = Connection;
    type Service = Observed;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Connection, Observed)>> + Send>>;

    fn accept(&self, stream: TcpStream, observed: Observed) -> Self::Future {
        Box::pin(self.clone().accept(stream, observed))
    }
}

fn too_many() -> io::Error {
    io::Error::other("there are too many connections")
}

/// How long a refusal may take.
const REFUSAL: Duration = Duration::from_secs(1);

/// Answers the first request of a connection that there are too many.
async fn refuse(mut stream: Stream) -> io::Result<()> {
    let problem = UNAVAILABLE.with("there are too many connections; try again later");
    let answer = whole_answer(StatusCode::SERVICE_UNAVAILABLE, &problem);
    // Closing with unread bytes would reset the connection before the answer is read.
    let mut request = [0; 4096];
    let mut read = stream.read(&mut request).await?;
    stream.write_all(&answer).await?;
    stream.shutdown().await?;
    while read > 0 {
        read = stream.read(&mut request).await?;
    }
    Ok(())
}

/// Returns an answer with its head that closes the connection.
fn whole_answer(status: StatusCode, problem: &Problem) -> Vec<u8> {
    let body = problem.body();
    let wait = match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            format!("{}: {}\r\n", header::RETRY_AFTER, Shared::RETRY_AFTER.as_secs())
        }
        _ => String::new(),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {}\r\ncache-control: no-store\r\n{wait}\
         content-length: {}\r\nconnection: close\r\n\r\n",
        problem::CONTENT_TYPE,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// The stream of a connection.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream>),
}

impl Stream {
    fn is_http2(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => tls::is_http2(stream),
        }
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => tls::tcp(stream),
        }
    }
}

macro_rules! on_stream {
    ($stream:expr, $call:ident($($argument:expr),*)) => {
        match $stream {
            Stream::Plain(stream) => Pin::new(stream).$call($($argument),*),
            Stream::Tls(stream) => Pin::new(stream).$call($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        on_stream!(self.get_mut(), poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        on_stream!(self.get_mut(), poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_stream!(self.get_mut(), poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_stream!(self.get_mut(), poll_shutdown(cx))
    }
}

/// A connection that hyper serves.
pub(super) struct Connection {
    stream: Stream,
    state: Arc<ConnectionState>,
    metrics: Arc<WorkerMetrics>,
    deadline: Duration,
    is_http2: bool,
    /// How many requests had begun when the first bytes of the next head arrived.
    head: Option<usize>,
    /// Runs while a head is incomplete.
    read_timer: Timer,
    /// Runs while the client takes no more bytes.
    write_timer: Timer,
    /// What is sent in place of hyper's own answer, and how much of it is sent.
    replacement: Option<(Vec<u8>, usize)>,
    _permit: Permit,
}

/// A timer that costs nothing until it is needed.
type Timer = Option<Pin<Box<Sleep>>>;

/// Starts a timer if it does not run, and returns whether its time is over.
fn is_over(timer: &mut Timer, deadline: Duration, cx: &mut Context<'_>) -> bool {
    let timer = timer.get_or_insert_with(|| Box::pin(sleep(deadline)));
    timer.as_mut().poll(cx).is_ready()
}

impl Connection {
    /// Returns whether the head of a request has begun and is not complete.
    fn in_head(&self) -> bool {
        self.head == Some(self.state.begun.load(Relaxed))
    }

    /// Sends the bytes of hyper, or a problem document in place of an answer of its own.
    fn poll_send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.replacement.is_none() {
            match own_problem(bytes) {
                None => return Pin::new(&mut self.stream).poll_write(cx, bytes),
                Some((status, problem)) => {
                    let other = Method::OPTIONS;
                    self.metrics.count(Route::None, &other, Some(status.as_u16()), Duration::ZERO);
                    self.replacement = Some((whole_answer(status, &problem), 0));
                }
            }
        }
        while let Some((answer, sent)) = &mut self.replacement {
            let Some(rest) = answer.get(*sent..).filter(|rest| !rest.is_empty()) else { break };
            *sent += ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
        }
        self.replacement = None;
        Poll::Ready(Ok(bytes.len()))
    }
}

/// Returns the problem for an answer that hyper gives to a malformed head by itself. Every answer of
/// the service has a correlation id, and hyper's have none.
fn own_problem(bytes: &[u8]) -> Option<(StatusCode, Problem)> {
    let status = bytes.strip_prefix(b"HTTP/1.1 ").or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?;
    let id = crate::headers::CORRELATION_ID;
    let id = id.as_str().as_bytes();
    if !status.starts_with(b"4") || bytes.windows(id.len()).any(|part| part == id) {
        return None;
    }
    let status = StatusCode::from_bytes(status.get(..3)?).ok()?;
    let problem = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE | StatusCode::URI_TOO_LONG => {
            return Some((
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                HEAD_TOO_LARGE.with("the request has too many headers, or too long ones"),
            ));
        }
        _ => INVALID_REQUEST.with("the head of the request is not valid HTTP/1.1"),
    };
    Some((status, problem))
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.state.reset.load(Relaxed) {
            // With a linger time of zero, closing the socket sends a reset.
            this.stream.tcp().set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buffer) {
            Poll::Ready(read) => {
                let is_head = !this.is_http2 && this.state.under_way.load(Relaxed) == 0;
                if is_head && buffer.filled().len() > before && !this.in_head() {
                    this.head = Some(this.state.begun.load(Relaxed));
                }
                Poll::Ready(read)
            }
            Poll::Pending if this.in_head() => {
                if is_over(&mut this.read_timer, this.deadline, cx) {
                    let (other, status) = (Method::OPTIONS, StatusCode::REQUEST_TIMEOUT);
                    this.metrics.count(Route::None, &other, Some(status.as_u16()), this.deadline);
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                Poll::Pending
            }
            Poll::Pending => {
                (this.head, this.read_timer) = (None, None);
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let sent = this.poll_send(cx, bytes);
        if sent.is_ready() {
            this.write_timer = None;
        } else if is_over(&mut this.write_timer, this.deadline, cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        sent
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
