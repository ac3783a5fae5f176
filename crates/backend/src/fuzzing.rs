//! The readers of what the backend is sent, for the fuzz targets. No part of the API.

use crate::json::{self, JsonError};
use crate::world::VehicleChange;

/// What the control interface makes of the body of a change.
pub fn change(body: &[u8]) -> Result<VehicleChange, JsonError> {
    json::parse(body)
}
