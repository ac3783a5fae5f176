//! Telling a client what happens, without ever waiting for it.

use std::sync::Arc;

use digital_key_domain::{CacheFailure, View as CoreView};
use tokio::sync::{mpsc, watch};

use crate::error::PortFailure;
use crate::view::ViewState;

/// Is told what happens, on a thread of the core's; one call after the other.
///
/// It may take its time: the core goes on, and a view that is outdated meanwhile is left out. What
/// it throws is dropped, and it is told the next thing all the same.
#[uniffi::export(with_foreign)]
pub trait Listener: Send + Sync {
    /// The view has changed. The first call is the view at the start.
    fn on_view(&self, view: ViewState) -> Result<(), ListenerError>;

    /// A call of a port failed. The view shows what came of it; this is for the client's log.
    fn on_port_failure(&self, failure: PortFailure) -> Result<(), ListenerError>;

    /// The cache failed; said once for each kind of failure (GEN-7).
    fn on_cache_failure(&self, failure: CacheFailure) -> Result<(), ListenerError>;
}

/// What a listener may throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum ListenerError {
    /// Anything; the core only notes it.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// What a listener is told beside views.
#[derive(Debug)]
pub(crate) enum News {
    Port(PortFailure),
    Cache(CacheFailure),
}

/// How many failures may wait for a listener; more are left out.
const MAX_WAITING_NEWS: usize = 64;

/// Where failures go.
#[derive(Clone)]
pub(crate) struct Reports(mpsc::Sender<News>);

impl Reports {
    pub(crate) fn channel() -> (Self, mpsc::Receiver<News>) {
        let (sender, receiver) = mpsc::channel(MAX_WAITING_NEWS);
        (Self(sender), receiver)
    }

    pub(crate) fn tell(&self, news: News) {
        // Without a listener, or with one that is far behind, the log has it still.
        let _ = self.0.try_send(news);
    }
}

/// Tells every view that is new when the listener has time, until the core ends.
pub(crate) async fn tell_views(listener: Arc<dyn Listener>, mut views: watch::Receiver<CoreView>) {
    loop {
        let view = ViewState::from(&*views.borrow_and_update());
        tell(&listener, move |listener| listener.on_view(view)).await;
        if views.changed().await.is_err() {
            return;
        }
    }
}

/// Tells every failure, until the core ends.
pub(crate) async fn tell_news(listener: Arc<dyn Listener>, mut news: mpsc::Receiver<News>) {
    while let Some(news) = news.recv().await {
        tell(&listener, move |listener| match news {
            News::Port(failure) => listener.on_port_failure(failure),
            News::Cache(failure) => listener.on_cache_failure(failure),
        })
        .await;
    }
}

/// Calls the listener where it blocks nobody.
async fn tell(
    listener: &Arc<dyn Listener>,
    call: impl FnOnce(&dyn Listener) -> Result<(), ListenerError> + Send + 'static,
) {
    let listener = Arc::clone(listener);
    match tokio::task::spawn_blocking(move || call(&*listener)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a listener threw"),
        Err(_) => tracing::warn!("a listener panicked"),
    }
}
