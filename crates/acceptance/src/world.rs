//! The world of one scenario: a backend, a phone, a cache directory, and the app.

use std::sync::Arc;
use std::time::Duration;

use digital_key_app::{App, Ports, RetryPolicy};
use digital_key_backend::{
    Backend, BackendConfig, Control, OwnerKey, Password, PasswordSource, Vehicle, VehicleChange,
};
use digital_key_bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::{
    Blockers, EntryMode, ErrorPage, Intent, PageView, PairingAnswer, Phone, VehicleRecord, View,
    Vin,
};
use digital_key_ports::Cache as _;
use digital_key_wallet_mock::ScriptedPhone;
use tempfile::TempDir;

use crate::language::{Failure, Outcome};

/// The same for all scenarios.
const RETRY: RetryPolicy = RetryPolicy::new()
    .with_tries(3)
    .with_first_wait(Duration::from_millis(10))
    .with_longest_wait(Duration::from_millis(20))
    .with_total(Duration::from_secs(3));
/// The password of a vehicle that was given no other.
const PASSWORD: &str = "12345678";

pub(crate) struct World {
    backend: Backend,
    directory: TempDir,
    pub(crate) phone: ScriptedPhone,
    pub(crate) next_start: NextStart,
    app: Option<RunningApp>,
    /// Whether something has happened to the app. Before that only checks have looked at it.
    has_begun: bool,
    /// What Welcome showed when it was shown last; the error page that it leads to shows the first.
    blockers: Blockers,
}

/// What takes effect when the app is started.
#[derive(Clone, PartialEq)]
pub(crate) struct NextStart {
    pub(crate) phone: Phone,
    pub(crate) can_create: bool,
    pub(crate) entry_mode: EntryMode,
}

struct RunningApp {
    app: App,
    /// The app's own handle.
    cache: Arc<SledCache>,
    started_with: NextStart,
}

impl cucumber::World for World {
    type Error = String;

    async fn new() -> Result<Self, String> {
        Self::with_defaults().await.map_err(|Failure(failure)| failure)
    }
}

/// Names a folder in which the cache directories of all scenarios are left, to be looked at.
const KEPT_CACHES: &str = "DIGITAL_KEY_KEPT_CACHES";

fn cache_directory() -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    match std::env::var_os(KEPT_CACHES) {
        Some(folder) => builder.disable_cleanup(true).tempdir_in(folder),
        None => builder.tempdir(),
    }
}

