//! The state of one scenario: a backend, a phone, a cache directory, and the app.

use std::sync::Arc;
use std::time::Duration;

use digital_key::backend::{
    Backend, BackendConfig, Control, OwnerKey, Password, PasswordSource, Vehicle, VehicleChange,
};
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::cache_sled::{SledCache, StaticKey};
use digital_key::ports::{Cache as _, PairingAnswer, VehicleRecord};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{
    App, Blockers, EntryMode, ErrorPage, Intent, PageView, Phone, Ports, RecorderOptions,
    RetryPolicy, View, Vin,
};
use tempfile::TempDir;

use crate::language::{StepError, StepResult};
use crate::recorded;

/// The retry policy of all scenarios.
const RETRY: RetryPolicy = RetryPolicy::new()
    .with_tries(3)
    .with_first_wait(Duration::from_millis(10))
    .with_longest_wait(Duration::from_millis(20))
    .with_total(Duration::from_secs(3));
/// The password of a vehicle until a step sets another one.
const PASSWORD: &str = "12345678";

/// The state of one scenario, which the steps change and check.
pub(crate) struct Scenario {
    backend: Backend,
    directory: TempDir,
    pub(crate) phone: ScriptedPhone,
    pub(crate) next_start: NextStart,
    /// The account that the cache is opened for, once a step has named one.
    account: Option<String>,
    app: Option<RunningApp>,
    /// Whether a step has acted on the app. Before that, steps have only checked it.
    has_acted: bool,
    /// The blockers of the last Welcome page; the error page behind it shows the first of them.
    blockers: Blockers,
}

/// The settings that take effect at the next start of the app.
#[derive(Clone, PartialEq)]
pub(crate) struct NextStart {
    pub(crate) phone: Phone,
    pub(crate) can_create: bool,
    pub(crate) entry_mode: EntryMode,
}

struct RunningApp {
    app: App,
    /// The app's own handle of its cache.
    cache: Arc<SledCache>,
    started_with: NextStart,
}

impl cucumber::World for Scenario {
    type Error = String;

    async fn new() -> Result<Self, String> {
        Self::with_defaults().await.map_err(|StepError(message)| message)
    }
}

/// The environment variable with the folder for the cache directories of all scenarios, which then
/// stay there for inspection.
const KEPT_CACHES: &str = "DIGITAL_KEY_KEPT_CACHES";

fn cache_directory() -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    match std::env::var_os(KEPT_CACHES) {
        Some(folder) => builder.disable_cleanup(true).tempdir_in(folder),
        None => builder.tempdir(),
    }
}

