//! The control interface: changes vehicles, makes endpoints fail, and holds answers back.

mod http;

use std::collections::BTreeMap;
use std::time::Duration;

use digital_key_domain::Vin;
use tokio::sync::watch;

use crate::fault::{Endpoint, Fault};
use crate::fault_injection::{EndpointState, FaultInjector};
use crate::vehicle::{Vehicle, VehicleChange, VehicleError};
use crate::vehicle_store::SharedVehicleStore;

pub(crate) use http::router;

/// The handle that changes the vehicles behind the services, makes the endpoints of the BFF fail,
/// and holds their answers back. Clones control the same services.
///
/// Every change is in force when the call returns. Faults and holds are independent of each other:
/// healing a fault releases no answer, and releasing answers heals no fault.
///
/// The control interface offers the same over HTTP with JSON, and answers changes with 204:
///
/// | request | body | here |
/// |---|---|---|
/// | `GET /vehicles`, `GET /vehicles/{vin}` | | [`Control::vehicles`], [`Control::vehicle`] |
/// | `PUT /vehicles/{vin}` | | [`Control::put_vehicle`] with the defaults |
/// | `PATCH /vehicles/{vin}` | a [`VehicleChange`] | [`Control::change`] |
/// | `PUT /tracked-after` | `{"milliseconds":500}`, `null` = never | [`Control::set_tracked_after`] |
/// | `GET /endpoints` | | [`Control::endpoint`] for all of them |
/// | `PUT`, `DELETE /endpoints/{endpoint}/fault` | `{"fault":"503"}` | [`Control::fail`], [`Control::heal`] |
/// | `DELETE /faults` | | [`Control::heal_all`] |
/// | `PUT`, `DELETE /endpoints/{endpoint}/hold` | | [`Control::hold`], [`Control::release`] |
/// | `DELETE /changes` | | [`Control::reset`] |
#[derive(Clone)]
pub struct Control {
    vehicles: SharedVehicleStore,
    faults: FaultInjector,
}

impl Control {
    pub(crate) fn new(vehicles: SharedVehicleStore, faults: FaultInjector) -> Self {
        Self { vehicles, faults }
    }

    /// Returns all vehicles as they are now.
    #[must_use]
    pub fn vehicles(&self) -> BTreeMap<Vin, Vehicle> {
        self.vehicles.lock().vehicles()
    }

    /// Returns a vehicle as it is now; `None` when it was never added.
    #[must_use]
    pub fn vehicle(&self, vin: Vin) -> Option<Vehicle> {
        self.vehicles.lock().vehicle(vin)
    }

    /// Adds a vehicle or replaces it.
    ///
    /// # Errors
    /// [`VehicleError::TooMany`] beyond 1000 vehicles.
    pub fn put_vehicle(&self, vin: Vin, vehicle: Vehicle) -> Result<(), VehicleError> {
        self.vehicles.lock().put(vin, vehicle)
    }

    /// Changes a vehicle.
    ///
    /// # Errors
    /// [`VehicleError::Unknown`], and [`VehicleError::NoOwnerKey`] for `Tracked` without an owner
    /// key.
    pub fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), VehicleError> {
        self.vehicles.lock().change(vin, change)
    }

    /// Sets how long an untracked key stays untracked; `None` = until a change.
    ///
    /// The setting applies to existing keys, too: their time began when they were added.
    pub fn set_tracked_after(&self, tracked_after: Option<Duration>) {
        self.vehicles.lock().set_tracked_after(tracked_after);
    }

    /// Undoes every change: the vehicles and settings are those of
    /// [`BackendConfig`](crate::BackendConfig) again, the passwords that were issued are forgotten,
    /// all faults end, and the held answers are sent.
    pub fn reset(&self) {
        self.vehicles.lock().reset();
        self.heal_all();
        Endpoint::ALL.into_iter().for_each(|it| self.release(it));
    }

    /// Makes the requests to an endpoint fail until [`Control::heal`]. Replaces any other fault.
    pub fn fail(&self, endpoint: Endpoint, fault: Fault) {
        self.faults.set_fault(endpoint, Some(fault));
    }

    /// Ends the fault of an endpoint.
    pub fn heal(&self, endpoint: Endpoint) {
        self.faults.set_fault(endpoint, None);
    }

    /// Ends all faults. Answers that are held back stay held back.
    pub fn heal_all(&self) {
        Endpoint::ALL.into_iter().for_each(|it| self.heal(it));
    }

    /// Holds back the answers to requests that arrive from now on. A held answer shows the vehicle
    /// as it was when the request arrived.
    pub fn hold(&self, endpoint: Endpoint) {
        self.faults.hold(endpoint);
    }

    /// Sends the held answers and stops holding back.
    pub fn release(&self, endpoint: Endpoint) {
        self.faults.release(endpoint);
    }

    /// Returns how many requests have reached an endpoint; each try counts, failed ones included.
    #[must_use]
    pub fn requests(&self, endpoint: Endpoint) -> u64 {
        self.endpoint(endpoint).requests
    }

    /// Returns the faults, holds and counts of an endpoint.
    #[must_use]
    pub fn endpoint(&self, endpoint: Endpoint) -> EndpointState {
        self.faults.state(endpoint)
    }

    /// Watches how many answers are held back, over all endpoints.
    ///
    /// A request counts from the moment its answer is made until [`Control::release`] returns or
    /// its client hangs up.
    #[must_use]
    pub fn held(&self) -> watch::Receiver<usize> {
        self.faults.held()
    }
}
