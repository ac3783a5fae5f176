//! What a client gives to an app: the ports, the deadlines, the observers.

use std::sync::Arc;
use std::time::Duration;

use digital_key_domain::{CacheFailure, Diagnostic, Effect, Event, Verdict, View};
use digital_key_ports::{AppLifecycle, ApplePairing, Bff, Cache, Wallet};

use crate::funnel::FunnelObserver;
use crate::reporting::PortFailureObserver;

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

/// The time after which a question without an answer counts as failed.
///
/// The BFF's deadline is that of the [`RetryPolicy`](crate::RetryPolicy); Apple's sheet has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// For the wallet, and for Apple's answer whether a key can be created.
    pub phone: Duration,
    /// For one call of the cache.
    pub cache: Duration,
    /// For an answer of Apple's that is still on its way when the sheet is gone; shorter than
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

/// Called with each effect just before it is performed; for tests and demonstrations.
pub type EffectObserver = Arc<dyn Fn(&Effect) + Send + Sync>;

/// One step of the machine, before any of its effects is performed and before its view is shown.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ObservedStep<'a> {
    /// What the machine received.
    pub event: &'a Event,
    /// What it made of the event.
    pub verdict: Verdict,
    /// The effects that the event caused.
    pub effects: &'a [Effect],
    /// The view from now on.
    pub view: &'a View,
}

/// Called with each step of the machine, in order; for simulations.
pub type StepObserver = Arc<dyn Fn(&ObservedStep<'_>) + Send + Sync>;

/// Called when the cache failed, once for each kind of failure (GEN-7).
pub type CacheReporter = Arc<dyn Fn(CacheFailure) + Send + Sync>;

/// Called with a diagnostic for the maker; see [`Diagnostic`].
pub type DiagnosticReporter = Arc<dyn Fn(&Diagnostic) + Send + Sync>;

/// The observers of an app.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    pub(crate) on_effect: Option<EffectObserver>,
    pub(crate) on_step: Option<StepObserver>,
    pub(crate) on_cache_failure: Option<CacheReporter>,
    pub(crate) on_port_failure: Option<PortFailureObserver>,
    pub(crate) on_diagnostic: Option<DiagnosticReporter>,
    pub(crate) on_funnel: Option<FunnelObserver>,
}

impl Observers {
    /// Returns `true` if an observer has to see each step.
    pub(crate) fn want_steps(&self) -> bool {
        self.on_step.is_some() || self.on_funnel.is_some()
    }
}
