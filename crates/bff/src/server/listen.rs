//! Listeners, and what serves on them: the connections are axum-server's and hyper's work.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::Server;
use hyper_util::rt::TokioTimer;
use socket2::{Domain, Socket, Type};
use tower::service_fn;

use super::Observed;
use super::connection::Acceptor;
use crate::error::StartError;
use crate::observe::metrics::WorkerMetrics;
use crate::shared::Shared;
use crate::tls::ServerTls;

/// How many connections the system keeps until they are accepted.
const BACKLOG: i32 = 4096;

/// Listens on an address.
pub(super) fn one(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    bind(address, false).map_err(|source| StartError::Bind { what, address, source })
}

/// Listens on one address as many times as there are threads: the system spreads the connections.
#[cfg(feature = "command")]
pub(super) fn several(
    what: &'static str,
    address: SocketAddr,
    count: usize,
) -> Result<Vec<TcpListener>, StartError> {
    if count <= 1 {
        return Ok(vec![one(what, address)?]);
    }
    let listen = || {
        // Alone first: another process that shares its address must not get a part of the
        // connections by mistake.
        if address.port() != 0 {
            drop(bind(address, false)?);
        }
        let first = bind(address, true)?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        for _ in 1..count {
            listeners.push(bind(address, true)?);
        }
        Ok(listeners)
    };
    listen().map_err(|source| StartError::Bind { what, address, source })
}

fn bind(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(shared)?;
    #[cfg(not(unix))]
    let _ = shared;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Serves the API until the handle stops it.
pub(super) async fn serve_api(
    listener: TcpListener,
    tls: Option<ServerTls>,
    observed: Observed,
    shared: Arc<Shared>,
    metrics: Arc<WorkerMetrics>,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let config = shared.config.clone();
    let plain = tls.is_none();
    let acceptor = Acceptor::new(shared, metrics, tls);
    let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle);
    let builder = server.http_builder();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.idle_deadline)
        .max_headers(config.max_headers)
        .max_buf_size(config.max_head_size);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(config.max_head_size).unwrap_or(u32::MAX))
        .max_concurrent_streams(MOST_STREAMS)
        .keep_alive_interval(config.idle_deadline)
        .keep_alive_timeout(config.head_deadline);
    serve(if plain { server.http1_only() } else { server }, observed).await
}

/// The most requests under way on one connection with HTTP/2.
const MOST_STREAMS: u32 = 100;

async fn serve(server: Server<SocketAddr, Acceptor>, observed: Observed) -> io::Result<()> {
    let each = move |_: SocketAddr| std::future::ready(Ok::<_, io::Error>(observed.clone()));
    server.serve(service_fn(each)).await
}

/// Serves the routes for operations until the handle stops them.
pub(super) async fn serve_operations(
    listener: TcpListener,
    router: axum::Router,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let mut server = axum_server::from_tcp(listener)?.handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(IDLE);
    server.http1_only().serve(router.into_make_service()).await
}

/// How long a connection for operations may wait for a request. Prometheus asks more often.
const IDLE: Duration = Duration::from_secs(90);
