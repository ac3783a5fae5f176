//! The values that the SmAcc service answers with.

use std::fmt;

use bytes::Bytes;
use digital_key_domain::DigitalKeyId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What the service knows about a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleAnswer {
    /// The `digitalKey` object (REQ-5), as the service wrote it.
    pub digital_key: Option<JsonText>,
    /// The owner key, when there is one.
    pub owner_key: Option<OwnerKey>,
    /// Whether the user is the primary subscriber.
    pub primary_subscriber: bool,
    /// Whether the vehicle is prepared for pairing.
    pub prepared: bool,
}

/// A JSON value as text. It shares the memory of the answer that it is a part of.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonText(Bytes);

impl JsonText {
    /// Takes a text; `None` when it is not one JSON value.
    #[must_use]
    pub fn parse(text: Bytes) -> Option<Self> {
        serde_json::from_slice::<&RawValue>(&text).is_ok().then_some(Self(text))
    }

    /// Takes the part of an answer that was read from it.
    pub(super) fn of(answer: &Bytes, part: &RawValue) -> Self {
        Self(answer.slice_ref(part.get().as_bytes()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonText({} bytes)", self.0.len())
    }
}

/// The owner key of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerKey {
    /// Its identifier.
    #[serde(serialize_with = "write_key_id", deserialize_with = "read_key_id")]
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub id: DigitalKeyId,
    /// It is registered with the key tracking service.
    pub tracked: bool,
}

fn write_key_id<S: Serializer>(id: &DigitalKeyId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_str())
}

fn read_key_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DigitalKeyId, D::Error> {
    let text = String::deserialize(deserializer)?;
    DigitalKeyId::try_from(text.as_str()).map_err(serde::de::Error::custom)
}

/// A pairing password: 8 decimal digits. `Debug` does not show them (GEN-6).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{8}$")]
pub struct Password(String);

impl Password {
    /// The number of digits of a password.
    pub const DIGITS: usize = 8;

    /// Takes a text of 8 decimal digits.
    ///
    /// # Errors
    /// [`PasswordError`] for any other text; it does not repeat the text.
    pub fn parse(text: impl Into<String>) -> Result<Self, PasswordError> {
        let text = text.into();
        if text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(PasswordError)
        }
    }

    /// Returns the digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = PasswordError;

    fn try_from(text: String) -> Result<Self, PasswordError> {
        Self::parse(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a text is not a pairing password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pairing password has 8 decimal digits")]
pub struct PasswordError;

/// The key of a password request: a repeated request has the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(axum::http::HeaderValue);

impl IdempotencyKey {
    /// The name of its header.
    pub const HEADER: axum::http::HeaderName =
        axum::http::HeaderName::from_static("idempotency-key");

    /// Takes the value of the header; `None` unless it has 1 to 64 visible ASCII characters.
    #[must_use]
    pub fn from_header(value: &axum::http::HeaderValue) -> Option<Self> {
        crate::headers::is_visible(value).then(|| Self(value.clone()))
    }

    /// Returns the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only visible characters get in, so this is never the fallback.
        self.0.to_str().unwrap_or_default()
    }

    /// Returns the value of the header.
    #[must_use]
    pub fn header(&self) -> axum::http::HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_8_decimal_digits() {
        assert!(Password::parse("00000000").is_ok());
        for text in ["", "1234567", "123456789", "1234567a", "１２345678"] {
            assert_eq!(Password::parse(text), Err(PasswordError), "{text:?}");
        }
    }

    #[test]
    fn gen_6_debug_shows_no_secret() {
        let password = Password::parse("87654321").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        let object =
            JsonText::parse(Bytes::from_static(b"{\"vin\":\"WBA00000000DEMO03\"}")).unwrap();
        assert_eq!(format!("{object:?}"), "JsonText(27 bytes)");
        assert_eq!(JsonText::parse(Bytes::from_static(b"{} x")), None);
    }
}
