//! The real core over real HTTP and a real cache, on a scripted phone.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use digital_key::backend::{
    Backend, BackendConfig, BackendError, Control, DigitalKeyObject, Vehicle, maker_files,
};
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::cache_sled::{FileKey, SledCache};
use digital_key::domain::{Event, Reason, Verdict};
use digital_key::ports::{CacheErrorKind, PairingAnswer};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{
    App, Intent, MachineIdentifier, OsVersion, Phone, Ports, RecorderOptions, View, Vin,
};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::error::CommandError;
use crate::recordings::{RecordOption, RecordingFiles};

/// A phone that can have a key, as the options have it by default.
const MACHINE: &str = "iPhone12,1";
const IOS: &str = "14.2";

/// The phone that the core believes to run on.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PhoneOptions {
    /// The machine identifier of the phone, such as iPhone12,8.
    #[arg(long, value_name = "MACHINE", default_value = MACHINE)]
    phone: MachineIdentifier,
    /// The version of iOS, such as 14.2.
    #[arg(long, value_name = "VERSION", default_value = IOS)]
    ios: OsVersion,
}

impl PhoneOptions {
    pub(crate) fn model(self) -> Phone {
        Phone::Ios { machine: self.phone, version: self.ios }
    }
}

/// The time that a killed app may need to close the cache.
const CACHE_RELEASE: Duration = Duration::from_secs(5);

/// A backend in this program, with its vehicles.
pub(crate) struct OwnBackend {
    backend: Backend,
    /// The vehicles, in the order in which they are listed.
    pub(crate) vehicles: Vec<Vin>,
}

impl OwnBackend {
    /// Starts a backend with the maker's vehicles at this path, or with vehicles for a
    /// demonstration.
    pub(crate) async fn start(
        config: BackendConfig,
        maker_path: Option<&Path>,
    ) -> Result<Self, CommandError> {
        let vehicles = vehicles(maker_path)?;
        Self::start_with(config, vehicles).await.map_err(|error| CommandError::other(&error))
    }

    /// Starts a backend with these vehicles.
    pub(crate) async fn start_with(
        mut config: BackendConfig,
        listed: Vec<(Vin, Vehicle)>,
    ) -> Result<Self, BackendError> {
        let vehicles = listed.iter().map(|(vin, _)| *vin).collect();
        config.vehicles = listed.into_iter().collect();
        let backend = Backend::start(config).await?;
        Ok(Self { backend, vehicles })
    }

    pub(crate) fn control(&self) -> &Control {
        self.backend.control()
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }
}

/// Returns the maker's vehicles at this path, or else vehicles for a demonstration.
pub(crate) fn vehicles(maker_path: Option<&Path>) -> Result<Vec<(Vin, Vehicle)>, CommandError> {
    let Some(path) = maker_path else { return demonstration_vehicles() };
    let loaded = maker_files::load(path).map_err(|error| CommandError::usage(error.to_string()))?;
    Ok(loaded.into_iter().map(|vehicle| (vehicle.vin, vehicle.into())).collect())
}

fn demonstration_vehicles() -> Result<Vec<(Vin, Vehicle)>, CommandError> {
    let object = |text| DigitalKeyObject::parse(text).map_err(|error| CommandError::other(&error));
    let vin = |text: &str| text.parse::<Vin>().map_err(|error| CommandError::other(&error));
    let not_available = r#"{"bookedServicePackage":"NONE","state":"NOT_AVAILABLE"}"#;
    Ok(vec![
        (vin("WBADKEY0000000001")?, Vehicle::default()),
        (
            vin("WBADKEY0000000002")?,
            Vehicle { digital_key: Some(object(not_available)?), ..Vehicle::default() },
        ),
        (vin("WBADKEY0000000003")?, Vehicle { digital_key: None, ..Vehicle::default() }),
    ])
}

/// The directory of the cache, with the data key beside it: one of the user's, or a temporary one that
/// is deleted at the end.
pub(crate) enum CacheDirectory {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl CacheDirectory {
    pub(crate) fn new(kept: Option<PathBuf>) -> Result<Self, CommandError> {
        Ok(match kept {
            Some(path) => Self::Kept(path),
            None => Self::Temporary(tempfile::tempdir()?),
        })
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Kept(path) => path.clone(),
            Self::Temporary(directory) => directory.path().join("cache"),
        }
    }
}

