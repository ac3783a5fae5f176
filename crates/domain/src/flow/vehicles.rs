//! The vehicles in the machine's memory, in the order of their VINs.

use super::vehicle::Vehicle;
use crate::Vin;

/// The number of vehicles from which all idle ones are dropped; they are loaded again when they are
/// needed.
const MAX_VEHICLES: usize = 64;

/// The vehicles in memory.
///
/// A sorted vector, since a user has one vehicle or a few: it is searched faster than a map, and the
/// first vehicle needs no allocation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Vehicles(Vec<Vehicle>);

impl Vehicles {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(1))
    }

    pub(super) fn get(&self, vin: Vin) -> Option<&Vehicle> {
        self.0.iter().find(|vehicle| vehicle.vin == vin)
    }

    pub(super) fn get_mut(&mut self, vin: Vin) -> Option<&mut Vehicle> {
        self.0.iter_mut().find(|vehicle| vehicle.vin == vin)
    }

    /// Returns a vehicle; it is new if it was not in memory. If there are too many, the idle ones
    /// that are not in use make room for a new one.
    pub(super) fn get_or_add(&mut self, vin: Vin, is_in_use: impl Fn(Vin) -> bool) -> &mut Vehicle {
        if self.0.len() >= MAX_VEHICLES && self.get(vin).is_none() {
            self.0.retain(|vehicle| !vehicle.is_idle() || is_in_use(vehicle.vin));
        }
        let at = self.0.partition_point(|vehicle| vehicle.vin < vin);
        if self.0.get(at).is_none_or(|vehicle| vehicle.vin != vin) {
            self.0.insert(at, Vehicle::new(vin));
        }
        &mut self.0[at]
    }

    pub(super) fn remove(&mut self, vin: Vin) {
        self.0.retain(|vehicle| vehicle.vin != vin);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    #[cfg(feature = "recording")]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Vehicle> {
        self.0.iter()
    }

    #[cfg(feature = "exploration")]
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Vehicle> {
        self.0.iter_mut()
    }
}
