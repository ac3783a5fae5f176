//! The facade.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use digital_key_app::{App, AppBuilder, AppError};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{mpsc, watch};

use crate::config::Config;
use crate::error::DigitalKeyError;
use crate::intent::Intent;
use crate::listener::{Listener, Report, Reporter, send_reports, send_views};
use crate::ports::Ports;
use crate::runtime::runtime;
use crate::view::ViewState;
use digital_key_domain::Vin;

/// The digital key core.
///
/// An app starts once. The core ends with the last reference to it, at once, as if the app were
/// killed; `shutdown` first waits for pending writes of the cache.
#[derive(uniffi::Object)]
pub struct DigitalKeyApp {
    state: Mutex<State>,
}

enum State {
    New(Box<AppBuilder>, mpsc::Receiver<Report>),
    Running(App),
    Ended,
}

#[uniffi::export]
impl DigitalKeyApp {
    /// Makes an app with these ports, which belong to it from now on.
    ///
    /// # Errors
    /// `Invalid` when the phone's machine identifier or version is malformed.
    #[uniffi::constructor]
    pub fn new(config: Config, ports: Ports) -> Result<Arc<Self>, DigitalKeyError> {
        let (reporter, reports) = Reporter::channel();
        let (port_reporter, maker_reporter) = (reporter.clone(), reporter.clone());
        let analytics = reporter.clone();
        let builder = config
            .builder(ports.of_the_core(&reporter))?
            .on_port_failure(move |failure| port_reporter.report(Report::Port(failure.into())))
            .on_cache_failure(move |failure| reporter.report(Report::Cache(failure)))
            .on_diagnostic(move |it| maker_reporter.report(Report::Diagnostic(it.into())))
            .on_funnel(move |event| analytics.report(Report::Funnel(event)));
        Ok(Arc::new(Self { state: Mutex::new(State::New(Box::new(builder), reports)) }))
    }

    /// Starts the core at the vehicle tab, without a selected vehicle.
    ///
    /// # Errors
    /// `AlreadyStarted` after the first call, `ShutDown` when the core has ended, `NoThreads` when the
    /// system has none left.
    #[uniffi::method(default(listener = None))]
    pub fn start(&self, listener: Option<Arc<dyn Listener>>) -> Result<(), DigitalKeyError> {
        let runtime = runtime()?;
        let mut state = self.state();
        let (builder, reports) = match std::mem::replace(&mut *state, State::Ended) {
            State::New(builder, reports) => (builder, reports),
            running @ State::Running(_) => {
                *state = running;
                return Err(DigitalKeyError::AlreadyStarted);
            }
            State::Ended => return Err(DigitalKeyError::ShutDown),
        };
        let _entered = runtime.enter();
        let app = builder.start()?;
        if let Some(listener) = listener {
            runtime.spawn(send_views(Arc::clone(&listener), app.view()));
            runtime.spawn(send_reports(listener, reports));
        }
        *state = State::Running(app);
        Ok(())
    }

    /// Passes on what the user wants. The call never blocks; the view shows the consequence.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `Overloaded` when more intents wait than a person can tap.
    pub fn dispatch(&self, intent: Intent) -> Result<(), DigitalKeyError> {
        Ok(self.running()?.dispatch(intent)?)
    }

