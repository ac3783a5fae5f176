//! Says what a command does, for the log.

use digital_key::Vin;
use digital_key::backend::{PasswordSource, VehicleChange};
use digital_key::ports::PairingAnswer;
use digital_key::texts::Texts;

use super::command::EndpointChange;
use crate::words::with;

/// What Apple's sheet answers.
pub(super) fn answer(answer: &PairingAnswer, texts: &Texts) -> String {
    let key = answer.pass.as_ref().map(|key| ("key", key.as_str()));
    let error = answer.error.map(|error| ("error", error.name()));
    match (key, error) {
        (Some(key), None) => with(texts, "log-key", &[key]),
        (Some(key), Some(error)) => with(texts, "log-key-and-error", &[key, error]),
        (None, Some(error)) => with(texts, "log-error", &[error]),
        (None, None) => texts.text("log-no-answer"),
    }
}

/// What changes about a vehicle.
pub(super) fn change(vin: Vin, change: &VehicleChange, texts: &Texts) -> String {
    let key = match change {
        VehicleChange::DigitalKey(_) => "log-digital-key",
        VehicleChange::OwnerKey(None) => "log-no-owner-key",
        VehicleChange::OwnerKey(Some(_)) => "log-owner-key",
        VehicleChange::Tracked(true) => "log-tracked",
        VehicleChange::Tracked(false) => "log-not-tracked",
        VehicleChange::Prepared(true) => "log-prepared",
        VehicleChange::Prepared(false) => "log-not-prepared",
        VehicleChange::PrimarySubscriber(true) => "log-primary",
        VehicleChange::PrimarySubscriber(false) => "log-not-primary",
        // The digits stay out of logs (GEN-6).
        VehicleChange::Password(PasswordSource::Fixed(_)) => "log-password-fixed",
        VehicleChange::Password(PasswordSource::Random) => "log-password-random",
        VehicleChange::Password(PasswordSource::None) => "log-password-none",
    };
    let change = if let VehicleChange::OwnerKey(Some(owner)) = change {
        with(texts, key, &[("key", owner.id.as_str())])
    } else {
        texts.text(key)
    };
    with(texts, "log-vehicle", &[("vin", &vin.short().to_string()), ("change", &change)])
}

/// What changes about the endpoints.
pub(super) fn endpoint(change: EndpointChange, texts: &Texts) -> String {
    let (key, endpoint) = match change {
        EndpointChange::HealAll => return texts.text("log-all-work"),
        EndpointChange::Fail(endpoint, Some(fault)) => {
            let values = [("endpoint", endpoint.name()), ("fault", &fault.to_string())];
            return with(texts, "log-fails", &values);
        }
        EndpointChange::Fail(endpoint, None) => ("log-works", endpoint),
        EndpointChange::Hold(endpoint) => ("log-holds", endpoint),
        EndpointChange::Release(endpoint) => ("log-sends", endpoint),
    };
    with(texts, key, &[("endpoint", endpoint.name())])
}
