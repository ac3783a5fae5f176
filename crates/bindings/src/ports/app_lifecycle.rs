//! The port of the app's life.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_ports as ports;
use digital_key_ports::LifecycleEvent;

use crate::error::{PortCall, PortFailure, chain};
use crate::listener::{News, Reports};

/// What the operating system says about the app, as a client implements it.
///
/// - Events MUST be told in the order in which they happened, and none that happened after the
///   implementation was made may be lost between two calls.
/// - A call that is cancelled MUST lose no event.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait AppLifecycle: Send + Sync {
    /// Waits for the next event; none = there will be no more. After an error the core listens no
    /// more.
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError>;
}

/// Why there is no next event. It holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum AppLifecycleError {
    /// The adapter failed. Final.
    #[error("the life of the app is not told any more: {reason}")]
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

/// The life of the app that an app runs on.
#[derive(uniffi::Object)]
pub struct AppLifecycleAdapter(Source);

enum Source {
    Own(Arc<dyn AppLifecycle>),
    ComesAlong(Arc<dyn ports::AppLifecycle>),
}

#[uniffi::export]
impl AppLifecycleAdapter {
    /// An adapter that the client wrote.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(app_lifecycle: Arc<dyn AppLifecycle>) -> Arc<Self> {
        Arc::new(Self(Source::Own(app_lifecycle)))
    }
}

impl AppLifecycleAdapter {
    pub(crate) fn wrap(app_lifecycle: Arc<dyn ports::AppLifecycle>) -> Arc<Self> {
        Arc::new(Self(Source::ComesAlong(app_lifecycle)))
    }

    /// The port, which has no error: a failure is told and ends the events.
    pub(super) fn port(&self, reports: &Reports) -> Arc<dyn ports::AppLifecycle> {
        match &self.0 {
            Source::Own(own) => Arc::new(Own::new(own.clone(), reports)),
            Source::ComesAlong(port) => port.clone(),
        }
    }
}

pub(super) struct Own {
    own: Arc<dyn AppLifecycle>,
    reports: Reports,
}

impl Own {
    pub(super) fn new(own: Arc<dyn AppLifecycle>, reports: &Reports) -> Self {
        Self { own, reports: reports.clone() }
    }
}

#[async_trait]
impl ports::AppLifecycle for Own {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.own.next_event().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the life of the app is not told any more");
            let failure = PortFailure::new(PortCall::NextEvent, false, chain(&error));
            self.reports.tell(News::Port(failure));
            None
        })
    }
}
