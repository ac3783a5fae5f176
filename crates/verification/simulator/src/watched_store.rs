//! The `Cache` port with the ledger around it.

use std::sync::Arc;

use digital_key_domain::{Generation, RecordChange, StoredPassword, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheErrorKind, PairingPassword, Take, async_trait};

use crate::environment::AppContext;
use crate::invariant::{Invariant, Violation};
use crate::ledger::{Call, Ledger};

/// Passes every call on, and notes in the ledger what was asked and how it ended.
pub(crate) struct WatchedStore {
    pub(crate) inner: Arc<dyn Cache>,
    pub(crate) context: AppContext,
    /// The running app calls, and not a second instance.
    pub(crate) is_app: bool,
}

impl WatchedStore {
    fn ledger<T>(&self, note: impl FnOnce(&mut Ledger) -> T) -> T {
        note(&mut self.context.environment().devices[self.context.phone].ledger)
    }

    /// Begins a call about a vehicle. After a sign-out there must be none before everything is erased
    /// (GEN-5). An app that was killed makes none.
    async fn vehicle(&self, vin: Vin) -> usize {
        self.context.alive().await;
        if self.is_app && self.ledger(|ledger| ledger.owes_erasure) {
            self.record(Err(Invariant::SignedOutIsGone
                .violated("the store is used after a sign-out, and is not erased")));
        }
        let vehicle = self.context.vehicle(vin);
        if self.is_app && self.ledger(|ledger| ledger.owes_erasure_of(vehicle)) {
            self.record(Err(Invariant::ForgottenIsGone
                .violated("the store is used for a forgotten vehicle, which is not erased")));
        }
        vehicle
    }

    fn record(&self, outcome: Result<(), Violation>) {
        if let Err(violation) = outcome {
            self.context.environment().record_violation(violation);
        }
    }

    /// Ends a call: its failure must leak nothing, and the durable count must not have fallen.
    fn ended<T>(
        &self,
        vehicle: Option<usize>,
        result: Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        if let Err(error) = &result {
            self.context.leak_detector.check(format_args!("{error} {error:?}"));
            if error.kind() == CacheErrorKind::Lost {
                self.ledger(|ledger| ledger.lost(vehicle));
            }
        }
        if let Some(vehicle) = vehicle {
            let mut environment = self.context.environment();
            let device = &mut environment.devices[self.context.phone];
            if !device.disk.is_lost(vehicle) {
                let counted = device.ledger.count(vehicle, &device.disk.durable[vehicle]);
                drop(environment);
                self.record(counted);
            }
        }
        result
    }
}

#[async_trait]
impl Cache for WatchedStore {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        let vehicle = self.vehicle(vin).await;
        let result = self.inner.load(vin).await;
        if let Ok(record) = &result {
            self.record(self.ledger(|ledger| ledger.loaded(vehicle, record)));
        }
        self.ended(Some(vehicle), result)
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        let vehicle = self.vehicle(vin).await;
        let pending = self.ledger(|ledger| ledger.begin(vehicle, Call::Change(change.clone())));
        let result = self.inner.store(vin, change).await;
        if result.is_ok() {
            self.ledger(|ledger| ledger.acknowledged(pending));
        }
        self.ended(Some(vehicle), result)
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let vehicle = self.vehicle(vin).await;
        let pending = self.ledger(|ledger| ledger.begin(vehicle, Call::StorePassword(generation)));
        let result = self.inner.store_password(vin, password, generation).await;
        if let Ok(answer) = &result {
            let noted = self.ledger(|ledger| ledger.stored_password(pending, generation, *answer));
            self.record(noted);
        }
        self.ended(Some(vehicle), result)
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        let vehicle = self.vehicle(vin).await;
        let pending = self.ledger(|ledger| ledger.begin(vehicle, Call::TakeUse));
        let result = self.inner.take_use(vin).await;
        if let Ok(answer) = &result {
            let durable = self.context.environment().durable(self.context.phone, vehicle).clone();
            let noted = self.ledger(|ledger| ledger.took(pending, answer, &durable));
            self.record(noted);
        }
        self.ended(Some(vehicle), result)
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.context.alive().await;
        let vehicle = self.context.vehicle(vin);
        self.ledger(|ledger| ledger.forgetting(vehicle));
        let result = self.inner.erase(vin).await;
        if result.is_ok() {
            self.ledger(|ledger| ledger.forgotten(vehicle));
        }
        self.ended(None, result)
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.context.alive().await;
        self.ledger(Ledger::erasing);
        let result = self.inner.erase_all().await;
        if result.is_ok() {
            self.ledger(Ledger::erased);
        }
        self.ended(None, result)
    }

    fn request_erasure(&self) {
        self.ledger(Ledger::erasing);
        self.inner.request_erasure();
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        let result = self.inner.suspend().await;
        self.ended(None, result)
    }

    async fn resume(&self) -> Result<(), CacheError> {
        let result = self.inner.resume().await;
        self.ended(None, result)
    }
}
