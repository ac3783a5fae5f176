//! Reading JSON so that an error tells the place and nothing of the content.

use std::fmt;
use std::marker::PhantomData;

use digital_key_domain::{DigitalKeyId, Vin};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What is wrong with a JSON document and where. It repeats nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at {place} (line {line}, column {column})")]
pub struct JsonError {
    /// What is wrong, such as ``missing field `state` ``.
    pub what: String,
    /// The path to the place, such as `capabilities.digitalKey` or `mappingInfos[0].vin`.
    pub place: String,
    /// The line, from 1.
    pub line: usize,
    /// The column of the last character that was read, from 1; 0 before the first one.
    pub column: usize,
}

/// Reads a whole document.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| json_error(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| json_error(".", &error))?;
    Ok(value)
}

fn json_error(path: &str, error: &serde_json::Error) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let position = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&position).unwrap_or(&message);
    // serde quotes a wrong value in front of what it expected instead: only the latter is kept.
    let what = match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("wrong value, expected {expected}"),
        None => message.to_owned(),
    };
    let place = match path {
        "." => "the top level",
        path => path,
    };
    JsonError { what, place: place.to_owned(), line, column }
}

/// A JSON object: serde's derived structs would take an array as well.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// Reads a VIN, for `#[serde(deserialize_with)]`.
pub(crate) fn vin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vin, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// Reads a key's identifier, for `#[serde(deserialize_with)]`.
pub(crate) fn key_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DigitalKeyId, D::Error> {
    let text = String::deserialize(deserializer)?;
    DigitalKeyId::try_from(text.as_str()).map_err(D::Error::custom)
}
