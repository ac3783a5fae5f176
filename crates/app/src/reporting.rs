//! A decorator that reports each failed call of a port to the host.
#![allow(
    clippy::missing_const_for_thread_local,
    reason = "the value is const; on Android the lint reports the macro's own code"
)]

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{
    DigitalKeyId, Generation, PairingAnswer, PairingStatus, Presence, RecordChange, StoredPassword,
    SupportAnswer, VehicleRecord, Vin,
};
use digital_key_ports::{
    ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation, Bff, BffError,
    BffErrorKind, BffOperation, Cache, CacheError, CacheErrorKind, CacheOperation, IdempotencyKey,
    LateAnswer, PairingPassword, PairingRequest, PortError, PortErrorKind, Take, Wallet,
    WalletError, WalletErrorKind, WalletOperation,
};
use futures_util::FutureExt as _;
use futures_util::future::Fuse;
use tokio::time::error::Elapsed;

/// A failed call of a port: one try, before any retry.
///
/// It has neither a password nor a token nor a whole VIN (GEN-6). `Display` is one line for a log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PortFailure {
    /// The port and the call.
    pub call: PortCall,
    /// Why the call failed.
    pub kind: PortFailureKind,
    /// What happened, with its causes, on one line.
    pub reason: String,
}

/// A call of one of the ports whose calls can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortCall {
    /// A call of [`Bff`].
    Bff(BffOperation),
    /// A call of [`Wallet`].
    Wallet(WalletOperation),
    /// A call of [`ApplePairing`].
    ApplePairing(ApplePairingOperation),
    /// A call of [`Cache`].
    Cache(CacheOperation),
}

/// Why a call of a port failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PortFailureKind {
    /// The error of [`Bff`].
    Bff(BffErrorKind),
    /// The error of [`Wallet`].
    Wallet(WalletErrorKind),
    /// The error of [`ApplePairing`].
    ApplePairing(ApplePairingErrorKind),
    /// The error of [`Cache`].
    Cache(CacheErrorKind),
    /// There was no answer before the deadline, or before a sign-out ended the call.
    NoAnswer,
    /// The adapter panicked.
    Panicked,
}

/// Called with each failed call of a port; for the log of the host.
pub type PortFailureObserver = Arc<dyn Fn(&PortFailure) + Send + Sync>;

impl PortFailure {
    /// Returns the name of the port: `bff`, `wallet`, `apple_pairing` or `cache`.
    #[must_use]
    pub fn port(&self) -> &'static str {
        match self.call {
            PortCall::Bff(_) => "bff",
            PortCall::Wallet(_) => "wallet",
            PortCall::ApplePairing(_) => "apple_pairing",
            PortCall::Cache(_) => "cache",
        }
    }

    /// Returns whether the same call may work when it is made again without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind {
            PortFailureKind::Bff(kind) => kind.is_retryable(),
            PortFailureKind::Wallet(kind) => kind.is_retryable(),
            PortFailureKind::ApplePairing(kind) => kind.is_retryable(),
            PortFailureKind::Cache(kind) => kind.is_retryable(),
            PortFailureKind::NoAnswer | PortFailureKind::Panicked => true,
        }
    }
}

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.port(), self.reason)
    }
}

impl fmt::Display for PortCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bff(operation) => operation.fmt(f),
            Self::Wallet(operation) => operation.fmt(f),
            Self::ApplePairing(operation) => operation.fmt(f),
            Self::Cache(operation) => operation.fmt(f),
        }
    }
}

/// Adds the conversions of one port's error into a [`PortFailure`].
macro_rules! reported {
    ($port:ident, $operation:ty, $kind:ty) => {
        impl From<$operation> for PortCall {
            fn from(operation: $operation) -> Self {
                Self::$port(operation)
            }
        }

        impl From<$kind> for PortFailureKind {
            fn from(kind: $kind) -> Self {
                Self::$port(kind)
            }
        }
    };
}

reported!(Bff, BffOperation, BffErrorKind);
reported!(Wallet, WalletOperation, WalletErrorKind);
reported!(ApplePairing, ApplePairingOperation, ApplePairingErrorKind);
reported!(Cache, CacheOperation, CacheErrorKind);

/// A port whose failures are reported to an observer.
pub struct Reporting<P: ?Sized> {
    port: Arc<P>,
    observer: PortFailureObserver,
}

impl<P: ?Sized> Reporting<P> {
    /// Wraps a port.
    #[must_use]
    pub fn new(port: Arc<P>, observer: &PortFailureObserver) -> Self {
        Self { port, observer: Arc::clone(observer) }
    }

