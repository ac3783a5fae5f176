//! An app on a scripted phone, with a real backend and a real cache, unless a test replaces them.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_backend::{Backend, BackendConfig, Vehicle};
use digital_key_bindings::{
    BearerToken, BffAdapter, CacheAdapter, Config, DataKey, DataKeyError, DataKeySource, Deadlines,
    Diagnostic, DigitalKeyApp, FunnelEvent, Intent, Listener, ListenerError, Phone, PortCall,
    PortFailure, Ports, RecorderOptions, ScriptedPhone, TokenError, TokenProvider, ViewState,
    parse_vin,
};
use digital_key_domain::{CacheFailure, EntryView, Tap};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

pub(crate) const VIN: &str = "WBADKEY0000000001";
/// How long a step may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const SECRET: &str = "sesame-4711";

/// A fault of an adapter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The call throws an error of its port.
    Throws,
    /// The call throws something else, which contains a secret.
    ThrowsAnything,
    /// The call panics, with a secret in the message.
    Panics,
    /// The call never returns.
    Hangs,
}

pub(crate) const FAULTS: [Fault; 4] =
    [Fault::Throws, Fault::ThrowsAnything, Fault::Panics, Fault::Hangs];

impl Fault {
    /// Fails the call; `thrown` is an error of the port.
    pub(crate) async fn happen<T, E>(self, thrown: E) -> Result<T, E>
    where
        E: From<uniffi::UnexpectedUniFFICallbackError>,
    {
        match self {
            Self::Throws => Err(thrown),
            Self::ThrowsAnything => Err(uniffi::UnexpectedUniFFICallbackError::new(SECRET).into()),
            Self::Panics => panic!("{SECRET}"),
            Self::Hangs => pending().await,
        }
    }
}

/// A token provider, with or without a fault.
pub(crate) struct Token(pub(crate) Option<Fault>);

#[async_trait]
impl TokenProvider for Token {
    async fn token(&self) -> Result<Arc<BearerToken>, TokenError> {
        match self.0 {
            None => Ok(BearerToken::new("a-token").unwrap()),
            Some(fault) => {
                fault.happen(TokenError::NotSignedIn { reason: "nobody".to_owned() }).await
            }
        }
    }

    async fn refresh(&self, _: Arc<BearerToken>) -> Result<Arc<BearerToken>, TokenError> {
        self.token().await
    }
}

/// A source of a data key, or of an error.
pub(crate) struct Key(pub(crate) Option<DataKeyError>);

impl DataKeySource for Key {
    fn data_key(&self) -> Result<Arc<DataKey>, DataKeyError> {
        match &self.0 {
            None => Ok(DataKey::new(vec![7; 32]).unwrap()),
            Some(error) => Err(error.clone()),
        }
    }
}

/// A listener that keeps all failures.
pub(crate) struct Log(watch::Sender<Vec<PortFailure>>);

impl Listener for Log {
    fn on_view(&self, _: ViewState) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_port_failure(&self, failure: PortFailure) -> Result<(), ListenerError> {
        self.0.send_modify(|failures| failures.push(failure));
        Ok(())
    }

    fn on_cache_failure(&self, _: CacheFailure) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_diagnostic(&self, _: Diagnostic) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_funnel(&self, _: FunnelEvent) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// The app with all around it.
pub(crate) struct TestApp {
    pub(crate) backend: Backend,
    pub(crate) phone: Arc<ScriptedPhone>,
    pub(crate) ports: Option<Ports>,
    pub(crate) recorder: Option<RecorderOptions>,
    app: Option<Arc<DigitalKeyApp>>,
    log: Arc<Log>,
    _directory: TempDir,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        let backend = Backend::start(BackendConfig::default()).await.unwrap();
        backend.control().put_vehicle(VIN.parse().unwrap(), Vehicle::default()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let cache =
            CacheAdapter::sled(directory.path().display().to_string(), Arc::new(Key(None)), None);
        let cache = cache.await.unwrap();
        let phone = ScriptedPhone::new();
        let ports = Ports {
            bff: BffAdapter::http(&backend.bff_url(), Arc::new(Token(None)), None).unwrap(),
            wallet: phone.wallet(),
            apple_pairing: phone.apple_pairing(),
            cache,
            app_lifecycle: phone.app_lifecycle(),
        };
        let log = Arc::new(Log(watch::Sender::default()));
        let ports = Some(ports);
        Self { backend, phone, ports, recorder: None, app: None, log, _directory: directory }
    }

    /// An app with some ports replaced.
    pub(crate) async fn with(replace: impl FnOnce(&mut Ports)) -> Self {
        let mut test = Self::new().await;
        replace(test.ports.as_mut().unwrap());
        test
    }

    pub(crate) fn make(&mut self) -> Arc<DigitalKeyApp> {
        let config = Config {
            phone: Phone::Ios { machine: "iPhone12,1".to_owned(), version: "14.2".to_owned() },
            entry_mode: None,
            more_information: None,
            retry: None,
            circuit_breaker: None,
            deadlines: Some(Deadlines {
                phone: Duration::from_millis(300),
                cache: Duration::from_millis(300),
                sheet_grace: Duration::from_millis(50),
            }),
            recorder: self.recorder.clone(),
        };
        let app = DigitalKeyApp::new(config, self.ports.take().unwrap()).unwrap();
        self.app = Some(Arc::clone(&app));
        app
    }

    pub(crate) fn launch(&mut self) {
        let log = Arc::clone(&self.log);
        let app = self.make();
        app.start(Some(log)).unwrap();
        app.dispatch(Intent::SelectVehicle { vin: parse_vin(VIN.to_owned()).unwrap() }).unwrap();
    }

    pub(crate) fn app(&self) -> &DigitalKeyApp {
        self.app.as_ref().unwrap()
    }

    pub(crate) fn tap(&self, tap: Tap) {
        self.app().dispatch(Intent::Tap { tap }).unwrap();
    }

    /// Waits for a view that meets the condition.
    pub(crate) async fn until(&self, shown: impl Fn(&ViewState) -> bool) -> ViewState {
        let views = self.app().view_stream().unwrap();
        loop {
            let view = timeout(PATIENCE, views.next()).await.unwrap().unwrap();
            if shown(&view) {
                return view;
            }
        }
    }

    pub(crate) async fn page(&self, name: &str) -> ViewState {
        self.until(|view| view.page_name == name).await
    }

    /// Waits until the listener receives a failure of this call.
    pub(crate) async fn reported(&self, call: PortCall) -> PortFailure {
        let mut failures = self.log.0.subscribe();
        let has_it = |failures: &Vec<PortFailure>| failures.iter().any(|it| it.call == call);
        let failures = timeout(PATIENCE, failures.wait_for(has_it)).await.unwrap().unwrap().clone();
        let failure = failures.into_iter().find(|it| it.call == call).unwrap();
        assert!(!failure.reason.contains(SECRET), "{failure:?}");
        assert!(!failure.reason.contains(VIN), "{failure:?}");
        failure
    }

    pub(crate) async fn open_welcome(&self) -> ViewState {
        self.until(|view| view.entry == EntryView::DigitalKey).await;
        self.tap(Tap::Entry);
        self.until(|view| view.offers.contains(&Tap::Continue) && view.page_name == "Welcome").await
    }

    /// Goes from Welcome to Apple's sheet.
    pub(crate) async fn start_pairing(&self) {
        for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
            self.tap(tap);
        }
        self.until(|view| view.pairing_runs || view.page_name != "ReadyToPair").await;
    }
}
