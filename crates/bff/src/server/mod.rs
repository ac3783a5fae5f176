//! The running service: its listeners, its threads, and its end.

mod connection;
mod listen;
mod observed;
mod operations;
mod upkeep;
#[cfg(feature = "command")]
pub(crate) mod process;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use tokio::task::JoinSet;

use crate::api::{self, Api};
use crate::config::Config;
use crate::error::StartError;
use crate::observe::metrics::WorkerMetrics;
use crate::shared::Shared;
use crate::smacc::{HttpSmAcc, SmAccService};
use crate::tls::{Files, ServerTls};

pub use connection::ConnectionReset;
pub(crate) use observed::Observed;

/// Makes the adapter for one thread.
type MakeSmAcc = dyn Fn(&Config) -> Result<Arc<dyn SmAccService>, StartError> + Send + Sync;
/// Puts layers around the routes of one thread.
type Wrap = dyn Fn(Router) -> Router + Send + Sync;

/// The service before its start.
pub struct Bff {
    config: Config,
    smacc: Option<Box<MakeSmAcc>>,
    wrap: Option<Box<Wrap>>,
    resets: bool,
}

impl Bff {
    /// Takes a configuration that [`Config::check`] accepts.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, smacc: None, wrap: None, resets: false }
    }

    /// Uses another adapter than [`HttpSmAcc`]; it is made once for each thread.
    #[must_use]
    pub fn with_smacc(
        mut self,
        make: impl Fn(&Config) -> Result<Arc<dyn SmAccService>, StartError> + Send + Sync + 'static,
    ) -> Self {
        self.smacc = Some(Box::new(make));
        self
    }

    /// Puts layers around the routes of the API, inside limits, logs and metrics.
    #[must_use]
    pub fn with_layers(mut self, wrap: impl Fn(Router) -> Router + Send + Sync + 'static) -> Self {
        self.wrap = Some(Box::new(wrap));
        self
    }

    /// Gives each request of the API a [`ConnectionReset`] as an extension, for tests.
    #[must_use]
    pub fn with_connection_resets(mut self) -> Self {
        self.resets = true;
        self
    }

    /// Starts the service on the runtime of the caller, in one thread's worth.
    ///
    /// # Errors
    /// [`StartError`] when an address, a certificate or a key cannot be used.
    pub async fn start(self) -> Result<RunningBff, StartError> {
        let operations = listen::one("operations listener", self.config.operations_listen)?;
        let api = listen::one("API", self.config.listen)?;
        self.start_on(api, operations)
    }

    /// Starts the service on listeners that the caller has made, in place of the addresses of the
    /// configuration. It must be called on a runtime.
    ///
    /// # Errors
    /// [`StartError`] when a certificate or a key cannot be used.
    pub fn start_on(
        self,
        api: TcpListener,
        operations: TcpListener,
    ) -> Result<RunningBff, StartError> {
        let addresses = (api.local_addr()?, operations.local_addr()?);
        let files = Files::read(&self.config)?;
        let shared = Arc::new(Shared::new(self.config.clone(), files, 1, self.resets)?);
        let (handle, operations_handle) = (Handle::new(), Handle::new());
        let mut tasks = JoinSet::new();
        let worker = self.worker(0, &shared)?;
        upkeep::spawn(&mut tasks, &shared, self.adapter(&shared)?);
        tasks.spawn(operations::serve(operations, Arc::clone(&shared), operations_handle.clone()));
        let serving = tokio::spawn(worker.serve(api, handle.clone()));
        Ok(RunningBff {
            addresses,
            shared,
            handle,
            operations_handle,
            serving: Some(serving),
            _tasks: tasks,
        })
    }

    /// Makes an adapter. Each thread has its own: a connection of its pool belongs to the runtime of
    /// the thread that made it, and another thread that used it would wait for that one.
    fn adapter(&self, shared: &Shared) -> Result<Arc<dyn SmAccService>, StartError> {
        let certificate = shared.files.upstream.clone();
        match &self.smacc {
            Some(make) => make(&shared.config),
            None => Ok(Arc::new(HttpSmAcc::with_certificate(&shared.config, certificate)?)),
        }
    }

    fn worker(&self, index: usize, shared: &Arc<Shared>) -> Result<Worker, StartError> {
        let metrics = shared.workers.get(index).cloned().unwrap_or_default();
        let smacc = self.adapter(shared)?;
        let api = Api { smacc, shared: Arc::clone(shared), metrics: Arc::clone(&metrics) };
        let router = api::router(Arc::new(api));
        let router = match &self.wrap {
            Some(wrap) => wrap(router),
            None => router,
        };
        let observed = Observed::new(router, Arc::clone(shared), Arc::clone(&metrics));
        Ok(Worker { observed, shared: Arc::clone(shared), metrics })
    }
}

/// What serves the API in one thread.
struct Worker {
    observed: Observed,
    shared: Arc<Shared>,
    metrics: Arc<WorkerMetrics>,
}

impl Worker {
    /// Serves until the handle stops it.
    async fn serve(self, listener: TcpListener, handle: Handle<SocketAddr>) {
        let tls = match self.shared.files.api.clone().map(ServerTls::new).transpose() {
            Ok(tls) => tls,
            Err(error) => return tracing::error!(%error, "the API cannot be served"),
        };
        let served =
            listen::serve_api(listener, tls, self.observed, self.shared, self.metrics, handle)
                .await;
        if let Err(error) = served {
            tracing::error!(%error, "the API is no longer served");
        }
    }
}

/// The running service. Dropping it stops it at once and drops the requests under way.
pub struct RunningBff {
    addresses: (SocketAddr, SocketAddr),
    shared: Arc<Shared>,
    handle: Handle<SocketAddr>,
    operations_handle: Handle<SocketAddr>,
    serving: Option<tokio::task::JoinHandle<()>>,
    /// The tasks beside the API; they end when this is dropped.
    _tasks: JoinSet<()>,
}

impl RunningBff {
    /// Returns the address of the API.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.addresses.0
    }

    /// Returns the address for operations.
    #[must_use]
    pub fn operations_address(&self) -> SocketAddr {
        self.addresses.1
    }

    /// Stops listening, waits for the requests under way, and drops those that take longer than the
    /// grace.
    pub async fn shutdown(mut self, grace: Duration) {
        self.shared.drain();
        self.handle.graceful_shutdown(Some(grace));
        if let Some(serving) = self.serving.take() {
            // An error means that the task has ended by a panic: then nothing is left to stop.
            let _ = serving.await;
        }
    }
}

impl Drop for RunningBff {
    fn drop(&mut self) {
        self.handle.shutdown();
        self.operations_handle.shutdown();
    }
}
