//! A foreign adapter that stands on one of ours.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{
    DigitalKeyId, Generation, PairingAnswer, PairingStatus, Presence, RecordChange, StoredPassword,
    SupportAnswer, VehicleRecord,
};
use digital_key_ports as ports;
use digital_key_ports::{IdempotencyKey, LifecycleEvent};

use crate::ports::{
    AppLifecycle, AppLifecycleError, ApplePairing, ApplePairingError, Bff, BffError, Cache,
    CacheError, LateAnswer, PairingRequest, Take, Wallet, WalletError,
};
use crate::secret::PairingPassword;
use crate::vin::Vin;

pub(super) struct Abroad<A>(pub(super) A);

fn cache_error(error: ports::CacheError) -> CacheError {
    match error {
        ports::CacheError::Busy { .. } => CacheError::Busy,
        ports::CacheError::Lost { .. } => CacheError::Lost,
        ports::CacheError::Unavailable { cause, .. } => {
            CacheError::Unavailable { reason: cause.to_string() }
        }
        ports::CacheError::Suspended { .. } => CacheError::Suspended,
    }
}

#[async_trait]
impl<A: ports::Cache> Cache for Abroad<A> {
    async fn load(&self, vin: Arc<Vin>) -> Result<VehicleRecord, CacheError> {
        self.0.load(vin.0).await.map_err(cache_error)
    }

    async fn store(&self, vin: Arc<Vin>, change: RecordChange) -> Result<(), CacheError> {
        self.0.store(vin.0, change).await.map_err(cache_error)
    }

    async fn store_password(
        &self,
        vin: Arc<Vin>,
        password: Arc<PairingPassword>,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let password = password.0.clone();
        self.0.store_password(vin.0, password, generation).await.map_err(cache_error)
    }

    async fn take_use(&self, vin: Arc<Vin>) -> Result<Take, CacheError> {
        Ok(match self.0.take_use(vin.0).await.map_err(cache_error)? {
            ports::Take::Granted { password, counted } => {
                Take::Granted { password: Arc::new(PairingPassword(password)), counted }
            }
            ports::Take::NoPassword => Take::NoPassword,
            ports::Take::Exhausted => Take::Exhausted,
        })
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
    use ports::BffError as Core;
    match error {
        Core::Unreachable { cause, .. } => BffError::Unreachable { reason: cause.to_string() },
        Core::Interrupted { cause, .. } => BffError::Interrupted { reason: cause.to_string() },
        Core::DeadlineExceeded { .. } => BffError::DeadlineExceeded,
        Core::Status { status, retry_after, .. } => BffError::Status { status, retry_after },
        Core::Unauthorized { .. } => BffError::Unauthorized,
        Core::NoToken { cause, .. } => BffError::NoToken { reason: cause.to_string() },
        Core::Malformed { what, .. } => BffError::Malformed { reason: what },
        Core::CircuitOpen { .. } => panic!("no adapter has a circuit breaker"),
    }
}

#[async_trait]
impl<A: ports::Bff> Bff for Abroad<A> {
    async fn support(&self, vin: Arc<Vin>) -> Result<SupportAnswer, BffError> {
        self.0.support(vin.0).await.map_err(bff_error)
    }

    async fn pairing_status(&self, vin: Arc<Vin>) -> Result<PairingStatus, BffError> {
        self.0.pairing_status(vin.0).await.map_err(bff_error)
    }

    async fn pairing_password(
        &self,
        vin: Arc<Vin>,
        idempotency_key: String,
    ) -> Result<Option<Arc<PairingPassword>>, BffError> {
        let key = IdempotencyKey::new(idempotency_key).unwrap();
        let password = self.0.pairing_password(vin.0, key).await.map_err(bff_error)?;
        Ok(password.map(|password| Arc::new(PairingPassword(password))))
    }
}

fn wallet_error(error: ports::WalletError) -> WalletError {
    match error {
        ports::WalletError::Unavailable { cause, .. } => {
            WalletError::Unavailable { reason: cause.to_string() }
        }
        ports::WalletError::NotOffered { .. } => WalletError::NotOffered,
    }
}

#[async_trait]
impl<A: ports::Wallet> Wallet for Abroad<A> {
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
    match error {
        ports::ApplePairingError::AlreadyRunning => ApplePairingError::AlreadyRunning,
        ports::ApplePairingError::Unavailable { cause, .. } => {
            ApplePairingError::Unavailable { reason: cause.to_string() }
        }
        ports::ApplePairingError::NotOffered { .. } => ApplePairingError::NotOffered,
    }
}

#[async_trait]
impl<A: ports::ApplePairing> ApplePairing for Abroad<A> {
    async fn can_create_key(&self, vin: Arc<Vin>) -> Result<bool, ApplePairingError> {
        self.0.can_create_key(vin.0).await.map_err(pairing_error)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let request = ports::PairingRequest::new(request.vin.0, request.password.0.clone());
        self.0.start(request).await.map_err(pairing_error)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        self.0.sheet_is_up().await.map_err(pairing_error)
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        let late = self.0.next_late_answer().await.map_err(pairing_error)?;
        let abroad =
            |late: ports::LateAnswer| LateAnswer { vin: Vin::wrap(late.vin), answer: late.answer };
        Ok(late.map(abroad))
    }
}

#[async_trait]
impl<A: ports::AppLifecycle> AppLifecycle for Abroad<A> {
    async fn next_event(&self) -> Result<Option<LifecycleEvent>, AppLifecycleError> {
        Ok(self.0.next_event().await)
    }
}