impl World {
    async fn with_defaults() -> Outcome<Self> {
        Ok(Self {
            backend: Backend::start(BackendConfig::default()).await?,
            directory: cache_directory()?,
            phone: ScriptedPhone::new(),
            next_start: NextStart {
                phone: Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? },
                can_create: true,
                entry_mode: EntryMode::OwnerPairing,
            },
            app: None,
            has_begun: false,
            blockers: Blockers::NONE,
        })
    }

    pub(crate) fn control(&self) -> &Control {
        self.backend.control()
    }

    /// Puts a vehicle into the world, unless it is there.
    pub(crate) fn name(&self, vin: Vin) -> Outcome {
        if self.control().vehicle(vin).is_none() {
            let password = PasswordSource::Fixed(Password::parse(PASSWORD)?);
            self.control().put_vehicle(vin, Vehicle { password, ..Vehicle::default() })?;
        }
        Ok(())
    }

    pub(crate) fn change(&self, vin: Vin, change: VehicleChange) -> Outcome {
        Ok(self.control().change(vin, change)?)
    }

    /// Something happens to the app: it runs from now on with what it was started with.
    pub(crate) async fn begin(&mut self) -> Outcome<&App> {
        self.running().await?;
        self.has_begun = true;
        Ok(&self.running().await?.app)
    }

    /// The app, which is started unless it runs. A check that comes before everything else sees it
    /// as it would be started now.
    async fn running(&mut self) -> Outcome<&RunningApp> {
        if !self.has_begun && self.app.as_ref().is_some_and(|it| it.started_with != self.next_start)
        {
            self.kill().await?;
        }
        let app = match self.app.take() {
            Some(app) => app,
            None => self.start().await?,
        };
        Ok(self.app.insert(app))
    }

    async fn start(&self) -> Outcome<RunningApp> {
        let NextStart { phone: model, can_create, entry_mode } = &self.next_start;
        self.phone.set_can_create(*can_create);
        let token = StaticToken::new(BearerToken::new("acceptance")?);
        let bff =
            HttpBff::builder(&self.backend.bff_url()).token_provider(Arc::new(token)).build()?;
        let key = Arc::new(StaticKey::new([7; 32]));
        let cache = Arc::new(SledCache::open(self.directory.path(), key).await?);
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
            // The rules know no pause: a scenario may let the backend fail as often as it likes.
            .circuit_breaker(None)
            .start()?;
        Ok(RunningApp { app, cache, started_with: self.next_start.clone() })
    }

    /// Kills the app, without a farewell, and starts it again.
    pub(crate) async fn restart(&mut self) -> Outcome {
        self.kill().await?;
        self.begin().await.map(|_| ())
    }

    async fn kill(&mut self) -> Outcome {
        if let Some(RunningApp { app, cache, .. }) = self.app.take() {
            drop(app);
            // The lock on the directory goes with the process; here another handle may still hold
            // it for a moment.
            cache.suspend().await?;
            self.phone.forget_app();
            self.nothing_held().await?;
        }
        Ok(())
    }

    /// Waits until the backend has noticed that nobody waits for its held answers any more.
    async fn nothing_held(&self) -> Outcome {
        self.control().held().wait_for(|held| *held == 0).await?;
        Ok(())
    }

    pub(crate) async fn dispatch(&mut self, intent: impl Into<Intent>) -> Outcome {
        Ok(self.begin().await?.dispatch(intent)?)
    }

    /// Ends Apple's sheet; after its first answer Apple answers once more (CBK-7). Without any sheet
    /// the answer reaches nobody, but a pass is made all the same.
    pub(crate) async fn apple_returns(&mut self, answer: PairingAnswer) -> Outcome {
        let pass = answer.pass.clone();
        if let (Some(key), Some(pairing)) = (pass.clone(), self.phone.last_request()) {
            let key = OwnerKey { id: key, tracked: false };
            self.change(pairing.vin, VehicleChange::OwnerKey(Some(key)))?;
        }
        if self.phone.answer(answer).is_ok() {
            let mut view = self.begin().await?.view();
            view.wait_for(|view| !view.pairing_runs).await?;
        } else if let Some(key) = pass {
            self.phone.add_key(key);
        }
        Ok(())
    }

    pub(crate) async fn sign_out(&mut self) -> Outcome {
        self.begin().await?.sign_out().await?;
        self.nothing_held().await
    }

    /// Waits until the core has nothing to do but wait for the user, for Apple's sheet, or for
    /// answers that are held back.
    pub(crate) async fn settle(&mut self) -> Outcome {
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
        Ok(())
    }

    pub(crate) async fn view(&mut self) -> Outcome<View> {
        Ok(self.running().await?.app.view().borrow().clone())
    }

    pub(crate) fn view_if_running(&self) -> Option<View> {
        self.app.as_ref().map(|running| running.app.view().borrow().clone())
    }

    /// The blockers that Welcome shows, also on the error page behind it; elsewhere there are none.
    pub(crate) async fn blockers(&mut self) -> Outcome<Blockers> {
        let page = self.view().await?.page;
        let shows_them =
            matches!(page, PageView::Welcome { .. } | PageView::Error(ErrorPage::Blocked(_)));
        Ok(if shows_them { self.blockers } else { Blockers::NONE })
    }

    /// What the cache knows about a vehicle, read through the app's own handle.
    pub(crate) async fn record(&mut self, vin: Vin) -> Outcome<VehicleRecord> {
        Ok(self.running().await?.cache.load(vin).await?)
    }
}
