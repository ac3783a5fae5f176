//! Adapters that throw, panic or hang: the page follows the rules, and the report names the port and
//! the call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use digital_key_backend::{OwnerKey, VehicleChange};
use digital_key_bindings::{
    AppLifecycle, AppLifecycleAdapter, AppLifecycleError, ApplePairing, ApplePairingAdapter,
    ApplePairingError, BearerToken, Bff, BffAdapter, BffError, Cache, CacheAdapter, CacheError,
    DataKeyError, DigitalKeyError, ErasureMark, LateAnswer, PageView, PairingPassword,
    PairingRequest, Port, PortCall, Take, TokenError, TokenProvider, Vin, Wallet, WalletAdapter,
    WalletError,
};
use digital_key_domain::{
    EntryView, Generation, KeyState, PairingAnswer, PairingStatus, Presence, RecordChange,
    StoredPassword, SupportAnswer, Tap, VehicleRecord,
};
use digital_key_ports::LifecycleEvent;

use crate::test_app::{FAULTS, Fault, Key, TestApp, Token, VIN};

/// An adapter for every port; every call has the fault.
struct Faulty(Fault);

#[async_trait]
impl Wallet for Faulty {
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
impl ApplePairing for Faulty {
    async fn can_create_key(&self, _: Vin) -> Result<bool, ApplePairingError> {
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
impl AppLifecycle for Faulty {
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError> {
        self.0.happen(AppLifecycleError::Failed { reason: "no events".to_owned() }).await
    }
}

#[async_trait]
impl Bff for Faulty {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }

    async fn pairing_password(
        &self,
        _: Vin,
        _: String,
    ) -> Result<Option<Arc<PairingPassword>>, BffError> {
        self.0.happen(BffError::Unauthorized).await
    }
}

#[async_trait]
impl Cache for Faulty {
    async fn load(&self, _: Vin) -> Result<VehicleRecord, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn store(&self, _: Vin, _: RecordChange) -> Result<(), CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn store_password(
        &self,
        _: Vin,
        _: Arc<PairingPassword>,
        _: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn take_use(&self, _: Vin) -> Result<Take, CacheError> {
        self.0.happen(CacheError::Busy).await
    }

    async fn erase(&self, _: Vin) -> Result<(), CacheError> {
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
async fn wel_2_a_faulty_wallet_cannot_say() {
    for fault in FAULTS {
        let wallet = WalletAdapter::own(Arc::new(Faulty(fault)));
        let mut test = TestApp::with(|ports| ports.wallet = wallet).await;
        let key = OwnerKey { id: "KEY-1".try_into().unwrap(), tracked: true };
        let change = VehicleChange::OwnerKey(Some(key));
        test.backend.control().change(VIN.parse().unwrap(), change).unwrap();
        test.launch();
        test.open_welcome().await;
        test.tap(Tap::Continue);
        assert_eq!(test.page("Overview").await.key_state, KeyState::OtherDevice, "{fault:?}");
        let failure = test.reported(PortCall::Presence).await;
        assert_eq!(failure.port, Port::Wallet);
        assert_eq!(failure.retryable, !matches!(fault, Fault::Throws), "{failure:?}");
    }
}

#[tokio::test]
async fn cbk_4_a_faulty_sheet_has_neither_pass_nor_error() {
    for fault in FAULTS {
        let apple_pairing = ApplePairingAdapter::own(Arc::new(Faulty(fault)));
        let mut test = TestApp::with(|ports| ports.apple_pairing = apple_pairing).await;
        test.launch();
        test.open_welcome().await;
        test.start_pairing().await;
        if matches!(fault, Fault::Hangs) {
            // A user who comes back to the app gets an answer (GEN-2).
            test.app().idle().await.unwrap();
            test.phone.background();
            test.phone.foreground();
            assert_eq!(test.reported(PortCall::SheetIsUp).await.port, Port::ApplePairing);
        }
        let view = test.page("PairingError").await;
        let is_expected =
            matches!(view.page, PageView::PairingError { reason: None, advice: None, .. });
        assert!(is_expected, "{fault:?}");
        if !matches!(fault, Fault::Hangs) {
            for call in [PortCall::StartPairing, PortCall::NextLateAnswer] {
                assert_eq!(test.reported(call).await.port, Port::ApplePairing);
            }
        }
    }
}

#[tokio::test]
async fn ent_4_a_faulty_bff_hides_the_entry() {
    for fault in [Fault::Throws, Fault::ThrowsAnything, Fault::Panics] {
        let bff = BffAdapter::own(Arc::new(Faulty(fault)));
        let mut test = TestApp::with(|ports| ports.bff = bff).await;
        test.launch();
        let failure = test.reported(PortCall::Support).await;
        assert_eq!(failure.port, Port::Bff, "{fault:?}");
        assert_eq!(failure.retryable, matches!(fault, Fault::Panics), "{failure:?}");
        test.app().idle().await.unwrap();
        assert_eq!(test.app().view().unwrap().entry, EntryView::Hidden, "{fault:?}");
    }
}

#[tokio::test]
async fn a_token_provider_that_throws_fails_the_call_that_needs_the_token() {
    for fault in [Fault::Throws, Fault::ThrowsAnything] {
        let mut test = TestApp::new().await;
        let bff =
            BffAdapter::http(&test.backend.bff_url(), Arc::new(Token(Some(fault))), None).unwrap();
        test.ports.as_mut().unwrap().bff = bff;
        test.launch();
        let failure = test.reported(PortCall::Support).await;
        assert_eq!((failure.port, failure.retryable), (Port::Bff, false), "{failure:?}");
    }
}

/// A sign-in without a network.
struct Offline;

#[async_trait]
impl TokenProvider for Offline {
    async fn token(&self) -> Result<Arc<BearerToken>, TokenError> {
        Err(TokenError::Offline { reason: "no network".to_owned() })
    }

    async fn refresh(&self, _: Arc<BearerToken>) -> Result<Arc<BearerToken>, TokenError> {
        self.token().await
    }
}

#[tokio::test]
async fn a_sign_in_without_a_network_can_be_tried_again() {
    let mut test = TestApp::new().await;
    let bff = BffAdapter::http(&test.backend.bff_url(), Arc::new(Offline), None).unwrap();
    test.ports.as_mut().unwrap().bff = bff;
    test.launch();
    let failure = test.reported(PortCall::Support).await;
    assert_eq!((failure.port, failure.retryable), (Port::Bff, true), "{failure:?}");
}

#[tokio::test]
async fn a_faulty_cache_is_reported_and_fails_the_sign_out() {
    for fault in FAULTS {
        let cache = CacheAdapter::own(Arc::new(Faulty(fault)), Some(Arc::new(FailingMark)));
        let mut test = TestApp::with(|ports| ports.cache = cache).await;
        test.launch();
        // The core asks the backend instead (GEN-7).
        test.until(|view| view.entry == EntryView::DigitalKey).await;
        assert_eq!(test.reported(PortCall::Load).await.port, Port::Cache, "{fault:?}");
        let error = test.app().sign_out().await.unwrap_err();
        let DigitalKeyError::PortFailed { failure } = &error else {
            panic!("{error}");
        };
        assert_eq!((failure.call, failure.retryable), (PortCall::EraseAll, true), "{error}");
    }
}

/// A mark that cannot be left.
struct FailingMark;

impl ErasureMark for FailingMark {
    fn leave(&self) -> Result<(), CacheError> {
        Err(CacheError::Unexpected)
    }
}

/// A mark that counts how often it is left.
#[derive(Default)]
struct CountedMark(AtomicU32);

impl ErasureMark for CountedMark {
    fn leave(&self) -> Result<(), CacheError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn gen_5_a_sign_out_leaves_the_mark_of_an_own_cache_before_it_returns() {
    let mark = Arc::new(CountedMark::default());
    let marks = || mark.0.load(Ordering::SeqCst);
    let cache = CacheAdapter::own(Arc::new(Faulty(Fault::Hangs)), Some(mark.clone()));
    let mut test = TestApp::with(|ports| ports.cache = cache).await;
    test.launch();
    assert_eq!(marks(), 0);
    let _pending = test.app().begin_sign_out().unwrap();
    assert_eq!(marks(), 1);
    let _suspending = test.app().begin_suspend().unwrap();
    let _pending = test.app().begin_sign_out().unwrap();
    assert_eq!(marks(), 2);
}

#[tokio::test]
async fn wel_6_without_a_data_key_there_is_no_password() {
    let unavailable = DataKeyError::Unavailable { reason: "locked".to_owned() };
    for error in [unavailable, DataKeyError::Unexpected] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().display().to_string();
        let cache = CacheAdapter::sled(path, Arc::new(Key(Some(error))), None).await.unwrap();
        let mut test = TestApp::with(|ports| ports.cache = cache).await;
        test.launch();
        test.open_welcome().await;
        test.tap(Tap::Continue);
        test.page("PairingPasswordUnavailable").await;
        let failure = test.reported(PortCall::StorePassword).await;
        assert_eq!((failure.port, failure.retryable), (Port::Cache, true));
    }
}

#[tokio::test]
async fn a_lifecycle_that_throws_is_reported_and_ends_the_events() {
    for fault in [Fault::Throws, Fault::ThrowsAnything] {
        let app_lifecycle = AppLifecycleAdapter::own(Arc::new(Faulty(fault)));
        let mut test = TestApp::with(|ports| ports.app_lifecycle = app_lifecycle).await;
        test.launch();
        let failure = test.reported(PortCall::NextEvent).await;
        assert_eq!((failure.port, failure.retryable), (Port::AppLifecycle, false));
        test.open_welcome().await;
    }
}
