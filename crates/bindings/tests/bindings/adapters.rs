//! Adapters that throw, panic or hang: the page is the one that the rules say, and the error names
//! the port and the call.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_backend::{OwnerKey, VehicleChange};
use digital_key_bindings::{
    AppLifecycle, AppLifecycleAdapter, AppLifecycleError, ApplePairing, ApplePairingAdapter,
    ApplePairingError, Bff, BffAdapter, BffError, Cache, CacheAdapter, CacheError, DataKeyError,
    DigitalKeyError, LateAnswer, PageView, PairingPassword, PairingRequest, Port, PortCall, Take,
    Vin, Wallet, WalletAdapter, WalletError,
};
use digital_key_domain::{
    EntryView, Generation, KeyState, PairingAnswer, PairingStatus, Presence, RecordChange,
    StoredPassword, SupportAnswer, Tap, VehicleRecord,
};
use digital_key_ports::LifecycleEvent;

use crate::world::{FAULTS, Fault, Key, Token, VIN, World};

/// An adapter for every port that misbehaves on every call.
struct Misbehaving(Fault);

#[async_trait]
impl Wallet for Misbehaving {
    async fn presence(&self, _: digital_key_domain::DigitalKeyId) -> Result<Presence, WalletError> {
        self.0.happen(WalletError::NotOffered).await
    }

    async fn open_wallet(&self, _: digital_key_domain::DigitalKeyId) -> Result<(), WalletError> {
        self.0.happen(WalletError::NotOffered).await
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.0.happen(WalletError::NotOffered).await
    }
}

#[async_trait]
impl ApplePairing for Misbehaving {
    async fn can_create_key(&self, _: Arc<Vin>) -> Result<bool, ApplePairingError> {
        Ok(true)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let shown = format!("{request:?}");
        assert!(!shown.contains(&request.password.expose()) && !shown.contains(VIN), "{shown}");
        self.0.happen(ApplePairingError::NotOffered).await
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.0.happen(ApplePairingError::NotOffered).await
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.0.happen(ApplePairingError::NotOffered).await
    }
}

#[async_trait]
impl AppLifecycle for Misbehaving {
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError> {
        self.0.happen(AppLifecycleError::Failed { reason: "no events".to_owned() }).await
    }
}

#[async_trait]
impl Bff for Misbehaving {
    async fn support(&self, _: Arc<Vin>) -> Result<SupportAnswer, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }

    async fn pairing_status(&self, _: Arc<Vin>) -> Result<PairingStatus, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }

    async fn pairing_password(
        &self,
        _: Arc<Vin>,
        _: String,
    ) -> Result<Option<Arc<PairingPassword>>, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }
}

#[async_trait]
impl Cache for Misbehaving {
    async fn load(&self, _: Arc<Vin>) -> Result<VehicleRecord, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn store(&self, _: Arc<Vin>, _: RecordChange) -> Result<(), CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn store_password(
        &self,
        _: Arc<Vin>,
        _: Arc<PairingPassword>,
        _: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn take_use(&self, _: Arc<Vin>) -> Result<Take, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.0.happen(CacheError::Busy).await
    }
}

#[tokio::test]
async fn wel_2_a_wallet_that_misbehaves_cannot_say() {
    for fault in FAULTS {
        let wallet = WalletAdapter::own(Arc::new(Misbehaving(fault)));
        let mut world = World::with(|ports| ports.wallet = wallet).await;
        let key = OwnerKey { id: "KEY-1".try_into().unwrap(), tracked: true };
        let change = VehicleChange::OwnerKey(Some(key));
        world.backend.control().change(VIN.parse().unwrap(), change).unwrap();
        world.launch();
        world.open_welcome().await;
        world.tap(Tap::Continue);
        assert_eq!(world.page("Overview").await.key_state, KeyState::OtherDevice, "{fault:?}");
        let failure = world.told(PortCall::Presence).await;
        assert_eq!(failure.port, Port::Wallet);
        assert_eq!(failure.retryable, !matches!(fault, Fault::Throws), "{failure:?}");
    }
}

