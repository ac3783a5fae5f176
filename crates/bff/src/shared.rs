//! What all threads of the service share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::config::Config;
use crate::error::StartError;
use crate::limit::{Limit, TokenRate};
use crate::observe::metrics::{self, Readings, WorkerMetrics};
#[cfg(feature = "otlp")]
use crate::spans::Spans;
use crate::tls::Files;
use crate::token::TokenCheck;

/// What all threads share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) files: Files,
    pub(crate) workers: Vec<Arc<WorkerMetrics>>,
    pub(crate) requests: Limit,
    pub(crate) connections: Limit,
    /// Connections above the limit that are just being refused.
    pub(crate) refusals: Limit,
    pub(crate) rate: Option<TokenRate>,
    pub(crate) tokens: Option<TokenCheck>,
    #[cfg(feature = "otlp")]
    pub(crate) spans: Option<Spans>,
    /// Whether requests get a handle that resets their connection.
    pub(crate) resets: bool,
    draining: AtomicBool,
    upstream_ready: AtomicBool,
}

/// How many connections are refused with an answer at once; more are closed without one.
const MOST_REFUSALS: usize = 256;

impl Shared {
    /// Makes what this many threads share.
    pub(crate) fn new(
        config: Config,
        files: Files,
        workers: usize,
        resets: bool,
    ) -> Result<Self, StartError> {
        Ok(Self {
            workers: (0..workers).map(|_| Arc::default()).collect(),
            requests: Limit::new(config.max_requests),
            connections: Limit::new(config.max_connections),
            refusals: Limit::new(MOST_REFUSALS),
            rate: TokenRate::new(&config),
            tokens: TokenCheck::new(&config)?,
            #[cfg(feature = "otlp")]
            spans: Spans::new("digital-key-bff", &config)?,
            resets,
            draining: AtomicBool::new(false),
            upstream_ready: AtomicBool::new(false),
            config,
            files,
        })
    }

    /// How long a client should wait when there is no capacity.
    pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Starts the end of the service.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn upstream_ready(&self) -> bool {
        self.upstream_ready.load(Ordering::Relaxed)
    }

    pub(crate) fn set_upstream_ready(&self, ready: bool) {
        self.upstream_ready.store(ready, Ordering::Relaxed);
    }

    /// Returns the metrics in the text format.
    pub(crate) fn metrics_text(&self) -> String {
        metrics::to_text(Readings {
            workers: self.workers.clone(),
            requests_in_flight: self.requests.count(),
            requests_limit: self.config.max_requests,
            connections: self.connections.count(),
            connections_limit: self.config.max_connections,
            upstream_ready: self.upstream_ready(),
            certificate_ends: self.files.ends(),
        })
    }
}
