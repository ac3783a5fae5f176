//! The control over the backend: in this program, over HTTP, or none.

use digital_key::Vin;
use digital_key::backend::{Endpoint, VehicleChange};
use tokio::sync::watch;

use super::command::EndpointChange;
use super::remote_control::RemoteControl;
use super::world::{EndpointState, VehicleState, World};
use crate::harness::OwnBackend;

/// The control over the backend.
pub(super) enum BackendControl {
    /// Another BFF, without its control interface.
    None,
    /// A backend in this program.
    Own {
        backend: Box<OwnBackend>,
        /// How many answers it holds back.
        held: watch::Receiver<usize>,
    },
    /// Another BFF, with its control interface.
    Remote(Box<RemoteControl>),
}

/// The sentence for a person who changes what cannot be changed.
const NO_CONTROL: &str =
    "another BFF cannot be changed from here; give its control interface: --control URL";

impl BackendControl {
    pub(super) fn own(backend: OwnBackend) -> Self {
        let held = backend.control().held();
        Self::Own { backend: Box::new(backend), held }
    }

    /// How many answers are held back, if that is known.
    pub(super) fn held(&self) -> Option<watch::Receiver<usize>> {
        match self {
            Self::None => None,
            Self::Own { held, .. } => Some(held.clone()),
            Self::Remote(remote) => Some(remote.held()),
        }
    }

    /// Writes what the backend knows into the world.
    pub(super) fn describe(&self, world: &mut World) {
        match self {
            Self::None => {}
            Self::Own { backend: own, .. } => {
                let state = |vin: &Vin| (*vin, own.control().vehicle(*vin).map(own_vehicle));
                world.vehicles = own.vehicles.iter().map(state).collect();
                let endpoint = |endpoint| {
                    let state = own.control().endpoint(endpoint);
                    let (fault, holding, held) = (state.fault, state.holding, state.held);
                    EndpointState { endpoint, fault, holding, held }
                };
                world.endpoints = Endpoint::ALL.map(endpoint).to_vec();
            }
            Self::Remote(remote) => remote.describe(world),
        }
    }

    /// Waits until the backend may have changed without this program.
    pub(super) async fn changed(&mut self) {
        match self {
            Self::None => std::future::pending().await,
            // The backend lives as long as this value, so that this cannot fail.
            Self::Own { held, .. } => drop(held.changed().await),
            Self::Remote(remote) => remote.changed().await,
        }
    }

    /// Changes a vehicle. The error is a sentence for the person.
    pub(super) async fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), String> {
        match self {
            Self::None => Err(NO_CONTROL.to_owned()),
            Self::Own { backend: own, .. } => {
                own.control().change(vin, change).map_err(|error| error.to_string())
            }
            Self::Remote(remote) => remote.change(vin, &change).await,
        }
    }

    /// Changes an endpoint. The error is a sentence for the person.
    pub(super) async fn change_endpoint(&self, change: EndpointChange) -> Result<(), String> {
        match self {
            Self::None => return Err(NO_CONTROL.to_owned()),
            Self::Own { backend: own, .. } => match change {
                EndpointChange::Fail(endpoint, Some(fault)) => own.control().fail(endpoint, fault),
                EndpointChange::Fail(endpoint, None) => own.control().heal(endpoint),
                EndpointChange::HealAll => own.control().heal_all(),
                EndpointChange::Hold(endpoint) => own.control().hold(endpoint),
                EndpointChange::Release(endpoint) => own.control().release(endpoint),
            },
            Self::Remote(remote) => remote.change_endpoint(change).await?,
        }
        Ok(())
    }
}

fn own_vehicle(vehicle: digital_key::backend::Vehicle) -> VehicleState {
    use digital_key::backend::PasswordSource;
    let password = match vehicle.password {
        PasswordSource::Random => "random",
        PasswordSource::Fixed(_) => "fixed",
        PasswordSource::None => "none",
    };
    VehicleState {
        owner_key: vehicle.owner_key,
        primary_subscriber: vehicle.primary_subscriber,
        prepared: vehicle.prepared,
        password: password.to_owned(),
    }
}
