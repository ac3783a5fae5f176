//! Pairing passwords, and how the SmAcc service issues them.

use std::collections::VecDeque;
use std::fmt;

use digital_key_domain::Vin;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A pairing password: 8 decimal digits. `Debug` does not show them (GEN-6).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
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

    fn random() -> Self {
        // The 122 random bits of the identifier reach all of the last 8 decimal digits.
        let digits = Uuid::new_v4().as_u128() % 100_000_000;
        Self(format!("{digits:08}"))
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

/// Where the passwords of a vehicle come from. As JSON: `"random"`, `"none"` or
/// `{"fixed":"12345678"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordSource {
    /// A fresh random password for each request.
    #[default]
    Random,
    /// This password for every request.
    Fixed(Password),
    /// The backend has no password for this vehicle.
    None,
}

impl PasswordSource {
    fn issue(&self) -> Option<Password> {
        match self {
            Self::Random => Some(Password::random()),
            Self::Fixed(password) => Some(password.clone()),
            Self::None => None,
        }
    }
}

/// Shows the kind of source in listings, never the digits.
impl Serialize for PasswordSource {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Random => "random",
            Self::Fixed(_) => "fixed",
            Self::None => "none",
        })
    }
}

/// The issued passwords: a request that is repeated with its idempotency key gets its first answer
/// again.
#[derive(Default)]
pub(crate) struct IssuedPasswords(VecDeque<Issued>);

struct Issued {
    vin: Vin,
    key: String,
    password: Password,
}

impl IssuedPasswords {
    /// How many idempotency keys are remembered; one more replaces the oldest.
    const LIMIT: usize = 1024;

    pub(crate) fn issue(
        &mut self,
        vin: Vin,
        key: &str,
        source: &PasswordSource,
    ) -> Option<Password> {
        let issued = self.0.iter().find(|it| it.vin == vin && it.key == key);
        if let Some(issued) = issued {
            return Some(issued.password.clone());
        }
        let password = source.issue()?;
        if self.0.len() == Self::LIMIT {
            self.0.pop_front();
        }
        self.0.push_back(Issued { vin, key: key.to_owned(), password: password.clone() });
        Some(password)
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
        for _ in 0..1000 {
            let Password(text) = Password::random();
            assert!(Password::parse(text).is_ok());
        }
    }

    #[test]
    fn gen_6_no_output_shows_the_digits() {
        let source = PasswordSource::Fixed(Password::parse("87654321").unwrap());
        let listed = serde_json::to_string(&source).unwrap();
        assert_eq!(listed, r#""fixed""#);
        assert!(!format!("{source:?}").contains("8765"));
    }

    #[test]
    fn one_key_too_many_replaces_the_oldest() {
        let vin: Vin = "WBA00000000DEMO03".parse().unwrap();
        let mut issued = IssuedPasswords::default();
        let fixed = |digits| PasswordSource::Fixed(Password::parse(digits).unwrap());
        let first = issued.issue(vin, "key 0", &fixed("00000000"));
        for n in 1..IssuedPasswords::LIMIT {
            issued.issue(vin, &format!("key {n}"), &PasswordSource::Random);
        }
        let later = fixed("99999999");
        assert_eq!(issued.issue(vin, "key 0", &later), first, "still known");
        issued.issue(vin, "one more", &later);
        assert_eq!(issued.0.len(), IssuedPasswords::LIMIT);
        assert_ne!(issued.issue(vin, "key 0", &later), first, "forgotten");
    }
}
