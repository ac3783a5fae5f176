//! The facade.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use digital_key_app::{App, AppBuilder};
use tokio::sync::{mpsc, watch};

use crate::config::Config;
use crate::error::DigitalKeyError;
use crate::intent::Intent;
use crate::listener::{Listener, News, Reports, tell_news, tell_views};
use crate::ports::Ports;
use crate::runtime::runtime;
use crate::view::ViewState;

/// The digital key core.
///
/// An app starts once. When the last reference is gone, the core ends at once, as it would if the
/// app were killed; `shutdown` waits for what is being stored.
#[derive(uniffi::Object)]
pub struct DigitalKeyApp {
    state: Mutex<State>,
}

enum State {
    New(Box<AppBuilder>, mpsc::Receiver<News>),
    Running(App),
    Ended,
}

#[uniffi::export]
impl DigitalKeyApp {
    /// Makes an app on these ports, which are its own from now on.
    ///
    /// # Errors
    /// `Invalid` when the phone is described by no valid machine identifier or version.
    #[uniffi::constructor]
    pub fn new(config: Config, ports: Ports) -> Result<Arc<Self>, DigitalKeyError> {
        let (reports, news) = Reports::channel();
        let builder = config
            .builder(ports.reporting_to(&reports))?
            .on_cache_failure(move |failure| reports.tell(News::Cache(failure)));
        Ok(Arc::new(Self { state: Mutex::new(State::New(Box::new(builder), news)) }))
    }

    /// Starts the core: at the vehicle tab, with no vehicle selected.
    ///
    /// # Errors
    /// `AlreadyStarted` after the first time, `ShutDown` when the core has ended, `NoThreads` when
    /// the system gives none.
    pub fn start(&self, listener: Option<Arc<dyn Listener>>) -> Result<(), DigitalKeyError> {
        let runtime = runtime()?;
        let mut state = self.state();
        let (builder, news) = match std::mem::replace(&mut *state, State::Ended) {
            State::New(builder, news) => (builder, news),
            running @ State::Running(_) => {
                *state = running;
                return Err(DigitalKeyError::AlreadyStarted);
            }
            State::Ended => return Err(DigitalKeyError::ShutDown),
        };
        let _entered = runtime.enter();
        let app = builder.start()?;
        if let Some(listener) = listener {
            runtime.spawn(tell_views(Arc::clone(&listener), app.view()));
            runtime.spawn(tell_news(listener, news));
        }
        *state = State::Running(app);
        Ok(())
    }

    /// Tells what the user wants. It never blocks; the view shows what came of it.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `Overloaded` when more intents wait than a person can tap.
    pub fn dispatch(&self, intent: Intent) -> Result<(), DigitalKeyError> {
        Ok(self.running()?.dispatch(intent)?)
    }

    /// The newest view.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn view(&self) -> Result<ViewState, DigitalKeyError> {
        let view = self.running()?.view();
        let view = ViewState::from(&*view.borrow());
        Ok(view)
    }

    /// The views from now on, beginning with the newest.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub fn view_stream(&self) -> Result<Arc<ViewStream>, DigitalKeyError> {
        Ok(ViewStream::of(self.running()?.view()))
    }

    /// Waits until nothing is under way, but for Apple's sheet and for what waits until a suspended
    /// app is resumed; for tests.
    ///
    /// # Errors
    /// `NotStarted` and `ShutDown`.
    pub async fn idle(&self) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.idle().await?)
    }

    /// Erases everything of the account, from the cache and from memory (GEN-5), also while the app
    /// is suspended.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be erased: then memory is
    /// clean, and the cache is erased before it is next used. Call it again to be sure.
    pub async fn sign_out(&self) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.sign_out().await?)
    }

    /// Closes the cache, after what is being stored: call it when the operating system is about to
    /// suspend the app. What happens meanwhile is stored after `resume`.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be closed.
    pub async fn suspend(&self) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.suspend().await?)
    }

    /// Opens the cache again.
    ///
    /// # Errors
    /// `NotStarted`, `ShutDown`, and `PortFailed` when the cache could not be opened: call it again
    /// then.
    pub async fn resume(&self) -> Result<(), DigitalKeyError> {
        let app = self.running()?;
        Ok(app.resume().await?)
    }

    /// Ends the core and waits until everything is stored. Afterwards every other call is
    /// `ShutDown`; a second shutdown does nothing.
    pub async fn shutdown(&self) {
        if let Ok(app) = self.running() {
            app.shutdown().await;
        }
        let ended = std::mem::replace(&mut *self.state(), State::Ended);
        // The last handle of the core goes here: what its adapters still wait for is broken off.
        // The lock is free by now, since an adapter may call the app when it is let go.
        drop(ended);
    }
}

impl DigitalKeyApp {
    /// Whoever panicked with the lock in hand left a whole state behind.
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

/// The views of an app, one after the other. Each package makes its language's own stream of it.
#[derive(uniffi::Object)]
pub struct ViewStream {
    views: tokio::sync::Mutex<watch::Receiver<digital_key_domain::View>>,
    fresh: watch::Receiver<digital_key_domain::View>,
    ended: watch::Sender<bool>,
}

#[uniffi::export]
impl ViewStream {
    /// Waits for the next view; views that were outdated before anybody asked are left out. None
    /// when the core or this stream has ended.
    pub async fn next(&self) -> Option<ViewState> {
        let mut ended = self.ended.subscribe();
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => None,
            view = self.wait() => view,
        }
    }

    /// Ends this stream: who waits for its next view gets none, now and later.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Another stream of the same app, beginning with the newest view.
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
        let (views, ended) = (tokio::sync::Mutex::new(views), watch::Sender::new(false));
        Arc::new(Self { views, fresh, ended })
    }

    async fn wait(&self) -> Option<ViewState> {
        let mut views = self.views.lock().await;
        views.changed().await.ok()?;
        let view = ViewState::from(&*views.borrow_and_update());
        Some(view)
    }
}
