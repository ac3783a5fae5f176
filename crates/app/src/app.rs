//! The facade that clients use.

use std::sync::Arc;

use digital_key_domain::{Intent, View};
use digital_key_ports::CacheError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::messages::Command;

/// The running digital key core: a handle that can be cloned.
///
/// When the last handle is dropped, the core ends at once, as it would if the app were killed;
/// [`App::shutdown`] waits for what is being stored.
#[derive(Clone)]
pub struct App {
    commands: mpsc::Sender<Command>,
    view: watch::Receiver<View>,
    /// Closed once everything is stored.
    stored: watch::Receiver<()>,
    _tasks: Arc<RunningTasks>,
}

/// Ends the tasks when the last handle is gone.
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

    /// Tells what the user wants. It never blocks; the view shows what came of it.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] when the core has ended, [`AppError::Overloaded`] when more intents
    /// wait than a person can tap.
    pub fn dispatch(&self, intent: impl Into<Intent>) -> Result<(), AppError> {
        self.commands.try_send(Command::Intent(intent.into())).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppError::ShutDown,
        })
    }

    /// The view: everything that an app needs to draw, always up to date.
    #[must_use]
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Waits until nothing is under way, but for Apple's sheet and for what waits until a suspended
    /// app is resumed; for tests.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] when the core has ended.
    pub async fn idle(&self) -> Result<(), AppError> {
        self.idle_but_for(0).await
    }

    /// Waits until nothing is under way but at most this many requests to the BFF, which a test
    /// holds back; Apple's sheet does not count.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] when the core has ended.
    pub async fn idle_but_for(&self, bff_requests: usize) -> Result<(), AppError> {
        self.ask(|done| Command::Idle { but_for: bff_requests, done }).await
    }

    /// Erases everything of the account, from the cache and from memory (GEN-5), also while the app
    /// is suspended.
    ///
    /// # Errors
    /// The core has ended, or the cache could not be erased: then memory is clean, and the cache is
    /// erased before it is next used. Call it again to be sure.
    pub async fn sign_out(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::SignOut).await??)
    }

    /// Closes the cache, after what is being stored: call it when the operating system is about to
    /// suspend the app. What happens meanwhile is stored after [`App::resume`].
    ///
    /// # Errors
    /// The core has ended, or the cache could not be closed.
    pub async fn suspend(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::Suspend).await??)
    }

    /// Opens the cache again.
    ///
    /// # Errors
    /// The core has ended, or the cache could not be opened: call it again then.
    pub async fn resume(&self) -> Result<(), AppError> {
        Ok(self.ask(Command::Resume).await??)
    }

    /// Ends the core and waits until everything is stored. Afterwards every call is
    /// [`AppError::ShutDown`]; a second shutdown does nothing.
    pub async fn shutdown(&self) {
        let _ = self.commands.send(Command::Shutdown).await;
        // The loop ends, then the cache's lane: an error says that its side is gone.
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

/// Why the core did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The core has ended; start a new one.
    #[error("the digital key core has been shut down; start a new one")]
    ShutDown,
    /// Too many intents wait; try again. Retryable.
    #[error("too many intents are waiting; try again")]
    Overloaded,
    /// The cache could not be erased, closed or opened.
    #[error(transparent)]
    Cache(#[from] CacheError),
}