/// Something that happened in the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogEntry {
    /// The core called a port, such as `bff.support`.
    Call(&'static str),
    /// A call failed, for this reason.
    Failed(String),
    /// The core ignored what the user did.
    Ignored(Reason),
}

/// What happened in the core since the log was taken last.
#[derive(Default)]
struct Log {
    entries: Mutex<Vec<LogEntry>>,
    /// Changes with each entry, and with each view.
    activity: watch::Sender<()>,
}

impl Log {
    fn push(&self, entry: LogEntry) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        self.activity.send_replace(());
    }
}

/// The running core, with the phone and the cache around it.
pub(crate) struct Harness {
    bff: Arc<HttpBff>,
    directory: CacheDirectory,
    model: Phone,
    held: Option<watch::Receiver<usize>>,
    recordings: Option<RecordingFiles>,
    log: Arc<Log>,
    pub(crate) phone: ScriptedPhone,
    app: Option<App>,
}

impl Harness {
    /// Starts the core with the BFF at this URL. `held` is how many answers that BFF holds back, if this
    /// program can know.
    pub(crate) async fn start(
        bff_url: &str,
        token: &str,
        directory: CacheDirectory,
        model: Phone,
        held: Option<watch::Receiver<usize>>,
        record: RecordOption,
    ) -> Result<Self, CommandError> {
        let token =
            BearerToken::new(token).map_err(|error| CommandError::usage(error.to_string()))?;
        let bff = HttpBff::builder(bff_url)
            .token_provider(Arc::new(StaticToken::new(token)))
            .build()
            .map_err(|error| CommandError::usage(format!("{bff_url}: {error}")))?;
        let mut harness = Self {
            bff: Arc::new(bff),
            directory,
            model,
            held,
            recordings: record.files(),
            log: Arc::default(),
            phone: ScriptedPhone::new(),
            app: None,
        };
        harness.start_app().await?;
        Ok(harness)
    }

    async fn start_app(&mut self) -> Result<(), CommandError> {
        let cache = open_cache(&self.directory.path()).await?;
        let phone = Arc::new(self.phone.clone());
        let ports = Ports {
            bff: self.bff.clone(),
            wallet: phone.clone(),
            apple_pairing: phone.clone(),
            cache: Arc::new(cache),
            app_lifecycle: phone,
        };
        let [effects, steps, failures] = std::array::from_fn(|_| Arc::clone(&self.log));
        let mut builder = App::builder(self.model.clone(), ports);
        if self.recordings.is_some() {
            builder = builder.record(RecorderOptions::new());
        }
        let app = builder
            .on_effect(move |effect| effects.push(LogEntry::Call(effect.call())))
            .on_port_failure(move |failure| failures.push(LogEntry::Failed(failure.to_string())))
            .on_step(move |step| {
                if let (Event::Intent(_), Verdict::Ignored(reason)) = (step.event, step.verdict) {
                    steps.push(LogEntry::Ignored(reason));
                }
            })
            .start()
            .map_err(|error| CommandError::other(&error))?;
        let (mut view, log) = (app.view(), Arc::clone(&self.log));
        // Ends with the app.
        tokio::spawn(async move {
            while view.changed().await.is_ok() {
                log.activity.send_replace(());
            }
        });
        self.app = Some(app);
        Ok(())
    }

    /// Kills the app and starts it again. The cache, the wallet and the backend keep their state.
    pub(crate) async fn restart(&mut self) -> Result<(), CommandError> {
        self.write_recording()?;
        self.app = None;
        self.phone.forget_app();
        self.start_app().await
    }

    fn app(&self) -> Result<&App, CommandError> {
        self.app.as_ref().ok_or_else(|| CommandError::usage("the app is not running"))
    }

    /// Passes on what the user did, and does not wait for the outcome.
    pub(crate) fn send(&self, intent: impl Into<Intent>) -> Result<(), CommandError> {
        self.app()?.dispatch(intent).map_err(|error| CommandError::other(&error))
    }

