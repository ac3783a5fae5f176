//! The decoder of stored values, for the fuzz targets. Not part of the API.

use digital_key_domain::{VehicleRecord, Vin};

use crate::codec;
use crate::key::DataKey;

/// Decodes a stored value, and encodes it again in the newest schema. Returns `None` for a value
/// that cannot be decoded.
pub fn record(value: &[u8]) -> Option<(VehicleRecord, Vec<u8>)> {
    let vehicle = codec::decode(value).ok()?;
    let written = codec::encode(&vehicle).ok()?;
    Some((vehicle.record, written))
}

/// Returns the record of a stored value as seen with this key.
pub fn shown(value: &[u8], vin: Vin, key: &DataKey) -> Option<VehicleRecord> {
    Some(codec::decode(value).ok()?.into_record(vin, Some(key)))
}
