//! The `Cache` port with the ledger around it.

use std::sync::Arc;

use digital_key_domain::{Generation, RecordChange, StoredPassword, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheErrorKind, PairingPassword, Take, async_trait};

use crate::invariant::{Invariant, Violation};
use crate::ledger::{Call, Ledger};
use crate::world::Seat;

/// Passes every call on, and tells the ledger what was asked and what came of it.
pub(crate) struct WatchedStore {
    pub(crate) inner: Arc<dyn Cache>,
    pub(crate) seat: Seat,
    /// It is the running app that calls, and not a second instance.
    pub(crate) is_app: bool,
}

impl WatchedStore {
    fn ledger<T>(&self, tell: impl FnOnce(&mut Ledger) -> T) -> T {
        tell(&mut self.seat.world().devices[self.seat.phone].ledger)
    }

    /// A call about a vehicle begins. After a sign-out there is none before all is erased (GEN-5).
    /// An app that was killed makes none.
    async fn vehicle(&self, vin: Vin) -> usize {
        self.seat.alive().await;
        if self.is_app && self.ledger(|ledger| ledger.owes_erasure) {
            self.note(Err(Invariant::AsTheModelSays
                .violated("the store is used after a sign-out, and is not erased")));
        }
        self.seat.vehicle(vin)
    }

    fn note(&self, outcome: Result<(), Violation>) {
        if let Err(violation) = outcome {
            self.seat.world().violate(violation);
        }
    }

    /// What a failure and what is durable now say.
    fn ended<T>(
        &self,
        vehicle: Option<usize>,
        result: Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        if let Err(error) = &result {
            self.seat.listener.hear(format_args!("{error} {error:?}"));
            if error.kind() == CacheErrorKind::Lost {
                self.ledger(|ledger| ledger.lost(vehicle));
            }
        }
        if let Some(vehicle) = vehicle {
            let mut world = self.seat.world();
            let device = &mut world.devices[self.seat.phone];
            if !device.disk.is_lost(vehicle) {
                let counted = device.ledger.count(vehicle, &device.disk.durable[vehicle]);
                drop(world);
                self.note(counted);
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
            self.note(self.ledger(|ledger| ledger.loaded(vehicle, record)));
        }
        self.ended(Some(vehicle), result)
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        let vehicle = self.vehicle(vin).await;
        let begun = self.ledger(|ledger| ledger.begin(vehicle, Call::Change(change.clone())));
        let result = self.inner.store(vin, change).await;
        if result.is_ok() {
            self.ledger(|ledger| ledger.acknowledged(begun));
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
        let begun = self.ledger(|ledger| ledger.begin(vehicle, Call::StorePassword(generation)));
        let result = self.inner.store_password(vin, password, generation).await;
        if let Ok(answer) = &result {
            let noted = self.ledger(|ledger| ledger.stored_password(begun, generation, *answer));
            self.note(noted);
        }
        self.ended(Some(vehicle), result)
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        let vehicle = self.vehicle(vin).await;
        let begun = self.ledger(|ledger| ledger.begin(vehicle, Call::TakeUse));
        let result = self.inner.take_use(vin).await;
        if let Ok(answer) = &result {
            let durable = self.seat.world().durable(self.seat.phone, vehicle).clone();
            let noted = self.ledger(|ledger| ledger.took(begun, answer, &durable));
            self.note(noted);
        }
        self.ended(Some(vehicle), result)
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.seat.alive().await;
        self.ledger(Ledger::erasing);
        let result = self.inner.erase_all().await;
        if result.is_ok() {
            self.ledger(Ledger::erased);
        }
        self.ended(None, result)
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