    /// Returns the newest view.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn view(&self) -> Result<ViewState, DigitalKeyError> {
        let view = self.running()?.view();
        let view = ViewState::from(&*view.borrow());
        Ok(view)
    }

    /// Returns a stream of the views, which begins with the newest.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn view_stream(&self) -> Result<Arc<ViewStream>, DigitalKeyError> {
        Ok(ViewStream::of(self.running()?.view()))
    }

    /// Returns what the flight recorder has recorded, as a file without VINs, key ids, passwords and
    /// texts; none if `Config.recorder` is not set. Attach it to a report of the driver (GEN-12).
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn recording(&self) -> Result<Option<Vec<u8>>, DigitalKeyError> {
        Ok(self.running()?.recording())
    }

    /// Returns the recording of the run before this one, such as one that was killed; none if there is
    /// none, or if the recorder has no file. This call reads the file.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn last_recording(&self) -> Result<Option<Vec<u8>>, DigitalKeyError> {
        Ok(self.running()?.last_recording())
    }

    /// Asks again whether a vehicle supports Smart Access, selected or not (ENT-10). The cached answer
    /// decides until a new one replaces it; a failure changes nothing. The call never blocks.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn refresh(&self, vin: Vin) -> Result<(), DigitalKeyError> {
        Ok(self.running()?.refresh(vin)?)
    }

    /// Waits until no work is pending, apart from Apple's sheet and from what a suspended app defers
    /// until it is resumed; for tests.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub async fn idle(&self) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.idle().await?)
    }

    /// Waits like `idle`, but lets this many requests to the BFF be under way, because a test holds their
    /// answers back.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub async fn idle_but_for(&self, bff_requests: u32) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.idle_but_for(usize::try_from(bff_requests).unwrap_or(usize::MAX)).await?)
    }

    /// Erases all data of the account, from the cache and from memory (GEN-5), also while the app is
    /// suspended.
    ///
    /// A task may begin late. `begin_sign_out` takes effect when it returns.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be erased. Then the memory is
    /// erased, and the core erases the cache before its next use. Call it again to be sure.
    pub async fn sign_out(&self) -> Result<(), DigitalKeyError> {
        self.begin_sign_out()?.wait().await
    }

    /// Begins `sign_out` at once (GEN-5, GEN-10). When this call returns, the view shows no fact of the
    /// account any more, and no later start shows one, even if the app is killed now. To learn whether
    /// the cache was erased, wait for the returned call.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn begin_sign_out(&self) -> Result<Arc<PendingCall>, DigitalKeyError> {
        Ok(PendingCall::of(self.running()?.sign_out()))
    }

    /// Forgets a vehicle that left the account (GEN-9), also while the app is suspended: its record and
    /// password are erased, durably. If it is selected, the flow ends and no vehicle is selected.
    /// Answers that belong to it are dropped, Apple's included.
    ///
    /// A task may begin late. `begin_forget` takes effect when it returns.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not erase it. Then the memory is
    /// erased, and the core erases the vehicle before it is read again. Call it again to be sure.
    pub async fn forget(&self, vin: Vin) -> Result<(), DigitalKeyError> {
        self.begin_forget(vin)?.wait().await
    }

    /// Begins `forget` at once (GEN-10). To learn whether the vehicle was erased, wait for the returned
    /// call.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn begin_forget(&self, vin: Vin) -> Result<Arc<PendingCall>, DigitalKeyError> {
        Ok(PendingCall::of(self.running()?.forget(vin)))
    }

    /// Closes the cache after its pending writes. Call it before the operating system suspends the app.
    /// The core keeps later changes and stores them after `resume`. In the foreground the cache stays
    /// open (GEN-10).
    ///
    /// Two tasks have no order. `begin_suspend` takes its place in the order when it returns.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be closed.
    pub async fn suspend(&self) -> Result<(), DigitalKeyError> {
        self.begin_suspend()?.wait().await
    }

    /// Begins `suspend` at once (GEN-10). To learn when the cache is closed, wait for the returned call.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn begin_suspend(&self) -> Result<Arc<PendingCall>, DigitalKeyError> {
        Ok(PendingCall::of(self.running()?.suspend()))
    }

    /// Opens the cache again. Coming to the foreground does so, too (GEN-10).
    ///
    /// Two tasks have no order. `begin_resume` takes its place in the order when it returns.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be opened: call it again.
    pub async fn resume(&self) -> Result<(), DigitalKeyError> {
        self.begin_resume()?.wait().await
    }

    /// Begins `resume` at once (GEN-10). To learn when the cache is open, wait for the returned call.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn begin_resume(&self) -> Result<Arc<PendingCall>, DigitalKeyError> {
        Ok(PendingCall::of(self.running()?.resume()))
    }

    /// Ends the core after the pending writes of the cache. Afterwards every other call is `ShutDown`; a
    /// second shutdown does nothing.
    pub async fn shutdown(&self) {
        if let Ok(app) = self.running() {
            app.shutdown().await;
        }
        let ended = std::mem::replace(&mut *self.state(), State::Ended);
        // Dropping the last handle of the core cancels the pending calls of its adapters. The lock is
        // free by now, since an adapter may call the app when it is dropped.
        drop(ended);
    }
}

impl DigitalKeyApp {
    /// The state, also after a panic in another thread: it is replaced only as a whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> Result<App, DigitalKeyError> {
        match &*self.state() {
            State::New(..) => Err(DigitalKeyError::NotStarted),
            State::Running(app) => Ok(app.clone()),
            State::Ended => Err(DigitalKeyError::ShutDown),
        }
    }
}

/// A call that has begun. It takes effect whether or not a client waits for it.
#[derive(uniffi::Object)]
pub struct PendingCall(Shared<BoxFuture<'static, Result<(), DigitalKeyError>>>);

#[uniffi::export]
impl PendingCall {
    /// Waits for the end of the call.
    ///
    /// # Errors
    /// `ShutDown` when the core has ended, and `PortFailed` when the cache has failed.
    pub async fn wait(&self) -> Result<(), DigitalKeyError> {
        self.0.clone().await
    }
}

impl PendingCall {
    fn of(call: impl Future<Output = Result<(), AppError>> + Send + 'static) -> Arc<Self> {
        let call = async { call.await.map_err(DigitalKeyError::from) };
        Arc::new(Self(call.boxed().shared()))
    }
}

/// The views of an app, one after the other. Each package turns it into a stream of its language.
#[derive(uniffi::Object)]
pub struct ViewStream {
    /// Remembers the newest view that was returned.
    views: Mutex<watch::Receiver<digital_key_domain::View>>,
    fresh: watch::Receiver<digital_key_domain::View>,
    ended: watch::Sender<bool>,
}

#[uniffi::export]
impl ViewStream {
    /// Waits for the next view, and skips views that are outdated by then. Two waits at once return the
    /// same view. None = the core or this stream has ended.
    pub async fn next(&self) -> Option<ViewState> {
        let mut ended = self.ended.subscribe();
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => None,
            view = self.wait() => view,
        }
    }

    /// Ends this stream: each pending and later call of `next` returns none.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Returns another stream of the same app, which begins with the newest view.
    #[must_use]
    pub fn again(&self) -> Arc<Self> {
        Self::of(self.fresh.clone())
    }
}

impl ViewStream {
    fn of(views: watch::Receiver<digital_key_domain::View>) -> Arc<Self> {
        let fresh = views.clone();
        let mut views = views;
        views.mark_changed();
        let (views, ended) = (Mutex::new(views), watch::Sender::new(false));
        Arc::new(Self { views, fresh, ended })
    }

    /// Waits with a receiver of its own, so that a wait that no one polls any more keeps no other one back.
    async fn wait(&self) -> Option<ViewState> {
        let mut waiting = self.views().clone();
        waiting.changed().await.ok()?;
        let view = ViewState::from(&*self.views().borrow_and_update());
        Some(view)
    }

    /// The receiver, also after a panic in another thread, which leaves it as it was.
    fn views(&self) -> MutexGuard<'_, watch::Receiver<digital_key_domain::View>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
