//! The reader of what is stored, for the fuzz targets. No part of the API.

use digital_key_domain::{VehicleRecord, Vin};

use crate::key::DataKey;
use crate::record;

/// What a stored value says, and the value that says the same in the newest schema; `None` for a
/// value that cannot be read.
pub fn record(value: &[u8]) -> Option<(VehicleRecord, Vec<u8>)> {
    let entry = record::decode(value).ok()?;
    let written = record::encode(&entry).ok()?;
    Some((entry.record, written))
}

/// The record that a key shows of a stored value.
pub fn shown(value: &[u8], vin: Vin, key: &DataKey) -> Option<VehicleRecord> {
    Some(record::decode(value).ok()?.into_record(vin, Some(key)))
}
