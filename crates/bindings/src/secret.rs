//! The secrets that cross the boundary, as objects that print nothing of their content.

use std::fmt;
use std::sync::Arc;

use crate::error::DigitalKeyError;

/// A pairing password: 8 decimal digits, made by the backend for one vehicle.
///
/// Printing it shows no digit (GEN-6). `expose` is for Apple's API and for the cache only.
#[derive(Clone, PartialEq, Eq, uniffi::Object)]
#[uniffi::export(Debug, Display, Eq)]
pub struct PairingPassword(pub(crate) digital_key_ports::PairingPassword);

#[uniffi::export]
impl PairingPassword {
    /// Takes a text of 8 decimal digits.
    ///
    /// # Errors
    /// Any other text is `Invalid`; the error contains nothing of it.
    #[uniffi::constructor]
    pub fn new(text: &str) -> Result<Arc<Self>, DigitalKeyError> {
        let password = digital_key_ports::PairingPassword::parse(text)
            .map_err(|error| DigitalKeyError::invalid("password", &error))?;
        Ok(Arc::new(Self(password)))
    }

    /// Returns the digits.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.expose().to_owned()
    }
}

impl fmt::Debug for PairingPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for PairingPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A bearer token of the client's sign-in: visible ASCII characters. Printing it shows none of them.
#[derive(Clone, PartialEq, Eq, uniffi::Object)]
#[uniffi::export(Debug, Display, Eq)]
pub struct BearerToken(pub(crate) digital_key_bff_http::BearerToken);

#[uniffi::export]
impl BearerToken {
    /// Takes the token as the header contains it, without the word `Bearer`.
    ///
    /// # Errors
    /// A text that is empty, or has other characters, is `Invalid`; the error contains nothing of it.
    #[uniffi::constructor]
    pub fn new(text: &str) -> Result<Arc<Self>, DigitalKeyError> {
        let token = digital_key_bff_http::BearerToken::new(text)
            .map_err(|error| DigitalKeyError::invalid("token", &error))?;
        Ok(Arc::new(Self(token)))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
