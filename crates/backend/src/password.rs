//! Pairing passwords, and how the SmAcc service issues them.

use std::collections::VecDeque;

use digital_key_bff::smacc::Password;
use digital_key_domain::Vin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Makes a random password.
fn random() -> Password {
    // The 122 random bits of the identifier reach all of the last 8 decimal digits.
    let digits = Uuid::new_v4().as_u128() % 100_000_000;
    // Eight digits are a password.
    Password::parse(format!("{digits:08}")).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Where the passwords of a vehicle come from. As JSON: `"random"`, `"none"` or
/// `{"fixed":"12345678"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
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
            Self::Random => Some(random()),
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
