//! The pairing password, which is a secret.

use std::fmt;

use zeroize::Zeroizing;

/// A pairing password: 8 decimal digits that the backend makes for one vehicle, and that Apple's
/// pairing API needs.
///
/// It cannot be printed: `Debug` hides the digits and there is no `Display` (GEN-6). It is wiped
/// from memory when dropped.
///
/// ```
/// use digital_key_ports::PairingPassword;
///
/// let password = PairingPassword::parse("12345678")?;
/// assert_eq!(format!("{password:?}"), "PairingPassword(…)");
/// assert_eq!(password.expose(), "12345678");
/// # Ok::<(), digital_key_ports::PairingPasswordError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PairingPassword(Zeroizing<String>);

impl PairingPassword {
    /// The number of digits of a password.
    pub const DIGITS: usize = 8;

    /// Parses a text of 8 decimal digits.
    ///
    /// # Errors
    /// Returns a [`PairingPasswordError`], which repeats no part of the text, for any other text.
    pub fn parse(text: &str) -> Result<Self, PairingPasswordError> {
        if text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(PairingPasswordError)
        }
    }

    /// Returns the digits. Give them to Apple's API and to the cache alone (GEN-6).
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PairingPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingPassword(…)")
    }
}

/// The error for a text that is not a pairing password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pairing password has 8 decimal digits")]
pub struct PairingPasswordError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_decimal_digits_and_nothing_else() {
        assert!(PairingPassword::parse("00000000").is_ok());
        for text in ["", "1234567", "123456789", "1234567a", "１２345678", " 2345678", "12345678\n"]
        {
            assert_eq!(PairingPassword::parse(text), Err(PairingPasswordError), "{text:?}");
        }
    }

    #[test]
    fn gen_6_debug_shows_nothing() {
        let password = PairingPassword::parse("87654321").unwrap();
        assert!(!format!("{password:?} {password:#?}").contains("8765"));
    }
}
