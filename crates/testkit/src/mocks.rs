//! Mocks whose broken expectations fail the test that set them.
//!
//! The core calls its ports in tasks of its own, and treats a panic there as a failure of the
//! adapter: the driver sees an error page, and the app goes on. A bare mock therefore cannot fail
//! the test: it panics in such a task and is dropped there. A [`MockVerifier`] reports both to the
//! test.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use digital_key_domain::{
    DigitalKeyId, Generation, PairingAnswer, PairingStatus, Presence, RecordChange, SupportAnswer,
    VehicleRecord, Vin,
};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, Bff, BffError, Cache, CacheError,
    IdempotencyKey, LateAnswer, LifecycleEvent, MockAppLifecycle, MockApplePairing, MockBff,
    MockCache, MockWallet, PairingPassword, PairingRequest, StoredPassword, Take, Wallet,
    WalletError, WalletErrorKind, WalletOperation,
};
use futures_util::FutureExt;
use tokio::sync::RwLock;

/// Fails a test when the core does not call the mocks as the test expects.
///
/// Pass each mock to the core through [`watch`](Self::watch). The verifier records every panic of a
/// mock, such as the one for an unexpected call, and checks at the end that all expected calls were
/// made. It panics with its findings in [`verify`](Self::verify), or when it is dropped, so that no
/// test can omit the check.
///
/// ```
/// use std::sync::Arc;
///
/// use digital_key_ports::{Bff, MockBff};
/// use digital_key_testkit::mocks::MockVerifier;
///
/// let verifier = MockVerifier::new();
/// let mut mock = MockBff::new();
/// mock.expect_pairing_password().times(0);
/// let bff: Arc<dyn Bff> = verifier.watch(mock);
/// // Start an app on this port, use the app, and wait until it is idle.
/// verifier.verify();
/// ```
#[derive(Debug, Default)]
pub struct MockVerifier {
    mocks: Mutex<Vec<Arc<dyn Watched>>>,
}

impl MockVerifier {
    /// Makes a verifier without mocks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wraps a mock for the core, so that the verifier sees its calls.
    ///
    /// The core always listens to the wallet (`next_change`), to Apple (`next_late_answer`) and to
    /// the lifecycle of the app (`next_event`). These calls need no expectation. A mock answers
    /// them as the test expects; after the last expected answer the core stops listening.
    #[must_use]
    pub fn watch<M: PortMock>(&self, mut mock: M) -> Arc<WatchedMock<M>> {
        mock.end_listening();
        let watched = Arc::new(WatchedMock { mock: RwLock::new(mock), panics: Mutex::default() });
        lock(&self.mocks).push(watched.clone());
        watched
    }

    /// Checks that every expectation was met. First wait until the app is idle: the core calls its
    /// ports in the background.
    ///
    /// # Panics
    /// When an expectation was broken. The message is the mock's.
    #[track_caller]
    #[expect(clippy::panic, reason = "the panic fails the test")]
    pub fn verify(self) {
        if let Some(report) = self.report() {
            panic!("{report}");
        }
    }

    /// Returns the broken expectations once; `None` = all were met.
    fn report(&self) -> Option<String> {
        let mocks = std::mem::take(&mut *lock(&self.mocks));
        let mut broken: Vec<_> = mocks.iter().flat_map(|mock| mock.broken_expectations()).collect();
        broken.dedup();
        (!broken.is_empty())
            .then(|| format!("expectations of mocks were broken:\n{}", broken.join("\n")))
    }
}

impl Drop for MockVerifier {
    /// Checks like [`MockVerifier::verify`], unless the test has failed already.
    #[expect(clippy::panic, reason = "the panic fails the test")]
    fn drop(&mut self) {
        let report = self.report();
        if let Some(report) = report.filter(|_| !std::thread::panicking()) {
            panic!("{report}");
        }
    }
}

/// A mock that a [`MockVerifier`] watches. It implements the port of the mock.
pub struct WatchedMock<M> {
    mock: RwLock<M>,
    /// The messages of the mock's panics.
    panics: Mutex<Vec<String>>,
}

