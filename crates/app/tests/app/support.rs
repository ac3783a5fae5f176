//! An app on fakes: state in memory, and questions that a test answers when it likes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_app::{App, AppBuilder, Deadlines, Ports, RetryPolicy};
use digital_key_domain::{
    DigitalKeyId, Intent, PairingAnswer, PairingStatus, Phone, Presence, Support, SupportAnswer,
    Tap, VehicleRecord, View, Vin,
};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, Bff, BffError, Cache, IdempotencyKey,
    LateAnswer, LifecycleEvent, MockBff, PairingPassword, PairingRequest, Wallet, WalletError,
};
use digital_key_testkit::fake::MemoryDisk;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::time::timeout;

pub(crate) const A: &str = "WBA0000000000000A";

/// How long something may take that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn vin() -> Vin {
    A.parse().unwrap()
}

/// A phone whose wallet and whose sheet do what a test says.
pub(crate) struct FakePhone {
    pub(crate) presence: Mutex<Behaviour<Presence>>,
    pub(crate) can_create: Mutex<Behaviour<bool>>,
    /// The keys that the wallet app was opened at.
    pub(crate) opened: Mutex<Vec<DigitalKeyId>>,
    /// The requests that a sheet was shown for.
    pub(crate) sheets: Mutex<Vec<PairingRequest>>,
    pub(crate) sheet_is_up: AtomicBool,
    /// What happens before the answer whether the sheet is up.
    pub(crate) sheet_check: Mutex<Behaviour<()>>,
    answers: AsyncMutex<mpsc::UnboundedReceiver<Behaviour<PairingAnswer>>>,
    pub(crate) answer: mpsc::UnboundedSender<Behaviour<PairingAnswer>>,
    late_answers: AsyncMutex<mpsc::UnboundedReceiver<Behaviour<LateAnswer>>>,
    pub(crate) late_answer: mpsc::UnboundedSender<Behaviour<LateAnswer>>,
    events: AsyncMutex<mpsc::UnboundedReceiver<LifecycleEvent>>,
    pub(crate) event: mpsc::UnboundedSender<LifecycleEvent>,
    changes: AsyncMutex<mpsc::UnboundedReceiver<()>>,
    pub(crate) change: mpsc::UnboundedSender<()>,
}

/// What an adapter does when it is asked.
#[derive(Clone)]
pub(crate) enum Behaviour<T> {
    Answers(T),
    Hangs,
    Panics,
}

impl<T> Behaviour<T> {
    async fn act(self) -> T {
        match self {
            Self::Answers(answer) => answer,
            Self::Hangs => std::future::pending().await,
            Self::Panics => panic!("a planted panic"),
        }
    }
}

impl Default for FakePhone {
    fn default() -> Self {
        let (answer, answers) = mpsc::unbounded_channel();
        let (late_answer, late_answers) = mpsc::unbounded_channel();
        let (event, events) = mpsc::unbounded_channel();
        let (change, changes) = mpsc::unbounded_channel();
        Self {
            presence: Mutex::new(Behaviour::Answers(Presence::Present)),
            can_create: Mutex::new(Behaviour::Answers(true)),
            opened: Mutex::default(),
            sheets: Mutex::default(),
            sheet_is_up: AtomicBool::new(false),
            sheet_check: Mutex::new(Behaviour::Answers(())),
            answers: AsyncMutex::new(answers),
            answer,
            late_answers: AsyncMutex::new(late_answers),
            late_answer,
            events: AsyncMutex::new(events),
            event,
            changes: AsyncMutex::new(changes),
            change,
        }
    }
}

#[async_trait]
impl Wallet for FakePhone {
    async fn presence(&self, _: DigitalKeyId) -> Result<Presence, WalletError> {
        let behaviour = self.presence.lock().unwrap().clone();
        Ok(behaviour.act().await)
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.opened.lock().unwrap().push(key);
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.changes.lock().await.recv().await.unwrap();
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for FakePhone {
    async fn can_create_key(&self, _: Vin) -> Result<bool, ApplePairingError> {
        let behaviour = self.can_create.lock().unwrap().clone();
        Ok(behaviour.act().await)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        self.sheets.lock().unwrap().push(request);
        self.sheet_is_up.store(true, Ordering::SeqCst);
        let behaviour = self.answers.lock().await.recv().await.unwrap();
        self.sheet_is_up.store(false, Ordering::SeqCst);
        Ok(behaviour.act().await)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        let behaviour = self.sheet_check.lock().unwrap().clone();
        behaviour.act().await;
        Ok(self.sheet_is_up.load(Ordering::SeqCst))
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        let behaviour = self.late_answers.lock().await.recv().await.unwrap();
        Ok(Some(behaviour.act().await))
    }
}

#[async_trait]
impl AppLifecycle for FakePhone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.lock().await.recv().await
    }
}

