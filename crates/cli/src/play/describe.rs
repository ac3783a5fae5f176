//! Says what a command does, for the log.

use digital_key::backend::{PasswordSource, VehicleChange};
use digital_key::ports::PairingAnswer;

use super::command::EndpointChange;

/// What Apple's sheet answers.
pub(super) fn answer(answer: &PairingAnswer) -> String {
    match (&answer.pass, answer.error) {
        (Some(key), None) => format!("Apple makes {key}"),
        (Some(key), Some(error)) => format!("Apple makes {key} and reports {}", error.name()),
        (None, Some(error)) => format!("Apple reports {}", error.name()),
        (None, None) => "Apple's sheet ends without an answer".to_owned(),
    }
}

/// What changes about a vehicle.
pub(super) fn change(change: &VehicleChange) -> String {
    let is = |holds: &bool, what: &str| format!("{}{what}", if *holds { "" } else { "not " });
    match change {
        VehicleChange::DigitalKey(_) => "another digitalKey object".to_owned(),
        VehicleChange::OwnerKey(None) => "no owner key".to_owned(),
        VehicleChange::OwnerKey(Some(key)) => format!("the owner key is {}", key.id),
        VehicleChange::Tracked(tracked) => is(tracked, "tracked"),
        VehicleChange::Prepared(prepared) => is(prepared, "prepared"),
        VehicleChange::PrimarySubscriber(primary) => is(primary, "the primary subscriber"),
        // The digits stay out of logs (GEN-6).
        VehicleChange::Password(PasswordSource::Fixed(_)) => "a fixed password".to_owned(),
        VehicleChange::Password(PasswordSource::Random) => "random passwords".to_owned(),
        VehicleChange::Password(PasswordSource::None) => "no password".to_owned(),
    }
}

/// What changes about the endpoints.
pub(super) fn endpoint(change: EndpointChange) -> String {
    match change {
        EndpointChange::Fail(endpoint, Some(fault)) => format!("{endpoint} fails: {fault}"),
        EndpointChange::Fail(endpoint, None) => format!("{endpoint} works again"),
        EndpointChange::HealAll => "all endpoints work again".to_owned(),
        EndpointChange::Hold(endpoint) => format!("{endpoint} holds its answers back"),
        EndpointChange::Release(endpoint) => format!("{endpoint} sends its answers"),
    }
}
