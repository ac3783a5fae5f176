//! A JSON reader whose errors name the place of a mistake and never repeat the content.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use digital_key_domain::Vin;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};

/// What is wrong with a JSON document, and where. It does not repeat the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at {place} (line {line}, column {column})")]
pub struct JsonError {
    /// What is wrong, such as ``missing field `state` ``.
    pub what: String,
    /// The path to the place, such as `capabilities.digitalKey` or `mappingInfos[0].vin`. A
    /// name with other characters than letters is `?`, and a deep path ends in `…`.
    pub place: String,
    /// The line, from 1.
    pub line: usize,
    /// The column of the last character that was read, from 1; 0 before the first one.
    pub column: usize,
}

/// Parses a whole document.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| json_error(place(error.path()), error.inner()))?;
    reader.end().map_err(|error| json_error(String::new(), &error))?;
    Ok(value)
}

fn json_error(place: String, error: &serde_json::Error) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let position = format!(" at line {line} column {column}");
    let message = message.strip_suffix(&position).unwrap_or(&message);
    // serde quotes the wrong value before the expected one. Only the expected one is kept.
    let what = match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("wrong value, expected {expected}"),
        None => message.to_owned(),
    };
    let place = if place.is_empty() { "the top level".to_owned() } else { place };
    JsonError { what, place, line, column }
}

/// Returns the path of an error. Its names come from the content, so it keeps only names that
/// cannot be a password or a VIN, and a limited number of them.
fn place(path: &Path) -> String {
    const DEEPEST: usize = 8;
    let mut place = String::new();
    for segment in path.iter().take(DEEPEST) {
        let name = match segment {
            Segment::Seq { index } => {
                // Writing to a string cannot fail.
                let _ = write!(place, "[{index}]");
                continue;
            }
            Segment::Map { key: name } | Segment::Enum { variant: name } => name,
            Segment::Unknown => "",
        };
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(if is_plain(name) { name } else { "?" });
    }
    if path.iter().len() > DEEPEST {
        place.push('…');
    }
    place
}

fn is_plain(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A JSON object. Without it, serde's derived structs accept an array as well.
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn place_in(text: &str) -> String {
        parse::<Value>(text.as_bytes()).unwrap_err().place
    }

    #[test]
    fn gen_6_a_place_repeats_no_name_that_could_be_a_secret() {
        assert_eq!(place_in(r#"{"a":[0,{"bC":tru"#), "a[1].bC");
        for name in ["12345678", "WBA00000000DEMO03", "a b", "ü", &"x".repeat(33)] {
            assert_eq!(place_in(&format!(r#"{{"a":{{"{name}":tru"#)), "a.?", "{name}");
        }
        assert_eq!(place_in(&r#"{"a":"#.repeat(9)), "a.a.a.a.a.a.a.a…");
        assert_eq!(place_in("x"), "the top level");
    }
}
