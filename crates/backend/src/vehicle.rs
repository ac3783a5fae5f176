//! A vehicle as the SmAcc service knows it, and the changes of it.

use digital_key_bff::smacc::OwnerKey;
use digital_key_domain::Vin;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::json;
use crate::password::PasswordSource;

/// A vehicle as the SmAcc service knows it.
///
/// The default supports Smart Access with the package `SMACC_1_5`, has no owner key, is prepared,
/// belongs to the user as primary subscriber, and gets random passwords.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vehicle {
    /// The `digitalKey` object (REQ-5), when the vehicle has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub digital_key: Option<DigitalKeyObject>,
    /// The owner key, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner_key: Option<OwnerKey>,
    /// Whether the user is the primary subscriber.
    pub primary_subscriber: bool,
    /// Whether the vehicle is prepared for pairing.
    pub prepared: bool,
    /// Where its passwords come from; listed without the digits.
    #[schema(value_type = String)]
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

/// One change of a vehicle. As JSON an object with one member, such as `{"prepared":false}` or
/// `{"ownerKey":{"id":"key-1","tracked":false}}`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
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

/// Why a vehicle cannot be added or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VehicleError {
    /// The vehicle was never added.
    #[error("vehicle {} is not known; add it first", vin.short())]
    Unknown {
        /// The vehicle.
        vin: Vin,
    },
    /// A key cannot be tracked before there is one.
    #[error("vehicle {} has no owner key to track", vin.short())]
    NoOwnerKey {
        /// The vehicle.
        vin: Vin,
    },
    /// The backend holds as many vehicles as it can.
    #[error("vehicle {} cannot be added: there are {limit} vehicles already", vin.short())]
    TooMany {
        /// The vehicle.
        vin: Vin,
        /// The most vehicles that there can be.
        limit: usize,
    },
}

/// The `digitalKey` object of a support answer, as JSON text.
///
/// The BFF passes the text on unchanged, whatever JSON it is. Only `null` means the same as no
/// object.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct DigitalKeyObject(#[serde(deserialize_with = "limited")] Box<RawValue>);

impl DigitalKeyObject {
    /// The longest object, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Takes any JSON value, also one that REQ-5 does not describe: a test may need it.
    ///
    /// # Errors
    /// [`DigitalKeyObjectError`] for a text that is not JSON or is too long.
    pub fn parse(text: &str) -> Result<Self, DigitalKeyObjectError> {
        json::parse(text.as_bytes()).map_err(DigitalKeyObjectError)
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

/// Why a text is not a `digitalKey` object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the digitalKey object cannot be read: {0}")]
pub struct DigitalKeyObjectError(#[source] json::JsonError);
