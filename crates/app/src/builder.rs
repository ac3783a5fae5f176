//! Building and starting an [`App`].

use std::sync::Arc;
use std::time::Duration;

use digital_key_domain::{
    CacheFailure, Effect, EntryMode, Event, Flow, Phone, Settings, Verdict, View,
};
use digital_key_ports::{
    AppLifecycle, ApplePairing, Bff, Cache, LateAnswer, LifecycleEvent, Wallet,
};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::app::App;
use crate::bff::{CircuitBreakerPolicy, RetryPolicy, decorated_bff};
use crate::cache_lane::CacheLane;
use crate::event_loop::{Done, EventLoop, Tasks};

/// How many intents may wait for the loop; more than a person can tap.
const MAX_WAITING_INTENTS: usize = 256;

/// How many late answers of Apple's may wait for the loop.
const MAX_LATE_ANSWERS: usize = 8;

/// The five ports that an app runs on. It can be written out in full: a further port would need an
/// adapter from every app.
#[derive(Clone)]
pub struct Ports {
    /// The backend for frontend.
    pub bff: Arc<dyn Bff>,
    /// The wallet.
    pub wallet: Arc<dyn Wallet>,
    /// Apple's pairing API.
    pub apple_pairing: Arc<dyn ApplePairing>,
    /// The cache.
    pub cache: Arc<dyn Cache>,
    /// Background and foreground.
    pub app_lifecycle: Arc<dyn AppLifecycle>,
}

/// How long an answer may take before the question counts as failed. The BFF's deadline is that of
/// the [`RetryPolicy`]; Apple's sheet has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// For the wallet and for Apple's question whether a key can be created.
    pub phone: Duration,
    /// For one call of the cache.
    pub cache: Duration,
    /// How long an answer of Apple's sheet may still come after the sheet is gone; shorter than
    /// `phone`.
    pub sheet_grace: Duration,
}

impl Deadlines {
    /// Allows 5 s for the phone, 10 s for the cache, and 500 ms of grace for the sheet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            phone: Duration::from_secs(5),
            cache: Duration::from_secs(10),
            sheet_grace: Duration::from_millis(500),
        }
    }

    /// Sets [`phone`](Self::phone).
    #[must_use]
    pub const fn with_phone(mut self, phone: Duration) -> Self {
        self.phone = phone;
        self
    }

    /// Sets [`cache`](Self::cache).
    #[must_use]
    pub const fn with_cache(mut self, cache: Duration) -> Self {
        self.cache = cache;
        self
    }

    /// Sets [`sheet_grace`](Self::sheet_grace).
    #[must_use]
    pub const fn with_sheet_grace(mut self, sheet_grace: Duration) -> Self {
        self.sheet_grace = sheet_grace;
        self
    }
}

impl Default for Deadlines {
    /// Returns [`Deadlines::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// Is told each effect right before it is performed; for tests and demonstrations.
pub type EffectObserver = Arc<dyn Fn(&Effect) + Send + Sync>;

/// One step of the machine, as an observer is told it: nothing of it has been performed or shown
/// yet.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ObservedStep<'a> {
    /// What the machine was told.
    pub event: &'a Event,
    /// What it made of that.
    pub verdict: Verdict,
    /// What it wants done.
    pub effects: &'a [Effect],
    /// What is to be shown from now on.
    pub view: &'a View,
}

