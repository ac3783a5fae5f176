//! The stage of a play: the real core over real HTTP and a real cache, on a scripted phone.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use digital_key_app::{App, Ports};
use digital_key_backend::{Backend, BackendConfig, Control, maker_files};
use digital_key_bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key_cache_sled::{FileKey, SledCache};
use digital_key_domain::{Intent, PairingAnswer, Phone, View, Vin};
use digital_key_ports::CacheErrorKind;
use digital_key_wallet_mock::ScriptedPhone;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::failure::Failure;

/// The phone of every play.
const MACHINE: &str = "iPhone12,1";
const IOS: &str = "14.2";
/// How long a killed app may need to let go of the cache.
const CACHE_RELEASE: Duration = Duration::from_secs(5);

/// A backend of our own, with its vehicles.
pub(crate) struct OwnBackend {
    backend: Backend,
    /// The vehicles, in the order in which they are shown.
    pub(crate) vehicles: Vec<Vin>,
}

impl OwnBackend {
    /// Starts it with the maker's vehicles at this path, or with vehicles for a demonstration.
    pub(crate) async fn start(
        config: BackendConfig,
        maker_path: Option<&Path>,
    ) -> Result<Self, Failure> {
        let vehicles = match maker_path {
            None => demonstration_vehicles()?,
            Some(path) => maker_files::load(path)
                .map_err(|error| Failure::usage(error.to_string()))?
                .into_iter()
                .map(|vehicle| (vehicle.vin, vehicle.into()))
                .collect(),
        };
        let backend = Backend::start(config).await.map_err(|error| Failure::other(&error))?;
        let mut vins = Vec::new();
        for (vin, vehicle) in vehicles {
            let added = backend.control().put_vehicle(vin, vehicle);
            added.map_err(|error| Failure::other(&error))?;
            vins.push(vin);
        }
        Ok(Self { backend, vehicles: vins })
    }

    pub(crate) fn control(&self) -> &Control {
        self.backend.control()
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }
}

fn demonstration_vehicles() -> Result<Vec<(Vin, digital_key_backend::Vehicle)>, Failure> {
    use digital_key_backend::{DigitalKeyObject, Vehicle};
    let object = |text| DigitalKeyObject::parse(text).map_err(|error| Failure::other(&error));
    let vin = |text: &str| text.parse::<Vin>().map_err(|error| Failure::other(&error));
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

/// Where the cache lies, with its data key beside it: at a place of the user's, or in a directory
/// that goes with the play.
pub(crate) enum CacheDirectory {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl CacheDirectory {
    pub(crate) fn new(kept: Option<PathBuf>) -> Result<Self, Failure> {
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

/// The running core, and everything around it that a play can move.
pub(crate) struct Stage {
    bff: Arc<HttpBff>,
    directory: CacheDirectory,
    held: Option<watch::Receiver<usize>>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    pub(crate) phone: ScriptedPhone,
    app: Option<App>,
}

impl Stage {
    /// Starts the core against the BFF at this URL; `control` is that BFF's, when it is our own.
    pub(crate) async fn start(
        bff_url: &str,
        token: &str,
        directory: CacheDirectory,
        control: Option<&Control>,
    ) -> Result<Self, Failure> {
        let token = BearerToken::new(token).map_err(|error| Failure::usage(error.to_string()))?;
        let bff = HttpBff::builder(bff_url)
            .token_provider(Arc::new(StaticToken::new(token)))
            .build()
            .map_err(|error| Failure::usage(format!("{bff_url}: {error}")))?;
        let mut stage = Self {
            bff: Arc::new(bff),
            directory,
            held: control.map(Control::held),
            calls: Arc::default(),
            phone: ScriptedPhone::new(),
            app: None,
        };
        stage.start_app().await?;
        Ok(stage)
    }

    async fn start_app(&mut self) -> Result<(), Failure> {
        let cache = open_cache(&self.directory.path()).await?;
        let phone = Arc::new(self.phone.clone());
        let ports = Ports {
            bff: self.bff.clone(),
            wallet: phone.clone(),
            apple_pairing: phone.clone(),
            cache: Arc::new(cache),
            app_lifecycle: phone,
        };
        let model = Phone::Ios {
            machine: MACHINE.parse().map_err(|error| Failure::other(&error))?,
            version: IOS.parse().map_err(|error| Failure::other(&error))?,
        };
        let calls = Arc::clone(&self.calls);
        let app = App::builder(model, ports)
            .on_effect(move |effect| {
                calls.lock().unwrap_or_else(PoisonError::into_inner).push(effect.call());
            })
            .start()
            .map_err(|error| Failure::other(&error))?;
        self.app = Some(app);
        Ok(())
    }

    /// Kills the app and starts it again: the cache, the wallet and the backend keep what they have.
    pub(crate) async fn restart(&mut self) -> Result<(), Failure> {
        self.app = None;
        self.phone.forget_app();
        self.start_app().await
    }

    fn app(&self) -> Result<&App, Failure> {
        self.app.as_ref().ok_or_else(|| Failure::usage("the app does not run"))
    }

    pub(crate) async fn dispatch(&self, intent: impl Into<Intent>) -> Result<(), Failure> {
        self.app()?.dispatch(intent).map_err(|error| Failure::other(&error))?;
        self.settle().await
    }

    /// Ends Apple's sheet; `false` when none is up.
    pub(crate) async fn apple_answers(&self, answer: PairingAnswer) -> Result<bool, Failure> {
        if self.phone.answer(answer).is_err() {
            return Ok(false);
        }
        let ended = self.app()?.view().wait_for(|view| !view.pairing_runs).await.is_ok();
        self.settle().await?;
        Ok(ended)
    }

    pub(crate) async fn background(&self) -> Result<(), Failure> {
        self.phone.background();
        self.settle().await
    }

    pub(crate) async fn foreground(&self) -> Result<(), Failure> {
        self.phone.foreground();
        self.settle().await
    }

    pub(crate) async fn sign_out(&self) -> Result<(), Failure> {
        self.app()?.sign_out().await.map_err(|error| Failure::other(&error))
    }

    /// Waits until the core has nothing to do but wait for the user, for Apple's sheet, or for an
    /// answer that is held back.
    pub(crate) async fn settle(&self) -> Result<(), Failure> {
        let app = self.app()?;
        self.phone.delivered().await;
        match self.held.clone() {
            None => app.idle().await.map_err(|error| Failure::other(&error))?,
            Some(mut held) => loop {
                let count = *held.borrow_and_update();
                tokio::select! {
                    idle = app.idle_but_for(count) => {
                        break idle.map_err(|error| Failure::other(&error))?;
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

    pub(crate) fn view(&self) -> Result<View, Failure> {
        Ok(self.app()?.view().borrow().clone())
    }

    /// Waits until the view changes by itself.
    pub(crate) async fn changed(&self) -> Result<(), Failure> {
        let mut view = self.app()?.view();
        view.mark_unchanged();
        // It fails only without a core.
        let _ = view.changed().await;
        Ok(())
    }

    /// The calls of ports since the last time this was asked.
    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) async fn end(self) {
        if let Some(app) = self.app {
            app.shutdown().await;
        }
    }
}

/// Opens the cache; an app that was just killed may hold it for another moment.
async fn open_cache(path: &Path) -> Result<SledCache, Failure> {
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
        Ok(opened) => opened.map_err(|error| Failure::other(&error)),
        Err(_) => Err(Failure::usage(format!(
            "{}: the cache is in use by another program",
            path.display()
        ))),
    }
}
