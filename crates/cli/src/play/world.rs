//! The world around the app, as a person sees and changes it.

use digital_key::backend::{Endpoint, Fault, OwnerKey};
use digital_key::ports::DigitalKeyId;
use digital_key::{View, Vin};
use serde::Deserialize;

/// What a front end shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) view: View,
    pub(super) world: World,
}

/// The world around the app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct World {
    /// The vehicles of the backend, in the order in which they are listed.
    pub(super) vehicles: Vec<(Vin, Option<VehicleState>)>,
    /// The endpoints of the backend; empty if its control interface is not known.
    pub(super) endpoints: Vec<EndpointState>,
    pub(super) phone: PhoneState,
}

impl World {
    #[cfg(feature = "full-screen")]
    pub(super) fn vehicle(&self, vin: Option<Vin>) -> Option<&VehicleState> {
        let (_, state) = self.vehicles.iter().find(|(listed, _)| Some(*listed) == vin)?;
        state.as_ref()
    }

    /// An identifier for the next key, which no key has so far.
    pub(super) fn next_key(&self) -> String {
        let is_taken = |id: &str| {
            let owners = self.vehicles.iter().filter_map(|(_, it)| it.as_ref()?.owner_key.as_ref());
            let mut ids = self.phone.keys.iter().chain(owners.map(|key| &key.id));
            ids.any(|taken| taken.as_str() == id)
        };
        let mut number = self.phone.keys_made + 1;
        loop {
            let id = format!("KEY-{number}");
            if !is_taken(&id) {
                return id;
            }
            number += 1;
        }
    }
}

/// A vehicle as the backend knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VehicleState {
    pub(super) owner_key: Option<OwnerKey>,
    pub(super) primary_subscriber: bool,
    pub(super) prepared: bool,
    /// `random`, `fixed` or `none`.
    pub(super) password: String,
}

/// What an endpoint of the backend does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct EndpointState {
    pub(super) endpoint: Endpoint,
    pub(super) fault: Option<Fault>,
    pub(super) holding: bool,
    pub(super) held: usize,
}

/// The phone, apart from the app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PhoneState {
    /// The app is in the background.
    pub(super) in_background: bool,
    /// The wallet cannot say which keys it holds.
    pub(super) wallet_is_mute: bool,
    /// Apple refuses to create a key.
    pub(super) refuses_keys: bool,
    pub(super) keys: Vec<DigitalKeyId>,
    /// How many keys Apple made.
    pub(super) keys_made: u64,
}

/// Something that a front end writes into the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// What the person did.
    Did(String),
    /// A call of a port.
    Call(&'static str),
    /// A call of a port failed, for this reason.
    Failed(String),
    /// Something else that the person has to know.
    Said(String),
}
