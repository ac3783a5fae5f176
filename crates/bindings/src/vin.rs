//! The vehicle identification number.

use std::fmt;
use std::sync::Arc;

use crate::error::DigitalKeyError;

/// A vehicle identification number: 17 ASCII letters or digits, upper-cased.
///
/// Printing it shows the short form, such as `WBA…MO03` (GEN-6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, uniffi::Object)]
#[uniffi::export(Debug, Display, Eq, Hash)]
pub struct Vin(pub(crate) digital_key_domain::Vin);

#[uniffi::export]
impl Vin {
    /// Takes a text of 17 ASCII letters or digits.
    ///
    /// # Errors
    /// Any other text is `Invalid`.
    #[uniffi::constructor]
    pub fn new(text: &str) -> Result<Arc<Self>, DigitalKeyError> {
        let vin = text.parse().map_err(|error| DigitalKeyError::invalid("vin", &error))?;
        Ok(Arc::new(Self(vin)))
    }

    /// Returns the whole number, which must not get into logs or errors (GEN-6).
    #[must_use]
    pub fn text(&self) -> String {
        self.0.as_str().to_owned()
    }
}

impl Vin {
    pub(crate) fn wrap(vin: digital_key_domain::Vin) -> Arc<Self> {
        Arc::new(Self(vin))
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.short().fmt(f)
    }
}