impl Scenario {
    async fn with_defaults() -> StepResult<Self> {
        Ok(Self {
            backend: Backend::start(BackendConfig::default()).await?,
            directory: cache_directory()?,
            phone: ScriptedPhone::new(),
            next_start: NextStart {
                phone: Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? },
                can_create: true,
                entry_mode: EntryMode::OwnerPairing,
            },
            account: None,
            app: None,
            has_acted: false,
            blockers: Blockers::NONE,
        })
    }

    pub(crate) fn control(&self) -> &Control {
        self.backend.control()
    }

    /// Adds a vehicle with the defaults to the backend, unless it is there already.
    pub(crate) fn add_unless_known(&self, vin: Vin) -> StepResult {
        if self.control().vehicle(vin).is_none() {
            let password = PasswordSource::Fixed(Password::parse(PASSWORD)?);
            self.control().put_vehicle(vin, Vehicle { password, ..Vehicle::default() })?;
        }
        Ok(())
    }

    pub(crate) fn change(&self, vin: Vin, change: VehicleChange) -> StepResult {
        Ok(self.control().change(vin, change)?)
    }

    /// Returns the app for a step that acts on it. From then on changed settings wait for its next
    /// start.
    pub(crate) async fn app(&mut self) -> StepResult<&App> {
        self.running().await?;
        self.has_acted = true;
        Ok(&self.running().await?.app)
    }

    /// Returns the app, which it starts unless it runs. Until a step acts on the app, it restarts
    /// the app when the settings have changed.
    async fn running(&mut self) -> StepResult<&RunningApp> {
        if !self.has_acted && self.app.as_ref().is_some_and(|it| it.started_with != self.next_start)
        {
            self.kill().await?;
        }
        let app = match self.app.take() {
            Some(app) => app,
            None => self.start().await?,
        };
        Ok(self.app.insert(app))
    }

    async fn start(&self) -> StepResult<RunningApp> {
        let NextStart { phone: model, can_create, entry_mode } = &self.next_start;
        self.phone.set_can_create(*can_create);
        let token = StaticToken::new(BearerToken::new("acceptance")?);
        let bff =
            HttpBff::builder(&self.backend.bff_url()).token_provider(Arc::new(token)).build()?;
        let key = Arc::new(StaticKey::new([7; 32]));
        let directory = self.directory.path();
        let cache = match &self.account {
            Some(account) => SledCache::open_for(directory, key, account).await?,
            None => SledCache::open(directory, key).await?,
        };
        let cache = Arc::new(cache);
        let phone = Arc::new(self.phone.clone());
        let ports = Ports {
            bff: Arc::new(bff),
            wallet: phone.clone(),
            apple_pairing: phone.clone(),
            cache: cache.clone(),
            app_lifecycle: phone,
        };
        let app = App::builder(model.clone(), ports)
            .entry_mode(*entry_mode)
            .retry(RETRY)
            // The rules do not mention a circuit breaker: the backend of a scenario may fail often.
            .circuit_breaker(None)
            .record(RecorderOptions::new())
            .start()?;
        Ok(RunningApp { app, cache, started_with: self.next_start.clone() })
    }

    /// Kills the app without a shutdown, and starts it again.
    pub(crate) async fn restart(&mut self) -> StepResult {
        self.kill().await?;
        self.app().await.map(|_| ())
    }

    /// Kills the app, and starts it with a cache that is opened for this account (GEN-5).
    pub(crate) async fn restart_for(&mut self, account: String) -> StepResult {
        self.account = Some(account);
        self.restart().await
    }

    async fn kill(&mut self) -> StepResult {
        if let Some(RunningApp { app, cache, .. }) = self.app.take() {
            drop(app);
            // The end of a process releases the lock on the directory. This process goes on, and
            // another handle may still hold the lock for a moment.
            cache.suspend().await?;
            self.phone.forget_app();
            self.no_answer_held().await?;
        }
        Ok(())
    }

    /// Waits until the backend notices that the clients of its held answers have hung up.
    async fn no_answer_held(&self) -> StepResult {
        self.control().held().wait_for(|held| *held == 0).await?;
        Ok(())
    }

    pub(crate) async fn dispatch(&mut self, intent: impl Into<Intent>) -> StepResult {
        Ok(self.app().await?.dispatch(intent)?)
    }

    /// Lets Apple answer: the first answer ends the sheet, later ones are late answers (CBK-7).
    ///
    /// Without any sheet no answer arrives, but a pass still goes into the wallet.
    pub(crate) async fn apple_returns(&mut self, answer: PairingAnswer) -> StepResult {
        let pass = answer.pass.clone();
        if let (Some(key), Some(pairing)) = (pass.clone(), self.phone.last_request()) {
            let key = OwnerKey { id: key, tracked: false };
            self.change(pairing.vin, VehicleChange::OwnerKey(Some(key)))?;
        }
        if self.phone.answer(answer).is_ok() {
            let mut view = self.app().await?.view();
            view.wait_for(|view| !view.pairing_runs).await?;
        } else if let Some(key) = pass {
            self.phone.add_key(key);
        }
        Ok(())
    }

    pub(crate) async fn sign_out(&mut self) -> StepResult {
        self.app().await?.sign_out().await?;
        self.no_answer_held().await
    }

    /// Waits until the core is idle: it waits for the user, for Apple's sheet, or for answers that
    /// are held back.
    pub(crate) async fn wait_until_idle(&mut self) -> StepResult {
        let Some(RunningApp { app, .. }) = &self.app else {
            return Ok(());
        };
        self.phone.delivered().await;
        let mut held = self.control().held();
        loop {
            let count = *held.borrow_and_update();
            tokio::select! {
                idle = app.idle_but_for(count) => break idle?,
                changed = held.changed() => changed?,
            }
        }
        let mut view = app.view();
        tokio::select! {
            () = self.phone.sheet_shown() => {}
            ended = view.wait_for(|view| !view.pairing_runs) => drop(ended?),
        }
        if let PageView::Welcome { blockers, .. } = app.view().borrow().page {
            self.blockers = blockers;
        }
        self.check_recording(app)
    }

    /// Checks what the flight recorder has recorded (GEN-12).
    fn check_recording(&self, app: &App) -> StepResult {
        let file = app.recording().unwrap_or_default();
        let vehicles = self.control().vehicles();
        let reported = vehicles.values().filter_map(|vehicle| vehicle.owner_key.as_ref());
        let in_wallet = self.phone.keys();
        let ids = reported.map(|key| &key.id).chain(&in_wallet);
        recorded::check(&file, ids.map(|id| id.as_str()))
    }

    pub(crate) async fn view(&mut self) -> StepResult<View> {
        Ok(self.running().await?.app.view().borrow().clone())
    }

    pub(crate) fn view_if_running(&self) -> Option<View> {
        self.app.as_ref().map(|running| running.app.view().borrow().clone())
    }

    /// Returns the blockers of Welcome, also on the error page behind it; other pages have none.
    pub(crate) async fn blockers(&mut self) -> StepResult<Blockers> {
        let page = self.view().await?.page;
        let has_blockers =
            matches!(page, PageView::Welcome { .. } | PageView::Error(ErrorPage::Blocked(_)));
        Ok(if has_blockers { self.blockers } else { Blockers::NONE })
    }

    /// Returns the record of a vehicle, read through the app's own handle of the cache.
    pub(crate) async fn record(&mut self, vin: Vin) -> StepResult<VehicleRecord> {
        Ok(self.running().await?.cache.load(vin).await?)
    }
}
