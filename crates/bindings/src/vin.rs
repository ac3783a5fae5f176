//! The vehicle identification number, which crosses the boundary as a text.

use digital_key_domain::Vin;

use crate::error::DigitalKeyError;

// Each package has a class `Vin` around the text: a value, so that a view needs no call of the core for
// its vehicle. Printing it shows the short form, such as `WBA…MO03` (GEN-6).
uniffi::custom_type!(Vin, String, {
    remote,
    lower: |vin| vin.as_str().to_owned(),
    try_lift: |text| Ok(text.parse()?),
});

/// Returns the vehicle identification number of a text with 17 ASCII letters or digits.
///
/// The constructors of `Vin` call this.
///
/// # Errors
/// Any other text is `Invalid`.
#[uniffi::export]
pub fn parse_vin(text: String) -> Result<Vin, DigitalKeyError> {
    text.parse().map_err(|error| DigitalKeyError::invalid("vin", &error))
}
