//! The rules of the digital car key, and nothing else.
//!
//! Everything here is a value or a pure function: no I/O, no clock, no random numbers, no async.
//! A rule is cited by its number (`ENT-3`) where it is kept.

mod equipment;
mod flow;
mod key;
mod pairing;
mod phone;
mod record;
mod support;
mod usage;
mod vin;

pub use equipment::{EquipmentCode, EquipmentError, MissingEquipment, Series, missing_equipment};
#[cfg(feature = "exploration")]
pub use flow::Numbering;
pub use flow::{
    Answer, CacheFailure, CardAction, CardView, Effect, EntryMode, EntryView, ErrorPage, Event,
    Failed, Flow, Intent, PageView, PasswordAnswer, Reason, RequestId, Settings, StoredPassword,
    TakeAnswer, Tap, Verdict, View,
};
pub use key::{DigitalKeyId, DigitalKeyIdError, KeyState, KnownKey, OwnerKey, Presence};
pub use pairing::{
    AppleErrorCode, Blocker, Blockers, Mender, PairingAdvice, PairingAnswer, PairingStatus,
    ReportedKey,
};
pub use phone::{
    MachineIdentifier, MachineIdentifierError, ModelSupport, OsVersion, OsVersionError, Phone,
};
pub use record::{PasswordUse, Readiness, RecordChange, VehicleRecord};
pub use support::{DigitalKeyCapability, Support, SupportAnswer};
pub use usage::{Generation, UsageCounter};
pub use vin::{ShortVin, Vin, VinError, VinRemark};