    pub(crate) async fn dispatch(&self, intent: impl Into<Intent>) -> Result<(), CommandError> {
        self.send(intent)?;
        self.wait_until_idle().await
    }

    /// Ends Apple's sheet with this answer, and waits until the core has it.
    pub(crate) async fn apple_answers(&self, answer: PairingAnswer) -> Result<(), CommandError> {
        self.phone.answer(answer).map_err(|error| CommandError::other(&error))?;
        self.wait_for_the_answer().await
    }

    /// Waits until the core has the answer of a sheet.
    pub(crate) async fn wait_for_the_answer(&self) -> Result<(), CommandError> {
        // This fails only without a core.
        let _ = self.app()?.view().wait_for(|view| !view.pairing_runs).await;
        self.wait_until_idle().await
    }

    pub(crate) async fn background(&self) -> Result<(), CommandError> {
        self.phone.background();
        self.wait_until_idle().await
    }

    pub(crate) async fn foreground(&self) -> Result<(), CommandError> {
        self.phone.foreground();
        self.wait_until_idle().await
    }

    pub(crate) async fn refresh(&self, vin: Vin) -> Result<(), CommandError> {
        self.app()?.refresh(vin).map_err(|error| CommandError::other(&error))?;
        self.wait_until_idle().await
    }

    pub(crate) async fn forget(&self, vin: Vin) -> Result<(), CommandError> {
        self.app()?.forget(vin).await.map_err(|error| CommandError::other(&error))
    }

    pub(crate) async fn sign_out(&self) -> Result<(), CommandError> {
        self.write_recording()?;
        self.app()?.sign_out().await.map_err(|error| CommandError::other(&error))
    }

    /// Waits until the core waits for the user, for Apple's sheet, or for an answer that is held back.
    pub(crate) async fn wait_until_idle(&self) -> Result<(), CommandError> {
        let app = self.app()?;
        self.phone.delivered().await;
        match self.held.clone() {
            None => app.idle().await.map_err(|error| CommandError::other(&error))?,
            Some(mut held) => loop {
                let count = *held.borrow_and_update();
                tokio::select! {
                    idle = app.idle_but_for(count) => {
                        break idle.map_err(|error| CommandError::other(&error))?;
                    }
                    changed = held.changed() => if changed.is_err() { break },
                }
            },
        }
        if self.view()?.pairing_runs {
            self.phone.sheet_shown().await;
        }
        Ok(())
    }

    pub(crate) fn view(&self) -> Result<View, CommandError> {
        Ok(self.app()?.view().borrow().clone())
    }

    /// Returns a receiver that changes with the view and with the log.
    pub(crate) fn activity(&self) -> watch::Receiver<()> {
        self.log.activity.subscribe()
    }

    /// Takes what happened since the last time.
    pub(crate) fn take_log(&self) -> Vec<LogEntry> {
        std::mem::take(&mut *self.log.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write_recording(&self) -> Result<(), CommandError> {
        match (&self.recordings, &self.app) {
            (Some(files), Some(app)) => files.write(app),
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    pub(crate) async fn end(self) {
        if let Err(error) = self.write_recording() {
            let _ = error.report();
        }
        if let Some(app) = self.app {
            app.shutdown().await;
        }
    }
}

/// Opens the cache. An app that was just killed may hold it for another moment.
async fn open_cache(path: &Path) -> Result<SledCache, CommandError> {
    let key = Arc::new(FileKey::beside(path));
    let opened = tokio::time::timeout(CACHE_RELEASE, async {
        loop {
            match SledCache::open(path, key.clone()).await {
                Err(error) if error.kind() == CacheErrorKind::Busy => {
                    tokio::task::yield_now().await
                }
                opened => return opened,
            }
        }
    });
    match opened.await {
        Ok(opened) => opened.map_err(|error| CommandError::other(&error)),
        Err(_) => Err(CommandError::usage(format!(
            "{}: the cache is in use by another program",
            path.display()
        ))),
    }
}

/// A phone that can have a key.
pub(crate) fn supported_phone() -> Result<Phone, CommandError> {
    Ok(Phone::Ios {
        machine: MACHINE.parse().map_err(|error| CommandError::other(&error))?,
        version: IOS.parse().map_err(|error| CommandError::other(&error))?,
    })
}
