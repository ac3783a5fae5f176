//! The state of one scenario: a backend, a phone, a cache directory, and the app.

use digital_key::backend::{
    Backend, BackendConfig, Control, OwnerKey, Password, PasswordSource, Vehicle, VehicleChange,
};
use digital_key::ports::{PairingAnswer, VehicleRecord};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{EntryMode, Intent, Phone, Vin};
use tempfile::TempDir;

use crate::client::{Client, Launcher, Screen, Start};
use crate::language::{StepError, StepResult};
use crate::recorded;

/// The password of a vehicle until a step sets another one.
const PASSWORD: &str = "12345678";
/// The page that has blockers. The name of a blocker is the name of its error page.
const WELCOME: &str = "Welcome";

/// The state of one scenario, which the steps change and check.
pub(crate) struct Scenario {
    backend: Backend,
    directory: TempDir,
    pub(crate) phone: ScriptedPhone,
    pub(crate) next_start: NextStart,
    /// The account that the cache is opened for, once a step has named one.
    account: Option<String>,
    /// What starts the app.
    pub(crate) launcher: Launcher,
    app: Option<RunningApp>,
    /// Whether a step has acted on the app. Before that, steps have only checked it.
    has_acted: bool,
    /// The blockers of the last Welcome page; the error page behind it shows the first of them.
    blockers: Vec<String>,
}

/// The settings that take effect at the next start of the app.
#[derive(Clone, PartialEq)]
pub(crate) struct NextStart {
    pub(crate) phone: Phone,
    pub(crate) can_create: bool,
    pub(crate) entry_mode: EntryMode,
}

struct RunningApp {
    client: Box<dyn Client>,
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
            launcher: Launcher::default(),
            app: None,
            has_acted: false,
            blockers: Vec::new(),
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
    pub(crate) async fn app(&mut self) -> StepResult<&dyn Client> {
        self.running().await?;
        self.has_acted = true;
        Ok(&*self.running().await?.client)
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
        let NextStart { phone: model, can_create, entry_mode } = self.next_start.clone();
        self.phone.set_can_create(can_create);
        let start = Start {
            bff_url: self.backend.bff_url(),
            directory: self.directory.path().to_owned(),
            account: self.account.clone(),
            model,
            entry_mode,
        };
        let client = self.launcher.start(start, &self.phone).await?;
        Ok(RunningApp { client, started_with: self.next_start.clone() })
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
        if let Some(RunningApp { client, .. }) = self.app.take() {
            client.kill().await?;
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
        self.app().await?.dispatch(intent.into()).await
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
            self.app().await?.pairing_ended().await?;
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
        let Some(RunningApp { client, .. }) = &self.app else {
            return Ok(());
        };
        self.phone.delivered().await;
        let mut held = self.control().held();
        loop {
            let count = *held.borrow_and_update();
            tokio::select! {
                idle = client.idle_but_for(count) => break idle?,
                changed = held.changed() => changed?,
            }
        }
        let mut screen = client.screen().await?;
        if screen.pairing_runs {
            tokio::select! {
                () = self.phone.sheet_shown() => {}
                ended = client.pairing_ended() => ended?,
            }
            screen = client.screen().await?;
        }
        let recording = client.recording().await?;
        if screen.page == WELCOME {
            self.blockers = screen.blockers;
        }
        self.check_recording(&recording)
    }

    /// Checks what the flight recorder has recorded (GEN-12).
    fn check_recording(&self, file: &[u8]) -> StepResult {
        let vehicles = self.control().vehicles();
        let reported = vehicles.values().filter_map(|vehicle| vehicle.owner_key.as_ref());
        let in_wallet = self.phone.keys();
        let ids = reported.map(|key| &key.id).chain(&in_wallet);
        recorded::check(file, ids.map(|id| id.as_str()))
    }

    pub(crate) async fn screen(&mut self) -> StepResult<Screen> {
        self.running().await?.client.screen().await
    }

    pub(crate) async fn screen_if_running(&self) -> Option<Screen> {
        self.app.as_ref()?.client.screen().await.ok()
    }

    /// Returns the blockers of Welcome, also on the error page behind it; other pages have none.
    pub(crate) async fn blockers(&mut self) -> StepResult<&[String]> {
        let page = self.screen().await?.page;
        let has_blockers = page == WELCOME || self.blockers.contains(&page);
        Ok(if has_blockers { &self.blockers } else { &[] })
    }

    /// Returns the record of a vehicle in the app's cache.
    pub(crate) async fn record(&mut self, vin: Vin) -> StepResult<VehicleRecord> {
        self.running().await?.client.record(vin).await
    }
}
