//! Notifies a client of views and failures, without ever waiting for the client.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use digital_key_app::FunnelEvent;
use digital_key_domain::{
    CacheFailure, Diagnostic as CoreDiagnostic, DigitalKeyId, View as CoreView,
};
use tokio::sync::{mpsc, watch};

use crate::error::PortFailure;
use crate::view::ViewState;
use digital_key_domain::Vin;

/// Receives views and failures, on a thread of the core, one call after the other.
///
/// A slow listener does not delay the core: it misses the views that are outdated meanwhile. The core
/// logs that a listener threw, and goes on calling it.
#[uniffi::export(with_foreign)]
pub trait Listener: Send + Sync {
    /// The view has changed. The first call is the view at the start.
    fn on_view(&self, view: ViewState) -> Result<(), ListenerError>;

    /// A call of a port failed. The view shows the consequence; this is for the client's log.
    fn on_port_failure(&self, failure: PortFailure) -> Result<(), ListenerError>;

    /// The cache failed. Called once for each kind of failure (GEN-7).
    fn on_cache_failure(&self, failure: CacheFailure) -> Result<(), ListenerError>;

    /// Something that the maker should know and that no page shows.
    fn on_diagnostic(&self, diagnostic: Diagnostic) -> Result<(), ListenerError>;

    /// Something happened to the driver on the way to a key; for analytics.
    fn on_funnel(&self, event: FunnelEvent) -> Result<(), ListenerError>;
}

/// Something that the maker should know and that no page shows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Diagnostic {
    /// The backend spells the id of a key in another case than the wallet. Ids are opaque, so these are
    /// two keys, and the local one stays untracked. Given once for a vehicle.
    KeyIdCaseMismatch {
        /// The vehicle.
        vin: Vin,
        /// The id of the key on this phone.
        local: DigitalKeyId,
        /// The id of the owner key that the backend reports.
        reported: DigitalKeyId,
    },
}

impl From<&CoreDiagnostic> for Diagnostic {
    fn from(diagnostic: &CoreDiagnostic) -> Self {
        match diagnostic {
            CoreDiagnostic::KeyIdCaseMismatch { vin, local, reported } => Self::KeyIdCaseMismatch {
                vin: *vin,
                local: local.clone(),
                reported: reported.clone(),
            },
        }
    }
}

/// The error that a listener may throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum ListenerError {
    /// Any failure; the core only logs it.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// A failure for a listener.
#[derive(Debug)]
pub(crate) enum Report {
    Port(PortFailure),
    Cache(CacheFailure),
    Diagnostic(Diagnostic),
    Funnel(FunnelEvent),
}

/// How many failures may wait for a listener; the core drops further ones.
const MAX_WAITING_REPORTS: usize = 64;

/// Sends failures to the listener.
#[derive(Clone)]
pub(crate) struct Reporter(mpsc::Sender<Report>);

impl Reporter {
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Report>) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING_REPORTS);
        (Self(sender), receiver)
    }

    pub(crate) fn report(&self, report: Report) {
        // Without a listener, or with one that is far behind, the failure is still in the log.
        let _ = self.0.try_send(report);
    }
}

/// Sends the newest view whenever the listener is idle, until the core ends.
pub(crate) async fn send_views(listener: Arc<dyn Listener>, mut views: watch::Receiver<CoreView>) {
    loop {
        let view = ViewState::from(&*views.borrow_and_update());
        call(|| listener.on_view(view));
        if views.changed().await.is_err() {
            return;
        }
    }
}

/// Sends every failure, until the core ends.
pub(crate) async fn send_reports(listener: Arc<dyn Listener>, mut reports: mpsc::Receiver<Report>) {
    while let Some(report) = reports.recv().await {
        call(|| match report {
            Report::Port(failure) => listener.on_port_failure(failure),
            Report::Cache(failure) => listener.on_cache_failure(failure),
            Report::Diagnostic(diagnostic) => listener.on_diagnostic(diagnostic),
            Report::Funnel(event) => listener.on_funnel(event),
        });
    }
}

/// Calls the listener on this thread, which may block: another one takes over its other tasks. With a thread
/// of its own for the call, each view would wait for one more hand-over.
fn call(notify: impl FnOnce() -> Result<(), ListenerError>) {
    match tokio::task::block_in_place(|| catch_unwind(AssertUnwindSafe(notify))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a listener threw"),
        Err(_) => tracing::warn!("a listener panicked"),
    }
}
