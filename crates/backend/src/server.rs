//! A server that can be stopped at once, and whose connections can be reset.
//!
//! `axum::serve` spawns a task for each connection and keeps no handle to abort it. Here a dropped
//! [`Server`] drops its connections, and with them every request in flight.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

/// How many connections one server keeps open; further ones wait to be accepted.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take to send the head of a request, idle time included.
pub(crate) const HEAD_DEADLINE: Duration = Duration::from_secs(30);
/// The pause after a failed accept, for example for lack of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Resets the connection of a request. Each connection has its own as an extension of its requests.
#[derive(Clone, Default)]
pub(crate) struct Reset(Arc<Notify>);

impl Reset {
    /// Resets the connection and never returns: the request is dropped with its connection.
    pub(crate) async fn now(&self) -> ! {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// A running server. Dropping it stops it at once and drops its connections.
pub(crate) struct Server {
    address: SocketAddr,
    draining: watch::Sender<bool>,
    /// The accept loop, the only task of its set: dropping the set aborts the task.
    accepting: JoinSet<()>,
}

impl Server {
    pub(crate) fn start(listener: TcpListener, app: Router) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let draining = watch::Sender::new(false);
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, app, draining.subscribe()));
        Ok(Self { address, draining, accepting })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, waits for the requests in flight until the deadline, then drops the rest.
    pub(crate) async fn shut_down(mut self, deadline: Instant) {
        self.draining.send_replace(true);
        if timeout_at(deadline, self.accepting.join_next()).await.is_err() {
            tracing::debug!(address = %self.address, "dropping the requests in flight");
        }
        self.accepting.shutdown().await;
    }
}

async fn accept(listener: TcpListener, app: Router, draining: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut drained = pin!(drained(draining.clone()));
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, app.clone(), draining.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut drained => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Waits until the server is shut down.
async fn drained(mut draining: watch::Receiver<bool>) {
    // An error means that the server was dropped, which also ends the connections.
    let _ = draining.wait_for(|draining| *draining).await;
}

async fn serve(stream: TcpStream, app: Router, draining: watch::Receiver<bool>) {
    let reset = Reset::default();
    let app = TowerToHyperService::new(app.layer(Extension(reset.clone())));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .serve_connection(TokioIo::new(stream), app);
    let mut drained = pin!(drained(draining));
    let mut closing = false;
    loop {
        tokio::select! {
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = reset.0.notified() => break,
            () = &mut drained, if !closing => {
                closing = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    // With a linger time of zero, closing the socket sends a reset.
    if let Err(error) = connection.into_parts().io.into_inner().set_zero_linger() {
        tracing::warn!(%error, "a connection cannot be reset");
    }
}
