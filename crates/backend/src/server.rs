//! A server that can be stopped at once: a dropped [`Server`] drops its connections, and with them
//! every request in flight.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    serving: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    pub(crate) fn start(listener: TcpListener, app: Router) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let server = axum_server::Server::from_listener(listener).handle(handle.clone());
        let serving = tokio::spawn(server.http1_only().serve(app.into_make_service()));
        Ok(Self { address, handle, serving: Some(serving) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, waits for the requests in flight for this long, then drops the rest.
    pub(crate) async fn shut_down(mut self, grace: Duration) {
        self.handle.graceful_shutdown(Some(grace));
        if let Some(serving) = self.serving.take() {
            // An error means that it has ended already.
            let _ = serving.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