    /// Waits for a call that has a deadline. A call that is cancelled counts as failed.
    async fn watch<T, O, K>(
        &self,
        call: O,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>>
    where
        O: Copy + fmt::Debug + fmt::Display + Into<PortCall>,
        K: PortErrorKind + Into<PortFailureKind>,
    {
        let call = call.into();
        self.answer(PendingCall { call, observer: &self.observer, has_deadline: true }, answer)
            .await
    }

    /// Waits for a call that has no deadline. Cancelling it is no failure.
    async fn wait<T, O, K>(
        &self,
        call: O,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>>
    where
        O: Copy + fmt::Debug + fmt::Display + Into<PortCall>,
        K: PortErrorKind + Into<PortFailureKind>,
    {
        let call = call.into();
        self.answer(PendingCall { call, observer: &self.observer, has_deadline: false }, answer)
            .await
    }

    async fn answer<T, O, K>(
        &self,
        pending: PendingCall<'_>,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>>
    where
        O: Copy + fmt::Debug + fmt::Display + Into<PortCall>,
        K: PortErrorKind + Into<PortFailureKind>,
    {
        let answer = answer.await;
        if let Err(error) = &answer {
            let (kind, reason) = (error.kind().into(), Chain(error).to_string());
            (self.observer)(&PortFailure { call: pending.call, kind, reason });
        }
        std::mem::forget(pending);
        answer
    }
}

/// A call without an answer. It is dropped when the call is cancelled or panics.
struct PendingCall<'a> {
    call: PortCall,
    observer: &'a PortFailureObserver,
    has_deadline: bool,
}

impl Drop for PendingCall<'_> {
    fn drop(&mut self) {
        let (kind, what) = if std::thread::panicking() {
            (PortFailureKind::Panicked, "the adapter panicked")
        } else if self.has_deadline {
            let what = match IS_LATE.get() {
                true => "there was no answer in time",
                false => "the call was cancelled before its answer, as by a sign-out",
            };
            (PortFailureKind::NoAnswer, what)
        } else {
            return;
        };
        let reason = format!("{} failed: {what}", self.call);
        (self.observer)(&PortFailure { call: self.call, kind, reason });
    }
}

thread_local! {
    /// A call is being dropped because its deadline passed.
    static IS_LATE: Cell<bool> = const { Cell::new(false) };
}

/// Waits for a call until its deadline. A call that is dropped here is reported as late, and one that
/// is dropped elsewhere as cancelled.
pub(crate) async fn within<T>(
    deadline: Duration,
    call: impl Future<Output = T>,
) -> Result<T, Elapsed> {
    let mut call = pin!(call.fuse());
    let answer = tokio::time::timeout(deadline, &mut call).await;
    if answer.is_err() {
        IS_LATE.set(true);
        call.set(Fuse::terminated());
        IS_LATE.set(false);
    }
    answer
}

/// An error with its causes, on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[async_trait]
impl Bff for Reporting<dyn Bff> {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.watch(BffOperation::Support, self.port.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.watch(BffOperation::PairingStatus, self.port.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.watch(BffOperation::PairingPassword, self.port.pairing_password(vin, key)).await
    }
}

#[async_trait]
impl Wallet for Reporting<dyn Wallet> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        self.watch(WalletOperation::Presence, self.port.presence(key)).await
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.watch(WalletOperation::Open, self.port.open(key)).await
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.wait(WalletOperation::NextChange, self.port.next_change()).await
    }
}

#[async_trait]
impl ApplePairing for Reporting<dyn ApplePairing> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        self.watch(ApplePairingOperation::CanCreateKey, self.port.can_create_key(vin)).await
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        self.wait(ApplePairingOperation::Start, self.port.start(request)).await
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.watch(ApplePairingOperation::SheetIsUp, self.port.sheet_is_up()).await
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.wait(ApplePairingOperation::NextLateAnswer, self.port.next_late_answer()).await
    }
}

#[async_trait]
impl Cache for Reporting<dyn Cache> {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.watch(CacheOperation::Load, self.port.load(vin)).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.watch(CacheOperation::Store, self.port.store(vin, change)).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let stored = self.port.store_password(vin, password, generation);
        self.watch(CacheOperation::StorePassword, stored).await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.watch(CacheOperation::TakeUse, self.port.take_use(vin)).await
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.watch(CacheOperation::Erase, self.port.erase(vin)).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.watch(CacheOperation::EraseAll, self.port.erase_all()).await
    }

    fn request_erasure(&self) {
        self.port.request_erasure();
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.watch(CacheOperation::Suspend, self.port.suspend()).await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.watch(CacheOperation::Resume, self.port.resume()).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn a_call_without_an_answer_says_whether_it_was_late_or_cancelled() {
        let failures = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&failures);
        let observer: PortFailureObserver =
            Arc::new(move |failure| seen.lock().unwrap().push(failure.reason.clone()));
        let reporting = Reporting::new(Arc::new(()), &observer);
        let hanging = || {
            let never = std::future::pending::<Result<(), BffError>>();
            reporting.watch(BffOperation::Support, never)
        };
        within(Duration::from_millis(1), hanging()).await.unwrap_err();
        let mut cancelled = Box::pin(within(Duration::MAX, hanging()));
        assert!(cancelled.as_mut().now_or_never().is_none());
        drop(cancelled);
        let expected = [
            "support failed: there was no answer in time",
            "support failed: the call was cancelled before its answer, as by a sign-out",
        ];
        assert_eq!(*failures.lock().unwrap(), expected);
    }
}
