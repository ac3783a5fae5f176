//! The readers of what a BFF sends, for the fuzz targets. No part of the API.

use std::time::{Duration, SystemTime};

use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{BffError, BffOperation, PairingPassword};

use crate::failure::{self, malformed};
use crate::wire::{self, Defect};

/// What [`Bff::support`](digital_key_ports::Bff::support) makes of a body.
pub fn support(body: &[u8], asked: Vin) -> Result<SupportAnswer, BffError> {
    wire::read::<wire::Support, _>(body, asked).map_err(told(BffOperation::Support))
}

/// What [`Bff::pairing_status`](digital_key_ports::Bff::pairing_status) makes of a body.
pub fn status(body: &[u8], asked: Vin) -> Result<PairingStatus, BffError> {
    wire::read::<wire::Status, _>(body, asked).map_err(told(BffOperation::PairingStatus))
}

/// What [`Bff::pairing_password`](digital_key_ports::Bff::pairing_password) makes of a body.
pub fn password(body: &[u8], asked: Vin) -> Result<Option<PairingPassword>, BffError> {
    wire::read::<wire::Password, _>(body, asked).map_err(told(BffOperation::PairingPassword))
}

/// How long the header `Retry-After` asks to wait.
pub fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    failure::retry_after(text, now)
}

fn told(operation: BffOperation) -> impl Fn(Defect) -> BffError {
    move |defect| malformed(operation, defect)
}