impl<M> WatchedMock<M> {
    /// Makes a call, and records its panic before it reaches the core.
    async fn call<T>(&self, call: impl AsyncFnOnce(&M) -> T) -> T {
        let call = async { call(&*self.mock.read().await).await };
        match AssertUnwindSafe(call).catch_unwind().await {
            Ok(answer) => answer,
            Err(panic) => {
                lock(&self.panics).push(message(&*panic));
                resume_unwind(panic)
            }
        }
    }
}

impl<M> fmt::Debug for WatchedMock<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedMock").field("panics", &self.panics).finish_non_exhaustive()
    }
}

/// A watched mock of any port, as the verifier needs it.
trait Watched: fmt::Debug + Send + Sync {
    /// Returns the mock's messages about broken expectations, and replaces the mock by one without
    /// expectations.
    fn broken_expectations(&self) -> Vec<String>;
}

impl<M: PortMock> Watched for WatchedMock<M> {
    fn broken_expectations(&self) -> Vec<String> {
        let Ok(mut mock) = self.mock.try_write() else {
            return vec![
                "a call to a mock is still running: wait until the app is idle".to_owned(),
            ];
        };
        let mock = std::mem::take(&mut *mock);
        // A mock checks the numbers of its calls when it is dropped.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(mock)));
        let mut panics = std::mem::take(&mut *lock(&self.panics));
        if let Err(panic) = dropped
            && panics.is_empty()
        {
            panics.push(message(&*panic));
        }
        panics
    }
}

/// A mock of a port.
pub trait PortMock: Default + Send + Sync + sealed::Sealed + 'static {
    /// Ends the listening of the core after the calls that the test expects.
    #[doc(hidden)]
    fn end_listening(&mut self) {}
}

mod sealed {
    /// Restricts [`PortMock`](super::PortMock) to the mocks of the five ports.
    pub trait Sealed {}

    impl Sealed for super::MockBff {}
    impl Sealed for super::MockWallet {}
    impl Sealed for super::MockApplePairing {}
    impl Sealed for super::MockCache {}
    impl Sealed for super::MockAppLifecycle {}
}

impl PortMock for MockBff {}

#[async_trait]
impl Bff for WatchedMock<MockBff> {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.call(async |mock| mock.support(vin).await).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.call(async |mock| mock.pairing_status(vin).await).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.call(async |mock| mock.pairing_password(vin, key).await).await
    }
}

impl PortMock for MockCache {}

// `request_erasure` keeps its default: it has no answer, so that a test need not expect it.
#[async_trait]
impl Cache for WatchedMock<MockCache> {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.call(async |mock| mock.load(vin).await).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.call(async |mock| mock.store(vin, change).await).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.call(async |mock| mock.store_password(vin, password, generation).await).await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.call(async |mock| mock.take_use(vin).await).await
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.call(async |mock| mock.erase(vin).await).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.call(async |mock| mock.erase_all().await).await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.call(async |mock| mock.suspend().await).await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.call(async |mock| mock.resume().await).await
    }
}

impl PortMock for MockWallet {
    fn end_listening(&mut self) {
        let none = WalletError::new(WalletOperation::NextChange, WalletErrorKind::NotOffered);
        self.expect_next_change().returning(move || Err(none.clone()));
    }
}

#[async_trait]
impl Wallet for WatchedMock<MockWallet> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        self.call(async |mock| mock.presence(key).await).await
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.call(async |mock| mock.open(key).await).await
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.call(async |mock| mock.next_change().await).await
    }
}

impl PortMock for MockApplePairing {
    fn end_listening(&mut self) {
        self.expect_next_late_answer().returning(|| Ok(None));
    }
}

#[async_trait]
impl ApplePairing for WatchedMock<MockApplePairing> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        self.call(async |mock| mock.can_create_key(vin).await).await
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        self.call(async |mock| mock.start(request).await).await
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.call(async |mock| mock.sheet_is_up().await).await
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.call(async |mock| mock.next_late_answer().await).await
    }
}

impl PortMock for MockAppLifecycle {
    fn end_listening(&mut self) {
        self.expect_next_event().returning(|| None);
    }
}

#[async_trait]
impl AppLifecycle for WatchedMock<MockAppLifecycle> {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.call(async |mock| mock.next_event().await).await
    }
}

/// Returns the text of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a mock panicked").to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A mock never panics while one of these locks is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
