//! The world behind the services: one account with its vehicles, all in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use digital_key_domain::{DigitalKeyId, Vin};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::json;
use crate::password::{IssuedPasswords, Password, PasswordSource};

/// A vehicle as the SmAcc service knows it.
///
/// The default supports Smart Access with the package `SMACC_1_5`, has no owner key, is prepared,
/// belongs to the user as primary subscriber, and gets random passwords.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vehicle {
    /// The `digitalKey` object (REQ-5), when the vehicle has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digital_key: Option<DigitalKeyObject>,
    /// The owner key, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_key: Option<OwnerKey>,
    /// The user is the primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
    /// Where its passwords come from; listed without the digits.
    pub password: PasswordSource,
}

impl Default for Vehicle {
    fn default() -> Self {
        Self {
            digital_key: Some(DigitalKeyObject::smart_access()),
            owner_key: None,
            primary_subscriber: true,
            prepared: true,
            password: PasswordSource::Random,
        }
    }
}

/// The owner key of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerKey {
    /// Its identifier.
    #[serde(serialize_with = "serialize_key_id", deserialize_with = "json::key_id")]
    #[schema(value_type = String)]
    pub id: DigitalKeyId,
    /// It is registered with the key tracking service.
    pub tracked: bool,
}

fn serialize_key_id<S: serde::Serializer>(
    id: &DigitalKeyId,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_str())
}

/// The `digitalKey` object of a support answer, kept as the text that it came as: whatever JSON it
/// is, it goes out unchanged, but for `null`, which is the same as no object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DigitalKeyObject(#[serde(deserialize_with = "limited")] Box<RawValue>);

impl DigitalKeyObject {
    /// The longest object, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Takes any JSON value. It need not be what REQ-5 describes: a test may want another.
    ///
    /// # Errors
    /// [`ObjectError`] for a text that is not JSON or is too long.
    pub fn parse(text: &str) -> Result<Self, ObjectError> {
        json::parse(text.as_bytes()).map_err(ObjectError)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    fn smart_access() -> Self {
        let object = serde_json::json!({
            "bookedServicePackage": "SMACC_1_5",
            "isDigitalKeyFirstSupported": false,
            "readerGraphics": "000200000000",
            "state": "ACTIVATED",
            "vehicleSoftwareUpgradeRequired": false,
        });
        Self(serde_json::value::to_raw_value(&object).unwrap_or_default())
    }
}

fn limited<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if raw.get().len() > DigitalKeyObject::MAX_LENGTH {
        return Err(serde::de::Error::custom(format_args!(
            "the object has more than {} bytes",
            DigitalKeyObject::MAX_LENGTH
        )));
    }
    Ok(raw)
}

/// A text that is no `digitalKey` object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the digitalKey object cannot be read: {0}")]
pub struct ObjectError(#[source] json::JsonError);

/// One change of a vehicle. As JSON an object with one member, such as `{"prepared":false}` or
/// `{"ownerKey":{"id":"key-1","tracked":false}}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VehicleChange {
    /// Its `digitalKey` object; `None` (JSON `null`) = the answer has none.
    DigitalKey(Option<DigitalKeyObject>),
    /// Its owner key, in place of any other, as after a pairing; `None` (JSON `null`) = deleted.
    OwnerKey(Option<OwnerKey>),
    /// Whether its owner key is tracked.
    Tracked(bool),
    /// Whether it is prepared.
    Prepared(bool),
    /// Whether the user is its primary subscriber.
    PrimarySubscriber(bool),
    /// Where its passwords come from.
    Password(PasswordSource),
}

/// Why the world cannot be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The vehicle was never added.
    #[error("vehicle {} is not known; add it first", vin.short())]
    UnknownVehicle {
        /// The vehicle.
        vin: Vin,
    },
    /// A key cannot be tracked before there is one.
    #[error("vehicle {} has no owner key to track", vin.short())]
    NoOwnerKey {
        /// The vehicle.
        vin: Vin,
    },
    /// The world is full.
    #[error("vehicle {} cannot be added: there are {limit} vehicles already", vin.short())]
    TooManyVehicles {
        /// The vehicle.
        vin: Vin,
        /// The most that there can be.
        limit: usize,
    },
}

