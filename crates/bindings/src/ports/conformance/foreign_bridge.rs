//! A foreign adapter that wraps one of the core's own.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{
    DigitalKeyId, Generation, PairingAnswer, PairingStatus, Presence, RecordChange, StoredPassword,
    SupportAnswer, VehicleRecord,
};
use digital_key_ports as ports;
use digital_key_ports::{
    ApplePairingErrorKind, BffErrorKind, CacheErrorKind, IdempotencyKey, LifecycleEvent,
    WalletErrorKind,
};

use crate::ports::{
    AppLifecycle, AppLifecycleError, ApplePairing, ApplePairingError, Bff, BffError, Cache,
    CacheError, LateAnswer, PairingRequest, Take, Wallet, WalletError,
};
use crate::secret::PairingPassword;
use digital_key_domain::Vin;

pub(super) struct ForeignBridge<A>(pub(super) A);

fn reason(error: &dyn Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

fn cache_error(error: ports::CacheError) -> CacheError {
    match error.kind() {
        CacheErrorKind::Busy => CacheError::Busy,
        CacheErrorKind::Lost => CacheError::Lost,
        CacheErrorKind::Unavailable => CacheError::Unavailable { reason: reason(&error) },
        CacheErrorKind::Suspended => CacheError::Suspended,
        kind => panic!("no adapter fails with {kind:?}"),
    }
}

#[async_trait]
impl<A: ports::Cache> Cache for ForeignBridge<A> {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.0.load(vin).await.map_err(cache_error)
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.0.store(vin, change).await.map_err(cache_error)
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: Arc<PairingPassword>,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let password = password.0.clone();
        self.0.store_password(vin, password, generation).await.map_err(cache_error)
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        Ok(match self.0.take_use(vin).await.map_err(cache_error)? {
            ports::Take::Granted { password, counted } => {
                Take::Granted { password: Arc::new(PairingPassword(password)), counted }
            }
            ports::Take::NoPassword => Take::NoPassword,
            ports::Take::Exhausted => Take::Exhausted,
        })
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.0.erase(vin).await.map_err(cache_error)
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.0.erase_all().await.map_err(cache_error)
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.0.suspend().await.map_err(cache_error)
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.0.resume().await.map_err(cache_error)
    }
}

fn bff_error(error: ports::BffError) -> BffError {
    match error.kind() {
        BffErrorKind::Unreachable => BffError::Unreachable { reason: reason(&error) },
        BffErrorKind::Interrupted => BffError::Interrupted { reason: reason(&error) },
        BffErrorKind::DeadlineExceeded => BffError::DeadlineExceeded,
        BffErrorKind::Status { status, wait } => BffError::Status { status, retry_after: wait },
        BffErrorKind::Unauthorized => BffError::Unauthorized,
        BffErrorKind::NoToken => BffError::NoToken { reason: reason(&error) },
        BffErrorKind::Malformed => BffError::Malformed { reason: reason(&error) },
        kind @ BffErrorKind::CircuitOpen { .. } | kind => panic!("no adapter fails with {kind:?}"),
    }
}

#[async_trait]
impl<A: ports::Bff> Bff for ForeignBridge<A> {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.0.support(vin).await.map_err(bff_error)
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.0.pairing_status(vin).await.map_err(bff_error)
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        idempotency_key: String,
    ) -> Result<Option<Arc<PairingPassword>>, BffError> {
        let key = IdempotencyKey::new(idempotency_key).unwrap();
        let password = self.0.pairing_password(vin, key).await.map_err(bff_error)?;
        Ok(password.map(|password| Arc::new(PairingPassword(password))))
    }
}

fn wallet_error(error: ports::WalletError) -> WalletError {
    match error.kind() {
        WalletErrorKind::Unavailable => WalletError::Unavailable { reason: reason(&error) },
        WalletErrorKind::NotOffered => WalletError::NotOffered,
        kind => panic!("no adapter fails with {kind:?}"),
    }
}

#[async_trait]
impl<A: ports::Wallet> Wallet for ForeignBridge<A> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        self.0.presence(key).await.map_err(wallet_error)
    }

    async fn open_wallet(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.0.open(key).await.map_err(wallet_error)
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.0.next_change().await.map_err(wallet_error)
    }
}

fn pairing_error(error: ports::ApplePairingError) -> ApplePairingError {
    match error.kind() {
        ApplePairingErrorKind::AlreadyRunning => ApplePairingError::AlreadyRunning,
        ApplePairingErrorKind::Unavailable => {
            ApplePairingError::Unavailable { reason: reason(&error) }
        }
        ApplePairingErrorKind::NotOffered => ApplePairingError::NotOffered,
        kind => panic!("no adapter fails with {kind:?}"),
    }
}

#[async_trait]
impl<A: ports::ApplePairing> ApplePairing for ForeignBridge<A> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        self.0.can_create_key(vin).await.map_err(pairing_error)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let request = ports::PairingRequest::new(request.vin, request.password.0.clone());
        self.0.start(request).await.map_err(pairing_error)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.0.sheet_is_up().await.map_err(pairing_error)
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        let late = self.0.next_late_answer().await.map_err(pairing_error)?;
        let to_foreign =
            |late: ports::LateAnswer| LateAnswer { vin: late.vin, answer: late.answer };
        Ok(late.map(to_foreign))
    }
}

#[async_trait]
impl<A: ports::AppLifecycle> AppLifecycle for ForeignBridge<A> {
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError> {
        Ok(self.0.next_event().await)
    }
}
