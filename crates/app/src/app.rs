//! The facade that clients use.

use std::sync::Arc;

use digital_key_domain::{Intent, View};
use digital_key_ports::CacheError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::messages::Command;

/// A handle of the running digital key core; its clones are handles of the same core.
///
/// Dropping the last handle ends the core at once, as a kill of the app does. [`App::shutdown`]
/// first waits until all facts are stored.
#[derive(Clone)]
pub struct App {
    commands: mpsc::Sender<Command>,
    view: watch::Receiver<View>,
    /// Closed when all facts are stored.
    stored: watch::Receiver<()>,
    _tasks: Arc<RunningTasks>,
}

/// The tasks of the core. Dropping it, with the last handle, ends them.
struct RunningTasks(Vec<JoinHandle<()>>);

impl Drop for RunningTasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl App {
    pub(crate) fn new(
        commands: mpsc::Sender<Command>,
        view: watch::Receiver<View>,
        stored: watch::Receiver<()>,
        tasks: Vec<JoinHandle<()>>,
    ) -> Self {
        Self { commands, view, stored, _tasks: Arc::new(RunningTasks(tasks)) }
    }

    /// Sends what the user did to the core. This call never blocks; the view shows the outcome.
    ///
    /// A tap that the page does not offer is ignored (GEN-8), so a tap that comes too late does no
    /// harm.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] if the core has ended, and [`AppError::Overloaded`] if more intents wait
    /// than a person can tap.
    pub fn dispatch(&self, intent: impl Into<Intent>) -> Result<(), AppError> {
        self.commands.try_send(Command::Intent(intent.into())).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppError::ShutDown,
        })
    }

    /// Returns the view, which has all that an app needs to draw the page. The receiver always sees the
    /// newest view.
    #[must_use]
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Waits until no call of a port is under way; for tests. Apple's sheet does not count, and neither
    /// does a call that waits until a suspended app is resumed.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] if the core has ended.
    pub async fn idle(&self) -> Result<(), AppError> {
        self.idle_but_for(0).await
    }

    /// Waits like [`App::idle`], but lets this many requests to the BFF be under way, because a test
    /// holds their answers back.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] if the core has ended.
    pub async fn idle_but_for(&self, bff_requests: usize) -> Result<(), AppError> {
        self.ask(|done| Command::Idle { but_for: bff_requests, done }).await
    }

    /// Erases all data of the account from the cache and from memory (GEN-5), also while the app is
    /// suspended.
    ///
    /// # Errors
    /// The core has ended, or the cache could not be erased. In the second case memory is clean, and
    /// the cache is erased before its next use; call this again to be sure.
    pub async fn sign_out(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::SignOut).await??)
    }

    /// Stores pending facts and closes the cache. Call this before the operating system suspends the
    /// app. Facts that come later are stored after [`App::resume`].
    ///
    /// # Errors
    /// The core has ended, or the cache could not be closed.
    pub async fn suspend(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::Suspend).await??)
    }

    /// Opens the cache again after [`App::suspend`].
    ///
    /// # Errors
    /// The core has ended, or the cache could not be opened. In the second case, call this again.
    pub async fn resume(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::Resume).await??)
    }

    /// Ends the core and waits until all facts are stored. Later calls return
    /// [`AppError::ShutDown`]; a second shutdown has no effect.
    pub async fn shutdown(&self) {
        let _ = self.commands.send(Command::Shutdown).await;
        // The cache worker drops its sender when it has ended, after the event loop.
        while self.stored.clone().changed().await.is_ok() {}
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, AppError> {
        let (done, answer) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| AppError::ShutDown)?;
        answer.await.map_err(|_| AppError::ShutDown)
    }
}

/// The failure of a call of [`App`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The core has ended; start a new one.
    #[error("the digital key core has been shut down; start a new one")]
    ShutDown,
    /// Too many intents wait. Retryable.
    #[error("too many intents are waiting; try again")]
    Overloaded,
    /// The cache could not be erased, closed or opened.
    #[error(transparent)]
    Cache(#[from] CacheError),
}