#[tokio::test]
async fn cbk_4_a_sheet_that_misbehaves_has_neither_pass_nor_error() {
    for fault in FAULTS {
        let apple_pairing = ApplePairingAdapter::own(Arc::new(Misbehaving(fault)));
        let mut world = World::with(|ports| ports.apple_pairing = apple_pairing).await;
        world.launch();
        world.open_welcome().await;
        world.start_pairing().await;
        if matches!(fault, Fault::Hangs) {
            // Whoever comes back to the app is not left with a spinner (GEN-2).
            world.app().idle().await.unwrap();
            world.phone.background();
            world.phone.foreground();
            assert_eq!(world.told(PortCall::SheetIsUp).await.port, Port::ApplePairing);
        }
        let view = world.page("PairingError").await;
        assert_eq!(view.page, PageView::PairingError { reason: None, advice: None }, "{fault:?}");
        if !matches!(fault, Fault::Hangs) {
            for call in [PortCall::StartPairing, PortCall::NextLateAnswer] {
                assert_eq!(world.told(call).await.port, Port::ApplePairing);
            }
        }
    }
}

#[tokio::test]
async fn ent_4_a_bff_that_misbehaves_gives_no_entry() {
    for fault in [Fault::Throws, Fault::ThrowsAnything, Fault::Panics] {
        let bff = BffAdapter::own(Arc::new(Misbehaving(fault)));
        let mut world = World::with(|ports| ports.bff = bff).await;
        world.launch();
        let failure = world.told(PortCall::Support).await;
        assert_eq!(failure.port, Port::Bff, "{fault:?}");
        assert_eq!(failure.retryable, matches!(fault, Fault::Panics), "{failure:?}");
        world.app().idle().await.unwrap();
        assert_eq!(world.app().view().unwrap().entry, EntryView::Hidden, "{fault:?}");
    }
}

#[tokio::test]
async fn a_token_provider_that_throws_is_told_as_the_call_that_it_served() {
    for fault in [Fault::Throws, Fault::ThrowsAnything] {
        let mut world = World::new().await;
        let bff = BffAdapter::http(&world.backend.bff_url(), Arc::new(Token(Some(fault)))).unwrap();
        world.ports.as_mut().unwrap().bff = bff;
        world.launch();
        let failure = world.told(PortCall::Support).await;
        assert_eq!((failure.port, failure.retryable), (Port::Bff, false), "{failure:?}");
    }
}

#[tokio::test]
async fn a_cache_that_misbehaves_is_told_and_a_sign_out_fails() {
    for fault in FAULTS {
        let cache = CacheAdapter::own(Arc::new(Misbehaving(fault)));
        let mut world = World::with(|ports| ports.cache = cache).await;
        world.launch();
        // The backend is asked instead (GEN-7).
        world.until(|view| view.entry == EntryView::DigitalKey).await;
        assert_eq!(world.told(PortCall::Load).await.port, Port::Cache, "{fault:?}");
        let error = world.app().sign_out().await.unwrap_err();
        let DigitalKeyError::PortFailed { failure } = &error else {
            panic!("{error}");
        };
        assert_eq!((failure.call, failure.retryable), (PortCall::EraseAll, true), "{error}");
    }
}

#[tokio::test]
async fn wel_6_without_a_data_key_there_is_no_password() {
    let unavailable = DataKeyError::Unavailable { reason: "locked".to_owned() };
    for error in [unavailable, DataKeyError::Unexpected] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().display().to_string();
        let cache = CacheAdapter::sled(path, Arc::new(Key(Some(error)))).await.unwrap();
        let mut world = World::with(|ports| ports.cache = cache).await;
        world.launch();
        world.open_welcome().await;
        world.tap(Tap::Continue);
        world.page("PairingPasswordUnavailable").await;
        let failure = world.told(PortCall::StorePassword).await;
        assert_eq!((failure.port, failure.retryable), (Port::Cache, true));
    }
}

#[tokio::test]
async fn a_lifecycle_that_throws_is_told_and_told_no_more() {
    for fault in [Fault::Throws, Fault::ThrowsAnything] {
        let app_lifecycle = AppLifecycleAdapter::own(Arc::new(Misbehaving(fault)));
        let mut world = World::with(|ports| ports.app_lifecycle = app_lifecycle).await;
        world.launch();
        let failure = world.told(PortCall::NextEvent).await;
        assert_eq!((failure.port, failure.retryable), (Port::AppLifecycle, false));
        world.open_welcome().await;
    }
}
