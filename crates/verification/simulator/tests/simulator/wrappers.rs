//! Ports with a fault, around sound ones.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use digital_key_domain::{
    Generation, PairingStatus, RecordChange, StoredPassword, SupportAnswer, VehicleRecord, Vin,
};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, Cache, CacheError, IdempotencyKey, PairingPassword,
    Take, async_trait,
};

/// The flaw of a BFF, when it is asked for a status.
#[derive(Clone, Copy)]
pub(crate) enum BffFlaw {
    /// It answers what it has answered about the other vehicle.
    AnswersAboutAnother,
    /// It asks twice at a time.
    AsksTwice,
    /// It names the whole VIN in an error.
    NamesVin,
    /// It waits for a time that cannot be repeated.
    WaitsUnseeded,
}

pub(crate) struct FlawedBff {
    pub(crate) inner: Arc<dyn Bff>,
    pub(crate) flaw: BffFlaw,
    pub(crate) answered: Mutex<BTreeMap<Vin, PairingStatus>>,
}

#[async_trait]
impl Bff for FlawedBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.inner.support(vin).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        let inner = &self.inner;
        match self.flaw {
            BffFlaw::AnswersAboutAnother => {
                let status = inner.pairing_status(vin).await?;
                let mut answered = self.answered.lock().unwrap();
                let other = answered.iter().find(|(of, _)| **of != vin).map(|(_, it)| it.clone());
                answered.insert(vin, status.clone());
                Ok(other.unwrap_or(status))
            }
            BffFlaw::AsksTwice => {
                let (one, two) = tokio::join!(inner.pairing_status(vin), inner.pairing_status(vin));
                one.or(two)
            }
            BffFlaw::NamesVin => inner.pairing_status(vin).await.map_err(|_| {
                let cause = format!("no status of {}", vin.as_str());
                BffError::new(BffOperation::PairingStatus, BffErrorKind::Interrupted)
                    .with_source(cause)
            }),
            BffFlaw::WaitsUnseeded => {
                let millis = RandomState::new().hash_one(vin) % 500;
                tokio::time::sleep(Duration::from_millis(millis)).await;
                inner.pairing_status(vin).await
            }
        }
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.inner.pairing_password(vin, key).await
    }
}

/// The flaw of a cache.
#[derive(Clone, Copy)]
pub(crate) enum CacheFlaw {
    /// It says that a definite no is stored, and does not store it.
    ForgetsNo,
    /// It answers a take with the grant that it gave before.
    GrantsAgain,
    /// It says that a vehicle is erased, and keeps it.
    ErasesNoVehicle,
    /// It ignores that an erasure follows.
    ForgetsRequests,
}

pub(crate) struct FlawedCache {
    pub(crate) inner: Arc<dyn Cache>,
    pub(crate) flaw: CacheFlaw,
    pub(crate) granted: Mutex<BTreeMap<Vin, Take>>,
}

#[async_trait]
impl Cache for FlawedCache {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.inner.load(vin).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        let is_no = matches!(change, RecordChange::Presence { on_this_phone: false, .. });
        if is_no && matches!(self.flaw, CacheFlaw::ForgetsNo) {
            return Ok(());
        }
        self.inner.store(vin, change).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.inner.store_password(vin, password, generation).await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        if let Some(granted) = self.granted.lock().unwrap().get(&vin) {
            return Ok(granted.clone());
        }
        let taken = self.inner.take_use(vin).await?;
        if matches!((&taken, self.flaw), (Take::Granted { .. }, CacheFlaw::GrantsAgain)) {
            self.granted.lock().unwrap().insert(vin, taken.clone());
        }
        Ok(taken)
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        if matches!(self.flaw, CacheFlaw::ErasesNoVehicle) {
            return Ok(());
        }
        self.inner.erase(vin).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.inner.erase_all().await
    }

    fn request_erasure(&self) {
        if !matches!(self.flaw, CacheFlaw::ForgetsRequests) {
            self.inner.request_erasure();
        }
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.inner.suspend().await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.inner.resume().await
    }
}
