//! The pairing password: a secret.

use std::fmt;

use zeroize::Zeroizing;

/// A pairing password: 8 decimal digits that Apple's pairing API needs, made by the backend for
/// one vehicle.
///
/// It cannot be printed: `Debug` shows nothing of it and there is no `Display` (GEN-6). It is
/// wiped from memory when dropped. [`PairingPassword::expose`] gives it to Apple's API, to the
/// cache, and to nobody else.
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
    /// How many digits a password has.
    pub const DIGITS: usize = 8;

    /// Takes a text of 8 decimal digits.
    ///
    /// # Errors
    /// Any other text is a [`PairingPasswordError`], which repeats nothing of it.
    pub fn parse(text: &str) -> Result<Self, PairingPasswordError> {
        if text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(PairingPasswordError)
        }
    }

    /// The digits.
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

/// A text that is no pairing password.
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
