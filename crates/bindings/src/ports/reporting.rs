//! A decorator that reports each failed call of a port to the client, of any adapter.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{
    DigitalKeyId, Generation, PairingAnswer, PairingStatus, Presence, RecordChange, StoredPassword,
    SupportAnswer, VehicleRecord, Vin,
};
use digital_key_ports::{
    ApplePairing, ApplePairingError, Bff, BffError, Cache, CacheError, IdempotencyKey, LateAnswer,
    PairingPassword, PairingRequest, PortError, PortErrorKind, Take, Wallet, WalletError,
};

use crate::error::{PortCall, PortFailure, chain};
use crate::listener::{Report, Reporter};

/// A port whose failures are reported.
pub(super) struct Reporting<P: ?Sized> {
    port: Arc<P>,
    reporter: Reporter,
}

impl<P: ?Sized> Reporting<P> {
    pub(super) fn new(port: &Arc<P>, reporter: &Reporter) -> Self {
        Self { port: Arc::clone(port), reporter: reporter.clone() }
    }

    /// Waits for a call that has a deadline. A call that is cancelled counts as failed.
    async fn watch<T, O: Operation, K: PortErrorKind>(
        &self,
        call: PortCall,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>> {
        self.answer(PendingCall { call, reporter: &self.reporter, has_deadline: true }, answer)
            .await
    }

    /// Waits for a call that has no deadline. Cancelling it is no failure.
    async fn wait<T, O: Operation, K: PortErrorKind>(
        &self,
        call: PortCall,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>> {
        self.answer(PendingCall { call, reporter: &self.reporter, has_deadline: false }, answer)
            .await
    }

    async fn answer<T, O: Operation, K: PortErrorKind>(
        &self,
        pending: PendingCall<'_>,
        answer: impl Future<Output = Result<T, PortError<O, K>>>,
    ) -> Result<T, PortError<O, K>> {
        let answer = answer.await;
        if let Err(error) = &answer {
            let failure = PortFailure::new(pending.call, error.is_retryable(), chain(error));
            self.reporter.report(Report::Port(failure));
        }
        std::mem::forget(pending);
        answer
    }
}

/// A call without an answer. It is dropped when the call is cancelled or panics.
struct PendingCall<'a> {
    call: PortCall,
    reporter: &'a Reporter,
    has_deadline: bool,
}

impl Drop for PendingCall<'_> {
    fn drop(&mut self) {
        let reason = if std::thread::panicking() {
            "the adapter panicked"
        } else if self.has_deadline {
            "there was no answer before the deadline or a sign-out"
        } else {
            return;
        };
        let failure = PortFailure::new(self.call, true, reason.to_owned());
        self.reporter.report(Report::Port(failure));
    }
}

/// What the operations of all ports have in common.
trait Operation: Copy + fmt::Debug + fmt::Display {}

impl<O: Copy + fmt::Debug + fmt::Display> Operation for O {}

#[async_trait]
impl Bff for Reporting<dyn Bff> {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.watch(PortCall::Support, self.port.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.watch(PortCall::PairingStatus, self.port.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.watch(PortCall::PairingPassword, self.port.pairing_password(vin, key)).await
    }
}

#[async_trait]
impl Wallet for Reporting<dyn Wallet> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        self.watch(PortCall::Presence, self.port.presence(key)).await
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.watch(PortCall::OpenWallet, self.port.open(key)).await
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.wait(PortCall::NextChange, self.port.next_change()).await
    }
}

#[async_trait]
impl ApplePairing for Reporting<dyn ApplePairing> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        self.watch(PortCall::CanCreateKey, self.port.can_create_key(vin)).await
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        self.wait(PortCall::StartPairing, self.port.start(request)).await
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.watch(PortCall::SheetIsUp, self.port.sheet_is_up()).await
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.wait(PortCall::NextLateAnswer, self.port.next_late_answer()).await
    }
}

#[async_trait]
impl Cache for Reporting<dyn Cache> {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.watch(PortCall::Load, self.port.load(vin)).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.watch(PortCall::Store, self.port.store(vin, change)).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let stored = self.port.store_password(vin, password, generation);
        self.watch(PortCall::StorePassword, stored).await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.watch(PortCall::TakeUse, self.port.take_use(vin)).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.watch(PortCall::EraseAll, self.port.erase_all()).await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.watch(PortCall::Suspend, self.port.suspend()).await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.watch(PortCall::Resume, self.port.resume()).await
    }
}
