//! The facade that clients use.

use std::sync::{Arc, Weak};

use digital_key_domain::{Intent, View, Vin};
use digital_key_ports::CacheError;
use futures_channel::mpsc;
use futures_util::future::Shared;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::flight_recorder::FlightRecorder;
use crate::messages::{Command, Places};
use crate::sign_out::Screen;

/// A handle of the running digital key core; its clones are handles of the same core.
///
/// Each call takes its place in the order when it is made, not when its future is awaited (GEN-10). A
/// future that is dropped does not take its call back.
///
/// Dropping the last handle ends the core at once, as a kill of the app does. [`App::shutdown`]
/// first waits until all facts are stored.
#[derive(Clone)]
pub struct App {
    commands: mpsc::UnboundedSender<Command>,
    /// The places of the intents that wait.
    intents: Places,
    /// Gone when the core has ended.
    screen: Weak<Screen>,
    recorder: Option<Arc<FlightRecorder>>,
    view: watch::Receiver<View>,
    /// Ends when all facts are stored.
    stored: Stored,
    _tasks: Arc<RunningTasks>,
}

/// Waits for the drop of its sender, in any number of handles.
pub(crate) type Stored = Shared<oneshot::Receiver<()>>;

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
        commands: mpsc::UnboundedSender<Command>,
        intents: Places,
        screen: Weak<Screen>,
        recorder: Option<Arc<FlightRecorder>>,
        view: watch::Receiver<View>,
        stored: Stored,
        tasks: Vec<JoinHandle<()>>,
    ) -> Self {
        let tasks = Arc::new(RunningTasks(tasks));
        Self { commands, intents, screen, recorder, view, stored, _tasks: tasks }
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
        if self.commands.is_closed() {
            return Err(AppError::ShutDown);
        }
        let place = self.intents.take().ok_or(AppError::Overloaded)?;
        self.send(Command::Intent(intent.into(), place))
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
    pub fn idle(&self) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        self.idle_but_for(0)
    }

    /// Waits like [`App::idle`], but lets this many requests to the BFF be under way, because a test
    /// holds their answers back.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] if the core has ended.
    pub fn idle_but_for(
        &self,
        bff_requests: usize,
    ) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        self.ask(move |done| Command::Idle { but_for: bff_requests, done })
    }

    /// Erases all data of the account from the cache and from memory (GEN-5), also while the app is
    /// suspended.
    ///
    /// When this call returns, the view shows no fact of the account any more, and the cache is marked:
    /// if the app is killed before the erasure, the next opening of the cache erases. The future waits
    /// for the erasure. This call creates a folder in the cache's directory and never waits for the
    /// core.
    ///
    /// # Errors
    /// The core has ended, or the cache could not be erased. In the second case memory is clean, and
    /// the cache is erased before its next use; call this again to be sure.
    pub fn sign_out(&self) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        if let Some(screen) = self.screen.upgrade() {
            screen.begin_sign_out();
        }
        if let Some(recorder) = &self.recorder {
            recorder.begin_sign_out();
        }
        let answer = self.ask(Command::SignOut);
        async { Ok(answer.await??) }
    }

    /// Returns what the flight recorder has recorded, as a file without VINs, key ids, passwords and
    /// texts; `None` without [`AppBuilder::record`](crate::AppBuilder::record).
    ///
    /// Attach it to a report of the driver. `digital-key replay` shows what happened (GEN-12). After a
    /// sign-out it contains only what came later.
    #[must_use]
    pub fn recording(&self) -> Option<Vec<u8>> {
        self.recorder.as_ref().map(|recorder| recorder.export())
    }

    /// Returns the recording of the run before this one, such as one that was killed; `None` if there is
    /// none, or if the recorder has no file. This call reads the file.
    #[must_use]
    pub fn last_recording(&self) -> Option<Vec<u8>> {
        self.recorder.as_ref()?.last_run()
    }

    /// Asks again whether a vehicle supports Smart Access, because its service may have been booked,
    /// ended or updated (ENT-10). The vehicle need not be selected.
    ///
    /// The cached answer decides until a new one replaces it; a failure changes nothing. A request
    /// for the same vehicle that is in flight is joined.
    ///
    /// # Errors
    /// [`AppError::ShutDown`] if the core has ended.
    pub fn refresh(&self, vin: Vin) -> Result<(), AppError> {
        self.send(Command::Refresh(vin))
    }

    /// Forgets a vehicle that left the account (GEN-9): its record and password are erased, also
    /// while the app is suspended. If it is selected, the flow ends and no vehicle is selected.
    /// Answers that belong to it are dropped, Apple's included.
    ///
    /// The future waits until the erasure is durable. The call takes effect when it is made.
    ///
    /// # Errors
    /// The core has ended, or the cache could not erase the vehicle. In the second case memory is
    /// clean, and the vehicle is erased before it is read again; call this again to be sure.
    pub fn forget(&self, vin: Vin) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        let answer = self.ask(move |done| Command::Forget(vin, done));
        async { Ok(answer.await??) }
    }

    /// Stores pending facts and closes the cache. Call this before the operating system suspends the
    /// app. Facts that come later are stored after [`App::resume`].
    ///
    /// In the foreground the cache stays open (GEN-10): if the phone has reported the foreground, this
    /// call takes effect when it reports the background, and the next foreground revokes it.
    ///
    /// # Errors
    /// The core has ended, or the cache could not be closed.
    pub fn suspend(&self) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        let answer = self.ask(Command::Suspend);
        async { Ok(answer.await??) }
    }

    /// Opens the cache again after [`App::suspend`]. Coming to the foreground does so, too (GEN-10).
    ///
    /// # Errors
    /// The core has ended, or the cache could not be opened. In the second case, call this again.
    pub fn resume(&self) -> impl Future<Output = Result<(), AppError>> + Send + use<> {
        let answer = self.ask(Command::Resume);
        async { Ok(answer.await??) }
    }

    /// Ends the core and waits until all facts are stored. Later calls return
    /// [`AppError::ShutDown`]; a second shutdown has no effect.
    pub fn shutdown(&self) -> impl Future<Output = ()> + Send + use<> {
        let _ = self.send(Command::Shutdown);
        let app = self.clone();
        async move {
            // The cache worker drops its sender when it has ended, after the event loop.
            let _ = app.stored.clone().await;
        }
    }

    /// Sends a command at once, and waits for its answer.
    fn ask<T, C>(&self, command: C) -> impl Future<Output = Result<T, AppError>> + Send + use<T, C>
    where
        T: Send,
        C: FnOnce(oneshot::Sender<T>) -> Command,
    {
        let (done, answer) = oneshot::channel();
        let sent = self.send(command(done));
        // The core lives until it has answered.
        let app = self.clone();
        async move {
            sent?;
            let answer = answer.await.map_err(|_| AppError::ShutDown);
            drop(app);
            answer
        }
    }

    fn send(&self, command: Command) -> Result<(), AppError> {
        self.commands.unbounded_send(command).map_err(|_| AppError::ShutDown)
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
