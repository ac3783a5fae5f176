//! The vehicles of the account, in memory: what the SmAcc service answers from, and what
//! [`Control`](crate::Control) changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use digital_key_bff::smacc::Password;
use digital_key_domain::Vin;
use tokio::time::Instant;

use crate::password::IssuedPasswords;
use crate::vehicle::{Vehicle, VehicleChange, VehicleError};

/// The vehicles and the passwords that were issued for them.
pub(crate) struct VehicleStore {
    vehicles: BTreeMap<Vin, Entry>,
    issued: IssuedPasswords,
    tracked_after: Option<Duration>,
    /// What [`VehicleStore::reset`] restores.
    start: Start,
}

/// The vehicles and the setting at the start.
struct Start {
    vehicles: BTreeMap<Vin, Vehicle>,
    tracked_after: Option<Duration>,
}

struct Entry {
    vehicle: Vehicle,
    /// When the owner key, or whether it is tracked, was set last; unused without an owner key.
    key_since: Instant,
}

impl VehicleStore {
    /// How many vehicles the store holds at most.
    pub(crate) const MAX_VEHICLES: usize = 1000;

    /// Makes a store with these vehicles.
    pub(crate) fn new(
        vehicles: BTreeMap<Vin, Vehicle>,
        tracked_after: Option<Duration>,
    ) -> Result<Self, VehicleError> {
        let limit = Self::MAX_VEHICLES;
        if let Some(&vin) = vehicles.keys().nth(limit) {
            return Err(VehicleError::TooMany { vin, limit });
        }
        let mut store = Self {
            vehicles: BTreeMap::new(),
            issued: IssuedPasswords::default(),
            tracked_after: None,
            start: Start { vehicles, tracked_after },
        };
        store.reset();
        Ok(store)
    }

    /// Restores the vehicles and the setting of the start, and forgets the passwords that were
    /// issued.
    pub(crate) fn reset(&mut self) {
        let key_since = Instant::now();
        let vehicles = self.start.vehicles.iter();
        self.vehicles = vehicles
            .map(|(vin, vehicle)| (*vin, Entry { vehicle: vehicle.clone(), key_since }))
            .collect();
        self.issued = IssuedPasswords::default();
        self.tracked_after = self.start.tracked_after;
    }

    pub(crate) fn set_tracked_after(&mut self, tracked_after: Option<Duration>) {
        self.tracked_after = tracked_after;
    }

    pub(crate) fn put(&mut self, vin: Vin, vehicle: Vehicle) -> Result<(), VehicleError> {
        let limit = Self::MAX_VEHICLES;
        if self.vehicles.len() >= limit && !self.vehicles.contains_key(&vin) {
            return Err(VehicleError::TooMany { vin, limit });
        }
        let key_since = Instant::now();
        self.vehicles.insert(vin, Entry { vehicle, key_since });
        Ok(())
    }

    pub(crate) fn change(&mut self, vin: Vin, change: VehicleChange) -> Result<(), VehicleError> {
        let entry = self.vehicles.get_mut(&vin).ok_or(VehicleError::Unknown { vin })?;
        let vehicle = &mut entry.vehicle;
        match change {
            VehicleChange::DigitalKey(object) => vehicle.digital_key = object,
            VehicleChange::OwnerKey(key) => {
                vehicle.owner_key = key;
                entry.key_since = Instant::now();
            }
            VehicleChange::Tracked(tracked) => {
                let key = vehicle.owner_key.as_mut();
                key.ok_or(VehicleError::NoOwnerKey { vin })?.tracked = tracked;
                entry.key_since = Instant::now();
            }
            VehicleChange::Prepared(prepared) => vehicle.prepared = prepared,
            VehicleChange::PrimarySubscriber(primary) => vehicle.primary_subscriber = primary,
            VehicleChange::Password(source) => vehicle.password = source,
        }
        Ok(())
    }

    pub(crate) fn vehicle(&self, vin: Vin) -> Option<Vehicle> {
        self.vehicles.get(&vin).map(|entry| self.current(entry))
    }

    pub(crate) fn vehicles(&self) -> BTreeMap<Vin, Vehicle> {
        self.vehicles.iter().map(|(vin, entry)| (*vin, self.current(entry))).collect()
    }

    /// Returns the vehicle as it is at this moment: its key may have become tracked meanwhile.
    fn current(&self, entry: &Entry) -> Vehicle {
        let mut vehicle = entry.vehicle.clone();
        if let (Some(key), Some(after)) = (&mut vehicle.owner_key, self.tracked_after) {
            key.tracked |= entry.key_since.elapsed() >= after;
        }
        vehicle
    }

    /// Issues a password; the same one for the same idempotency key. `Ok(None)` = the vehicle has
    /// none.
    pub(crate) fn issue_password(
        &mut self,
        vin: Vin,
        key: &str,
    ) -> Result<Option<Password>, VehicleError> {
        let entry = self.vehicles.get(&vin).ok_or(VehicleError::Unknown { vin })?;
        Ok(self.issued.issue(vin, key, &entry.vehicle.password))
    }
}

/// The vehicle store that the SmAcc service and the control interface share.
#[derive(Clone)]
pub(crate) struct SharedVehicleStore(Arc<Mutex<VehicleStore>>);

impl SharedVehicleStore {
    pub(crate) fn new(store: VehicleStore) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, VehicleStore> {
        // No change can panic half done, so the store is whole also after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