/// Is told each step of the machine, in their order; for simulations.
pub type StepObserver = Arc<dyn Fn(&ObservedStep<'_>) + Send + Sync>;

/// Is told once for each kind of failure that the cache failed (GEN-7).
pub type CacheReporter = Arc<dyn Fn(CacheFailure) + Send + Sync>;

/// Builds an [`App`]; see [`App::builder`].
#[must_use]
pub struct AppBuilder {
    settings: Settings,
    ports: Ports,
    retry: RetryPolicy,
    circuit_breaker: Option<CircuitBreakerPolicy>,
    deadlines: Deadlines,
    on_effect: Option<EffectObserver>,
    on_step: Option<StepObserver>,
    on_cache_failure: Option<CacheReporter>,
}

impl AppBuilder {
    pub(crate) fn new(phone: Phone, ports: Ports) -> Self {
        Self {
            settings: Settings::new(phone),
            ports,
            retry: RetryPolicy::default(),
            circuit_breaker: Some(CircuitBreakerPolicy::default()),
            deadlines: Deadlines::default(),
            on_effect: None,
            on_step: None,
            on_cache_failure: None,
        }
    }

    /// What the entry on the vehicle tab leads to (ENT-7); the flow, unless told otherwise.
    pub fn entry_mode(mut self, entry_mode: EntryMode) -> Self {
        self.settings.entry_mode = entry_mode;
        self
    }

    /// The link behind "More information" (OVR-6); `https://bmw.com/digitalkey`, unless told
    /// otherwise.
    pub fn more_information(mut self, url: &str) -> Self {
        self.settings.more_information = url.into();
        self
    }

    /// How failed requests to the BFF are tried again, and how long they may take in all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// When a failing backend is left alone for a while; `None` = never.
    /// [`CircuitBreakerPolicy::default`], unless told otherwise.
    pub fn circuit_breaker(mut self, policy: Option<CircuitBreakerPolicy>) -> Self {
        self.circuit_breaker = policy;
        self
    }

    /// How long the other ports may take.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Tells each effect right before it is performed. It is called on the event loop: be quick.
    pub fn on_effect(mut self, observer: impl Fn(&Effect) + Send + Sync + 'static) -> Self {
        self.on_effect = Some(Arc::new(observer));
        self
    }

    /// Tells each step of the machine, ignored events included. It is called on the event loop: be
    /// quick.
    pub fn on_step(mut self, observer: impl Fn(&ObservedStep<'_>) + Send + Sync + 'static) -> Self {
        self.on_step = Some(Arc::new(observer));
        self
    }

    /// Tells, once for each kind of failure, that the cache failed (GEN-7). It is called on the
    /// event loop: be quick.
    pub fn on_cache_failure(
        mut self,
        reporter: impl Fn(CacheFailure) + Send + Sync + 'static,
    ) -> Self {
        self.on_cache_failure = Some(Arc::new(reporter));
        self
    }

    /// Starts the app on the tokio runtime of the caller: at the vehicle tab, with no vehicle
    /// selected.
    ///
    /// # Errors
    /// [`StartError::NoRuntime`] outside of a tokio runtime.
    pub fn start(self) -> Result<App, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let Ports { bff, wallet, apple_pairing, cache, app_lifecycle } = self.ports;
        let flow = Flow::new(self.settings);
        let (commands, received_commands) = mpsc::channel(MAX_WAITING_INTENTS);
        let (results, received_results) = mpsc::unbounded_channel();
        let (cache_calls, received_calls) = mpsc::unbounded_channel();
        let (view, shown) = watch::channel(flow.view());
        let lane = CacheLane {
            cache,
            deadline: self.deadlines.cache,
            results: results.clone(),
            must_erase: false,
        };
        let wallet_changes = tell_wallet_changes(Arc::clone(&wallet), results.clone());
        let lifecycle = tell_lifecycle(app_lifecycle, results.clone());
        let (late, late_answers) = mpsc::channel(MAX_LATE_ANSWERS);
        let tell_late = tell_late_answers(Arc::clone(&apple_pairing), late);
        let event_loop = EventLoop {
            flow,
            bff: Arc::new(decorated_bff(bff, self.retry, self.circuit_breaker)),
            wallet,
            apple_pairing,
            cache: cache_calls,
            deadlines: self.deadlines,
            on_effect: self.on_effect,
            on_step: self.on_step,
            on_cache_failure: self.on_cache_failure,
            view,
            results,
            tasks: Tasks::default(),
        };
        let (stored, all_stored) = watch::channel(());
        let tasks = vec![
            runtime.spawn(event_loop.run(received_commands, received_results, late_answers)),
            runtime.spawn(async move {
                lane.run(received_calls).await;
                drop(stored);
            }),
            runtime.spawn(wallet_changes),
            runtime.spawn(lifecycle),
            runtime.spawn(tell_late),
        ];
        Ok(App::new(commands, shown, all_stored, tasks))
    }
}

async fn tell_lifecycle(lifecycle: Arc<dyn AppLifecycle>, results: mpsc::UnboundedSender<Done>) {
    while let Some(event) = lifecycle.next_event().await {
        let event = match event {
            LifecycleEvent::WentToBackground => Event::WentToBackground,
            LifecycleEvent::CameToForeground => Event::CameToForeground,
        };
        if results.send(Done { work: None, event: Some(event), secret: None }).is_err() {
            return;
        }
    }
}

async fn tell_wallet_changes(wallet: Arc<dyn Wallet>, results: mpsc::UnboundedSender<Done>) {
    loop {
        if let Err(error) = wallet.next_change().await {
            tracing::warn!(%error, "wallet changes are not told any more");
            return;
        }
        let event = Some(Event::WalletChanged);
        if results.send(Done { work: None, event, secret: None }).is_err() {
            return;
        }
    }
}

/// A panic in the adapter ends this and nothing else: a mock that expects no call may panic here.
async fn tell_late_answers(
    apple_pairing: Arc<dyn ApplePairing>,
    late_answers: mpsc::Sender<LateAnswer>,
) {
    loop {
        let late = match apple_pairing.next_late_answer().await {
            Ok(Some(late)) => late,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "late answers are not told any more");
                return;
            }
        };
        if late_answers.send(late).await.is_err() {
            return;
        }
    }
}

/// Why an app did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no tokio runtime here.
    #[error("there is no tokio runtime here; call start from inside one")]
    NoRuntime,
}