/// A BFF that answers at once: supported, prepared, primary, no owner key, password 12345678.
pub(crate) struct GoodBff;

#[async_trait]
impl Bff for GoodBff {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false }))
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true })
    }

    async fn pairing_password(
        &self,
        _: Vin,
        _: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        Ok(PairingPassword::parse("12345678").ok())
    }
}

/// An app on fakes, and the fakes.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) disk: MemoryDisk,
    pub(crate) phone: Arc<FakePhone>,
}

impl World {
    pub(crate) fn start() -> Self {
        Self::start_with(Arc::new(GoodBff), |builder| builder)
    }

    pub(crate) fn start_with_bff(bff: MockBff) -> Self {
        Self::start_with(Arc::new(bff), |builder| builder)
    }

    pub(crate) fn start_with(
        bff: Arc<dyn Bff>,
        configure: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Self {
        Self::start_on(MemoryDisk::new(), bff, configure)
    }

    /// An app on what is on this disk.
    pub(crate) fn start_on(
        disk: MemoryDisk,
        bff: Arc<dyn Bff>,
        configure: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Self {
        let phone = Arc::new(FakePhone::default());
        Self::start_with_pairing(disk, bff, phone.clone(), phone, configure)
    }

    /// An app whose pairing API is another one than the phone's.
    pub(crate) fn start_with_pairing(
        disk: MemoryDisk,
        bff: Arc<dyn Bff>,
        apple_pairing: Arc<dyn ApplePairing>,
        phone: Arc<FakePhone>,
        configure: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Self {
        let ports = Ports {
            bff,
            wallet: phone.clone(),
            apple_pairing,
            cache: Arc::new(disk.open_cache().unwrap()),
            app_lifecycle: phone.clone(),
        };
        let model =
            Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
        let builder = App::builder(model, ports)
            .retry(
                RetryPolicy::new()
                    .with_tries(3)
                    .with_first_wait(Duration::from_millis(1))
                    .with_longest_wait(Duration::from_millis(5))
                    .with_total(Duration::from_secs(3)),
            )
            .deadlines(
                Deadlines::new()
                    .with_phone(Duration::from_millis(200))
                    .with_cache(Duration::from_millis(200))
                    .with_sheet_grace(Duration::from_millis(10)),
            );
        Self { app: configure(builder).start().unwrap(), disk, phone }
    }

    pub(crate) async fn tap(&self, intent: impl Into<Intent>) -> View {
        self.app.dispatch(intent).unwrap();
        timeout(PATIENCE, self.app.idle()).await.unwrap().unwrap();
        self.view()
    }

    pub(crate) fn view(&self) -> View {
        self.app.view().borrow().clone()
    }

    /// What is stored for the vehicle now.
    pub(crate) async fn stored(&self) -> VehicleRecord {
        self.disk.image().open_cache().unwrap().load(vin()).await.unwrap()
    }

    pub(crate) fn page(&self) -> &'static str {
        self.view().page.name()
    }

    pub(crate) async fn open_welcome(&self) -> View {
        self.open_welcome_of(vin()).await
    }

    async fn open_welcome_of(&self, vin: Vin) -> View {
        self.tap(Intent::SelectVehicle(vin)).await;
        self.tap(Tap::Entry).await
    }

    pub(crate) async fn open_sheet(&self) {
        self.open_sheet_of(vin()).await;
    }

    pub(crate) async fn open_sheet_of(&self, vin: Vin) {
        self.open_welcome_of(vin).await;
        for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
            self.tap(tap).await;
        }
        assert!(self.view().pairing_runs);
    }

    /// Waits for a view that fits.
    pub(crate) async fn until(&self, fits: impl Fn(&View) -> bool) -> View {
        let mut views = self.app.view();
        let view = timeout(PATIENCE, views.wait_for(fits)).await;
        view.unwrap_or_else(|_| panic!("still {:?}", self.view())).unwrap().clone()
    }
}
