//! The owner key of a vehicle, the cached record about it, and the budget of its password.

mod owner_key;
mod pairing_status;
mod record;
mod budget;

pub use budget::{Generation, PasswordUse, StoredPassword, TakeOutcome, UsageCounter};
pub use owner_key::{DigitalKeyId, DigitalKeyIdError, KeyState, KnownKey, OwnerKey, Presence};
pub use pairing_status::{PairingStatus, ReportedKey};
pub use record::{Readiness, RecordChange, VehicleRecord};
