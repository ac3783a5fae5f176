//! Values for tests. A number stands for the same value every time.

#![expect(clippy::expect_used, reason = "each text is valid for every number that fits the type")]

use digital_key_domain::{DigitalKeyId, Vin};
use digital_key_ports::PairingPassword;

/// Returns the VIN with this number, such as `WBA00000000T00007`.
#[must_use]
pub fn vin(number: u16) -> Vin {
    format!("WBA00000000T{number:05}").parse().expect("17 letters and digits")
}

/// Returns the key identifier with this number, such as `key-7`.
#[must_use]
pub fn key(number: u32) -> DigitalKeyId {
    DigitalKeyId::try_from(format!("key-{number}").as_str()).expect("1 to 256 bytes")
}

/// Returns the password with this number, such as `76500007`. Each number has its own, and no VIN
/// of [`vin`] contains its digits.
#[must_use]
pub fn password(number: u16) -> PairingPassword {
    PairingPassword::parse(&format!("765{number:05}")).expect("8 digits")
}
