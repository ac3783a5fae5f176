//! Runs the conformance suites of all ports on foreign adapters. Each call crosses the boundary to a
//! foreign adapter, which wraps one of the core's own, and comes back.

mod foreign_bridge;

use std::sync::Arc;
use std::time::Duration;

use digital_key_app::{PortFailureObserver, Reporting};
use digital_key_domain::{DigitalKeyId, PairingAnswer, Vin};
use digital_key_ports as ports;
use digital_key_ports::{CacheError, LifecycleEvent, PairingRequest};
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use digital_key_testkit::apple_pairing::ApplePairingHarness;
use digital_key_testkit::bff::{BackendFault, BffHarness, ScriptedVehicle};
use digital_key_testkit::cache::{CacheHarness, Key};
use digital_key_testkit::fake::{MemoryBff, MemoryDisk};
use digital_key_testkit::wallet::WalletHarness;
use digital_key_testkit::{CaseResult, Violation};
use digital_key_wallet_mock::ScriptedPhone;

use super::{ApplePairingAdapter, BffAdapter, CacheAdapter, WalletAdapter};
use crate::listener::Reporter;
use foreign_bridge::ForeignBridge;

mod cache {
    digital_key_testkit::cache_conformance!(async || super::Disk(super::MemoryDisk::new()));
}

mod bff {
    digital_key_testkit::bff_conformance!(async || super::Backend::new());
}

mod wallet {
    // A key of this phone is present or absent, without further conditions.
    digital_key_testkit::wallet_conformance!(async || super::Phone::new(), without: KeyConditions);
}

mod apple_pairing {
    digital_key_testkit::apple_pairing_conformance!(async || super::Phone::new());
}

mod app_lifecycle {
    digital_key_testkit::app_lifecycle_conformance!(async || super::Phone::new());
}

/// A reporter without a listener.
fn reporter() -> Reporter {
    Reporter::channel().0
}

/// Wraps a port as an app with a listener does.
fn reporting<P: ?Sized>(port: &Arc<P>) -> Reporting<P> {
    let observer: PortFailureObserver = Arc::new(|_| {});
    Reporting::new(Arc::clone(port), &observer)
}

struct Disk(MemoryDisk);

impl CacheHarness for Disk {
    type Cache = Reporting<dyn ports::Cache>;

    async fn open(&self) -> Result<Self::Cache, CacheError> {
        let cache = CacheAdapter::own(Arc::new(ForeignBridge(self.0.open_cache()?)), None);
        Ok(reporting(&cache.0))
    }

    /// The bridge has no `Debug`.
    fn debug_text(&self, _: &Self::Cache) -> String {
        String::new()
    }

    async fn crash(&self) -> CaseResult {
        self.0.crash().await
    }

    async fn fail_writes(&self, fail: bool) -> CaseResult {
        self.0.fail_writes(fail).await
    }

    async fn make_record_unreadable(&self, vin: Vin) -> CaseResult {
        self.0.make_record_unreadable(vin).await
    }

    async fn make_store_unreadable(&self) -> CaseResult {
        self.0.make_store_unreadable().await
    }

    async fn set_key(&self, key: Key) -> CaseResult {
        self.0.set_key(key).await
    }

    async fn stored_bytes(&self) -> Result<Vec<u8>, Violation> {
        self.0.stored_bytes().await
    }
}

struct Backend {
    inner: MemoryBff,
    bff: Reporting<dyn ports::Bff>,
}

impl Backend {
    fn new() -> Self {
        let inner = MemoryBff::new();
        let bff = BffAdapter::own(Arc::new(ForeignBridge(inner.clone())));
        Self { bff: reporting(&bff.0), inner }
    }
}

impl BffHarness for Backend {
    type Bff = Reporting<dyn ports::Bff>;

    fn bff(&self) -> &Self::Bff {
        &self.bff
    }

    /// The bridge has no `Debug`.
    fn debug_text(&self) -> String {
        String::new()
    }

    fn secrets(&self) -> Vec<String> {
        self.inner.secrets()
    }

    fn deadline(&self) -> Duration {
        self.inner.deadline()
    }

    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        self.inner.set_vehicle(vin, vehicle);
    }

    async fn set_fault(&self, fault: Option<BackendFault>) {
        self.inner.set_fault(fault);
    }

    async fn answer_about_another_vin(&self) -> CaseResult {
        self.inner.answer_about_another_vin().await
    }
}

struct Phone {
    inner: ScriptedPhone,
    wallet: Reporting<dyn ports::Wallet>,
    apple_pairing: Reporting<dyn ports::ApplePairing>,
    app_lifecycle: super::app_lifecycle::FromForeign,
}

impl Phone {
    fn new() -> Self {
        let inner = ScriptedPhone::new();
        let foreign = Arc::new(ForeignBridge(inner.clone()));
        let wallet = WalletAdapter::own(foreign.clone());
        let apple_pairing = ApplePairingAdapter::own(foreign.clone());
        Self {
            wallet: reporting(&wallet.0),
            apple_pairing: reporting(&apple_pairing.0),
            app_lifecycle: super::app_lifecycle::FromForeign::new(foreign, &reporter()),
            inner,
        }
    }
}

impl WalletHarness for Phone {
    type Wallet = Reporting<dyn ports::Wallet>;

    fn wallet(&self) -> &Self::Wallet {
        &self.wallet
    }

    async fn add_key(&self, key: DigitalKeyId) {
        self.inner.add_key(key);
    }

    async fn delete_key(&self, key: DigitalKeyId) {
        self.inner.delete_key(&key);
    }

    async fn opened_at(&self) -> Option<DigitalKeyId> {
        self.inner.wallet_opened_at()
    }

    async fn set_able_to_know(&self, able: bool) -> CaseResult {
        self.inner.set_wallet_answers(able);
        Ok(())
    }
}

impl ApplePairingHarness for Phone {
    type ApplePairing = Reporting<dyn ports::ApplePairing>;

    fn apple_pairing(&self) -> &Self::ApplePairing {
        &self.apple_pairing
    }

    /// The bridge has no `Debug`.
    fn debug_text(&self) -> String {
        String::new()
    }

    async fn set_can_create(&self, can_create: bool) {
        self.inner.set_can_create(can_create);
    }

    async fn sheet_shown(&self) {
        self.inner.sheet_shown().await;
    }

    async fn answer(&self, answer: PairingAnswer) {
        self.inner.answer(answer).unwrap();
    }

    async fn answer_late(&self, answer: PairingAnswer) -> bool {
        self.inner.answer(answer).is_ok()
    }

    async fn dismiss(&self) {
        self.inner.dismiss_sheet().unwrap();
    }

    async fn given_to_apple(&self) -> Option<PairingRequest> {
        self.inner.last_request()
    }
}

impl AppLifecycleHarness for Phone {
    type AppLifecycle = super::app_lifecycle::FromForeign;

    fn app_lifecycle(&self) -> &Self::AppLifecycle {
        &self.app_lifecycle
    }

    async fn send_event(&self, event: LifecycleEvent) {
        match event {
            LifecycleEvent::WentToBackground => self.inner.background(),
            LifecycleEvent::CameToForeground => self.inner.foreground(),
        }
    }
}
