//! The answers as JSON, and their conversion into values of the domain.

use std::fmt;
use std::marker::PhantomData;

use digital_key_domain::{
    DigitalKeyCapability, DigitalKeyId, DigitalKeyIdError, PairingStatus, ReportedKey,
    SupportAnswer, Vin,
};
use digital_key_ports::{PairingPassword, PairingPasswordError};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use zeroize::Zeroizing;

/// What is wrong with an answer. The text repeats no value of the answer, which may be a secret
/// (GEN-6).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error("it has status {0}, and only 200 has an answer")]
    UnexpectedSuccess(u16),
    #[error("its content type is not application/json")]
    ContentType,
    #[error("it is compressed, which was not asked for")]
    Compressed,
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    #[error("it is empty")]
    Empty,
    #[error("it {kind} at line {line}, column {column}")]
    Json { kind: &'static str, line: usize, column: usize },
    #[error("it is about another vehicle")]
    OtherVin,
    #[error("its ownerKey holds no key identifier")]
    KeyId(#[from] DigitalKeyIdError),
    #[error("its password is not valid")]
    Password(#[from] PairingPasswordError),
}

impl From<serde_json::Error> for AnswerError {
    /// Keeps the category and the position alone, since the text of the error quotes values.
    fn from(error: serde_json::Error) -> Self {
        use serde_json::error::Category;
        Self::Json {
            kind: match error.classify() {
                Category::Eof => "is cut off",
                Category::Io | Category::Syntax => "is not JSON",
                Category::Data => "has a field of a wrong type, twice or not at all",
            },
            line: error.line(),
            column: error.column(),
        }
    }
}

/// Parses a body that must be about this vehicle.
pub(crate) fn read<Wire, Answer>(body: &[u8], asked: Vin) -> Result<Answer, AnswerError>
where
    Wire: DeserializeOwned,
    Answer: TryFrom<Wire, Error = AnswerError>,
{
    if body.is_empty() {
        return Err(AnswerError::Empty);
    }
    let Object(About { vin }) = serde_json::from_slice(body)?;
    if vin.parse() != Ok(asked) {
        return Err(AnswerError::OtherVin);
    }
    serde_json::from_slice::<Wire>(body)?.try_into()
}

/// The vehicle of an answer.
#[derive(Deserialize)]
struct About {
    vin: String,
}

/// The answer about support (REQ-5).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Support {
    digital_key: Option<Object<DigitalKey>>,
}

/// Each member is read by itself (REQ-5): one of another type counts as absent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DigitalKey {
    state: Value,
    booked_service_package: Value,
    vehicle_software_upgrade_required: Value,
}

impl TryFrom<Support> for SupportAnswer {
    type Error = AnswerError;

    fn try_from(wire: Support) -> Result<Self, AnswerError> {
        let capability = wire.digital_key.as_ref().map(|Object(key)| DigitalKeyCapability {
            state: key.state.as_str(),
            package: key.booked_service_package.as_str(),
            upgrade_required: key.vehicle_software_upgrade_required.as_bool(),
        });
        Ok(Self::decide(capability))
    }
}

/// The answer about the pairing status (WEL-1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    owner_key: Option<Object<OwnerKey>>,
    primary_subscriber: bool,
    prepared: bool,
}

#[derive(Deserialize)]
struct OwnerKey {
    id: String,
    tracked: bool,
}

impl TryFrom<Status> for PairingStatus {
    type Error = AnswerError;

    fn try_from(wire: Status) -> Result<Self, AnswerError> {
        let owner_key = wire
            .owner_key
            .map(|Object(key)| {
                Ok::<_, AnswerError>(ReportedKey {
                    id: DigitalKeyId::try_from(key.id.as_str())?,
                    tracked: key.tracked,
                })
            })
            .transpose()?;
        Ok(Self { owner_key, primary_subscriber: wire.primary_subscriber, prepared: wire.prepared })
    }
}

/// The answer to a request for a pairing password (WEL-3).
#[derive(Deserialize)]
pub(crate) struct Password {
    password: Option<Secret>,
}

/// A text that is wiped from memory when dropped.
struct Secret(Zeroizing<String>);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl TryFrom<Password> for Option<PairingPassword> {
    type Error = AnswerError;

    fn try_from(wire: Password) -> Result<Self, AnswerError> {
        let parse = |Secret(text)| PairingPassword::parse(&text);
        Ok(wire.password.map(parse).transpose()?)
    }
}

/// A JSON object. A derived struct would accept an array of its fields as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Object)
    }
}

#[cfg(test)]
mod tests;
