//! Changing the world behind the services, and making them fail.

mod http;

use std::collections::BTreeMap;
use std::time::Duration;

use digital_key_domain::Vin;
use tokio::sync::watch;

use crate::fault::{Endpoint, Fault};
use crate::gate::{EndpointState, Gates};
use crate::world::{SharedWorld, Vehicle, VehicleChange, WorldError};

pub(crate) use http::router;

/// The handle to the world behind the services. Clones share one world.
///
/// Every change is in force when the call returns. Faults and holds are independent of each other:
/// a fault is healed without releasing answers, and answers are released without healing.
///
/// The control interface does the same over HTTP, with JSON, and answers changes with 204:
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
#[derive(Clone)]
pub struct Control {
    world: SharedWorld,
    gates: Gates,
}

impl Control {
    pub(crate) fn new(world: SharedWorld, gates: Gates) -> Self {
        Self { world, gates }
    }

    /// All vehicles as they are now.
    #[must_use]
    pub fn vehicles(&self) -> BTreeMap<Vin, Vehicle> {
        self.world.lock().vehicles()
    }

    /// One vehicle as it is now; `None` when it was never added.
    #[must_use]
    pub fn vehicle(&self, vin: Vin) -> Option<Vehicle> {
        self.world.lock().vehicle(vin)
    }

    /// Adds a vehicle or replaces it.
    ///
    /// # Errors
    /// [`WorldError::TooManyVehicles`] beyond 1000.
    pub fn put_vehicle(&self, vin: Vin, vehicle: Vehicle) -> Result<(), WorldError> {
        self.world.lock().put(vin, vehicle)
    }

    /// Changes a vehicle.
    ///
    /// # Errors
    /// [`WorldError::UnknownVehicle`], and [`WorldError::NoOwnerKey`] for a key that is to be
    /// tracked and does not exist.
    pub fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), WorldError> {
        self.world.lock().change(vin, change)
    }

    /// Sets after which time an untracked key becomes tracked; `None` = never by itself. It holds
    /// for the keys that exist, too: their time began when they came.
    pub fn set_tracked_after(&self, tracked_after: Option<Duration>) {
        self.world.lock().set_tracked_after(tracked_after);
    }

    /// Makes the requests of an endpoint fail, in place of any other fault, until it is healed.
    pub fn fail(&self, endpoint: Endpoint, fault: Fault) {
        self.gates.set_fault(endpoint, Some(fault));
    }

    /// Ends the fault of an endpoint.
    pub fn heal(&self, endpoint: Endpoint) {
        self.gates.set_fault(endpoint, None);
    }

    /// Ends all faults; what is held back stays held back.
    pub fn heal_all(&self) {
        Endpoint::ALL.into_iter().for_each(|it| self.heal(it));
    }

    /// Begins to hold back the answers to requests that arrive from now on. A held answer is what
    /// the world was when its request arrived.
    pub fn hold(&self, endpoint: Endpoint) {
        self.gates.hold(endpoint);
    }

    /// Sends the answers that are held back and ends the holding.
    pub fn release(&self, endpoint: Endpoint) {
        self.gates.release(endpoint);
    }

    /// How many requests have reached an endpoint, each try counted, failed ones included.
    #[must_use]
    pub fn requests(&self, endpoint: Endpoint) -> u64 {
        self.endpoint(endpoint).requests
    }

    /// What is going on at an endpoint.
    #[must_use]
    pub fn endpoint(&self, endpoint: Endpoint) -> EndpointState {
        self.gates.state(endpoint)
    }

    /// How many answers are held back at the moment, over all endpoints.
    ///
    /// A request counts from the moment its answer is made until [`Control::release`] returns or
    /// its client has hung up.
    #[must_use]
    pub fn held(&self) -> watch::Receiver<usize> {
        self.gates.held()
    }
}
