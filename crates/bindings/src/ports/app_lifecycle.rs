//! The port of the app's lifecycle.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_ports as ports;
use digital_key_ports::LifecycleEvent;

use crate::error::{PortCall, PortFailure, chain};
use crate::listener::{Report, Reporter};

/// What the operating system reports about the app, as a client implements it.
///
/// - Events MUST be reported in the order in which they happened. An event that happens after the
///   implementation was made MUST NOT be lost, also when no call waits for it.
/// - A call that is cancelled MUST lose no event.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait AppLifecycle: Send + Sync {
    /// Waits for the next event. None means that there will be no more. The core does not call again
    /// after none or an error.
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError>;
}

/// Why there is no next event. It contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum AppLifecycleError {
    /// The adapter failed. Final.
    #[error("there are no more lifecycle events: {reason}")]
    Failed {
        /// What happened.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for AppLifecycleError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: crate::error::Unexpected.to_string() }
    }
}

/// The adapter for the lifecycle port.
#[derive(uniffi::Object)]
pub struct AppLifecycleAdapter(Source);

enum Source {
    Foreign(Arc<dyn AppLifecycle>),
    BuiltIn(Arc<dyn ports::AppLifecycle>),
}

#[uniffi::export]
impl AppLifecycleAdapter {
    /// Takes an adapter of the client.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(app_lifecycle: Arc<dyn AppLifecycle>) -> Arc<Self> {
        Arc::new(Self(Source::Foreign(app_lifecycle)))
    }
}

impl AppLifecycleAdapter {
    pub(crate) fn wrap(app_lifecycle: Arc<dyn ports::AppLifecycle>) -> Arc<Self> {
        Arc::new(Self(Source::BuiltIn(app_lifecycle)))
    }

    /// The port. It has no error: a failure is reported and ends the events.
    pub(super) fn port(&self, reporter: &Reporter) -> Arc<dyn ports::AppLifecycle> {
        match &self.0 {
            Source::Foreign(foreign) => Arc::new(FromForeign::new(foreign.clone(), reporter)),
            Source::BuiltIn(port) => port.clone(),
        }
    }
}

/// A client's adapter as a port of the core.
pub(super) struct FromForeign {
    foreign: Arc<dyn AppLifecycle>,
    reporter: Reporter,
}

impl FromForeign {
    pub(super) fn new(foreign: Arc<dyn AppLifecycle>, reporter: &Reporter) -> Self {
        Self { foreign, reporter: reporter.clone() }
    }
}

#[async_trait]
impl ports::AppLifecycle for FromForeign {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.foreign.next_event().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "there are no more lifecycle events");
            let failure = PortFailure::new(PortCall::NextEvent, false, chain(&error));
            self.reporter.report(Report::Port(failure));
            None
        })
    }
}
