//! The vehicle and the phone: what they are, and whether they can have a digital key (REQ).

mod vin;
mod equipment;
mod phone;
mod support;

pub use equipment::{EquipmentCode, EquipmentError, MissingEquipment, Series, missing_equipment};
pub use phone::{
    MachineIdentifier, MachineIdentifierError, ModelSupport, OsVersion, OsVersionError, Phone,
};
pub use support::{DigitalKeyCapability, Support, SupportAnswer};
pub use vin::{ShortVin, Vin, VinError, VinRemark};
