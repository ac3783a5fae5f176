//! The service as a process: a thread for each core, signals, and an end that loses no request.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum_server::{Control, Handle};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Bff, Worker, listen, operations, upkeep};
use crate::error::StartError;
use crate::shared::Shared;
use crate::tls::Files;

impl Bff {
    /// Runs the service until SIGTERM or SIGINT.
    ///
    /// Each thread has a runtime, a listener and connections to the upstream of its own; the calling
    /// thread has the operations listener. `started` is called with both addresses once they accept
    /// connections.
    ///
    /// # Errors
    /// [`StartError`] when an address, a certificate or a key cannot be used.
    pub fn run(self, started: impl FnOnce(SocketAddr, SocketAddr)) -> Result<ExitCode, StartError> {
        let threads = match self.config.threads {
            0 => thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            threads => threads,
        };
        let config = &self.config;
        let operations = listen::one("operations listener", config.operations_listen)?;
        let listeners = listen::several("API", config.listen, threads)?;
        let addresses = (listeners[0].local_addr()?, operations.local_addr()?);
        let files = Files::read(config)?;
        let runtime = runtime()?;
        // The spans are sent from this runtime.
        let _context = runtime.enter();
        let shared = Arc::new(Shared::new(config.clone(), files, listeners.len(), self.resets)?);
        let control = Control::new();
        let (ended, mut ends) = mpsc::channel(listeners.len());
        for (index, listener) in listeners.into_iter().enumerate() {
            let worker = self.worker(index, &shared)?;
            let handle = Handle::with_control(control.clone());
            let ended = ended.clone();
            thread::Builder::new().name(format!("api-{index}")).spawn(move || {
                serve(worker, listener, handle);
                // The receiver is gone when the process ends.
                let _ = ended.blocking_send(());
            })?;
        }
        drop(ended);
        let probing = self.adapter(&shared)?;
        let code = runtime.block_on(async {
            let mut signals = Signals::new()?;
            let mut tasks = JoinSet::new();
            upkeep::spawn(&mut tasks, &shared, probing);
            tasks.spawn(operations::serve(operations, Arc::clone(&shared), Handle::new()));
            started(addresses.0, addresses.1);
            let code = until_end(&shared, &control, &mut signals, &mut ends).await;
            #[cfg(feature = "otlp")]
            flush(Arc::clone(&shared)).await;
            Ok(code)
        });
        runtime.shutdown_background();
        code
    }
}

/// Serves the API in this thread.
fn serve(worker: Worker, listener: std::net::TcpListener, handle: Handle<SocketAddr>) {
    match runtime() {
        Ok(runtime) => runtime.block_on(worker.serve(listener, handle)),
        Err(error) => tracing::error!(%error, "a thread cannot serve"),
    }
}

/// Sends the last spans, as long as that takes little time.
#[cfg(feature = "otlp")]
async fn flush(shared: Arc<Shared>) {
    let flushed = tokio::task::spawn_blocking(move || {
        if let Some(spans) = &shared.spans {
            spans.flush();
        }
    });
    // The log has said already when it fails, and a collector that is away must not hold up the end.
    let _ = tokio::time::timeout(LAST_SPANS, flushed).await;
}

/// How long the last spans may take.
#[cfg(feature = "otlp")]
const LAST_SPANS: Duration = Duration::from_secs(2);

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Waits for a signal, ends well, and returns the exit code.
async fn until_end(
    shared: &Shared,
    control: &Control,
    signals: &mut Signals,
    ends: &mut mpsc::Receiver<()>,
) -> ExitCode {
    let delay = tokio::select! {
        delay = signals.next(shared.config.drain_delay) => delay,
        _ = ends.recv() => {
            tracing::error!("a thread has ended by itself");
            return ExitCode::FAILURE;
        }
    };
    shared.drain();
    tracing::info!("ending: not ready any more, still answering");
    let drained = async {
        sleep(delay).await;
        tracing::info!(
            requests = shared.requests.count(),
            "ending: waiting for requests under way"
        );
        control.graceful_shutdown(Some(shared.config.drain_deadline));
        // The channel closes when the last thread has ended.
        while ends.recv().await.is_some() {}
    };
    tokio::select! {
        () = drained => {
            tracing::info!("ended");
            ExitCode::SUCCESS
        }
        _ = signals.next(Duration::ZERO) => {
            tracing::warn!(requests = shared.requests.count(), "a second signal ends at once");
            ExitCode::FAILURE
        }
    }
}

/// The signals that end the service.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for a signal. Returns how long the service still answers: a person at a terminal does
    /// not want to wait.
    async fn next(&mut self, delay: Duration) -> Duration {
        tokio::select! {
            _ = self.terminate.recv() => delay,
            _ = self.interrupt.recv() => Duration::ZERO,
        }
    }
}
