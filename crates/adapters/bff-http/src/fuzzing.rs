//! The parsers of a BFF's answers, exported for the fuzz targets and not part of the API.

use std::time::{Duration, SystemTime};

use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{BffError, BffOperation, PairingPassword};

use crate::error::{self, malformed};
use crate::wire::{self, AnswerError};

/// Parses a body as [`Bff::support`](digital_key_ports::Bff::support) does.
pub fn support(body: &[u8], asked: Vin) -> Result<SupportAnswer, BffError> {
    wire::read::<wire::Support, _>(body, asked).map_err(malformed_answer(BffOperation::Support))
}

/// Parses a body as [`Bff::pairing_status`](digital_key_ports::Bff::pairing_status) does.
pub fn status(body: &[u8], asked: Vin) -> Result<PairingStatus, BffError> {
    wire::read::<wire::Status, _>(body, asked)
        .map_err(malformed_answer(BffOperation::PairingStatus))
}

/// Parses a body as [`Bff::pairing_password`](digital_key_ports::Bff::pairing_password) does.
pub fn password(body: &[u8], asked: Vin) -> Result<Option<PairingPassword>, BffError> {
    wire::read::<wire::Password, _>(body, asked)
        .map_err(malformed_answer(BffOperation::PairingPassword))
}

/// Parses the header `Retry-After`.
pub fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    error::retry_after(text, now)
}

fn malformed_answer(operation: BffOperation) -> impl Fn(AnswerError) -> BffError {
    move |error| malformed(operation, error)
}
