//! The backend's parsers, for the fuzz targets. They are not part of the API.

use crate::json::{self, JsonError};
use crate::vehicle::VehicleChange;

/// Parses the body of a change as the control interface does.
pub fn change(body: &[u8]) -> Result<VehicleChange, JsonError> {
    json::parse(body)
}