/// The vehicles and the passwords that were issued for them.
pub(crate) struct World {
    vehicles: BTreeMap<Vin, Entry>,
    issued: IssuedPasswords,
    tracked_after: Option<Duration>,
}

struct Entry {
    vehicle: Vehicle,
    /// When the owner key came; meaningless without one.
    key_since: Instant,
}

impl World {
    /// The most vehicles that there can be.
    pub(crate) const MAX_VEHICLES: usize = 1000;

    pub(crate) fn new(tracked_after: Option<Duration>) -> Self {
        Self { vehicles: BTreeMap::new(), issued: IssuedPasswords::default(), tracked_after }
    }

    pub(crate) fn set_tracked_after(&mut self, tracked_after: Option<Duration>) {
        self.tracked_after = tracked_after;
    }

    pub(crate) fn put(&mut self, vin: Vin, vehicle: Vehicle) -> Result<(), WorldError> {
        let limit = Self::MAX_VEHICLES;
        if self.vehicles.len() >= limit && !self.vehicles.contains_key(&vin) {
            return Err(WorldError::TooManyVehicles { vin, limit });
        }
        let key_since = Instant::now();
        self.vehicles.insert(vin, Entry { vehicle, key_since });
        Ok(())
    }

    pub(crate) fn change(&mut self, vin: Vin, change: VehicleChange) -> Result<(), WorldError> {
        let entry = self.vehicles.get_mut(&vin).ok_or(WorldError::UnknownVehicle { vin })?;
        let vehicle = &mut entry.vehicle;
        match change {
            VehicleChange::DigitalKey(object) => vehicle.digital_key = object,
            VehicleChange::OwnerKey(key) => {
                vehicle.owner_key = key;
                entry.key_since = Instant::now();
            }
            VehicleChange::Tracked(tracked) => {
                let key = vehicle.owner_key.as_mut();
                key.ok_or(WorldError::NoOwnerKey { vin })?.tracked = tracked;
                entry.key_since = Instant::now();
            }
            VehicleChange::Prepared(prepared) => vehicle.prepared = prepared,
            VehicleChange::PrimarySubscriber(primary) => vehicle.primary_subscriber = primary,
            VehicleChange::Password(source) => vehicle.password = source,
        }
        Ok(())
    }

    pub(crate) fn vehicle(&self, vin: Vin) -> Option<Vehicle> {
        self.vehicles.get(&vin).map(|entry| self.now(entry))
    }

    pub(crate) fn vehicles(&self) -> BTreeMap<Vin, Vehicle> {
        self.vehicles.iter().map(|(vin, entry)| (*vin, self.now(entry))).collect()
    }

    /// The vehicle as it is at this moment: its key may have become tracked meanwhile.
    fn now(&self, entry: &Entry) -> Vehicle {
        let mut vehicle = entry.vehicle.clone();
        if let (Some(key), Some(after)) = (&mut vehicle.owner_key, self.tracked_after) {
            key.tracked |= entry.key_since.elapsed() >= after;
        }
        vehicle
    }

    /// Issues a password; the same one for the same idempotency key. `Ok(None)` = there is none.
    pub(crate) fn issue_password(
        &mut self,
        vin: Vin,
        key: &str,
    ) -> Result<Option<Password>, WorldError> {
        let entry = self.vehicles.get(&vin).ok_or(WorldError::UnknownVehicle { vin })?;
        Ok(self.issued.issue(vin, key, &entry.vehicle.password))
    }
}

/// The world, shared by the SmAcc service and the control interface.
#[derive(Clone)]
pub(crate) struct SharedWorld(Arc<Mutex<World>>);

impl SharedWorld {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        // Every change is a single assignment: a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
