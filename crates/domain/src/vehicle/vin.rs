//! The vehicle identification number: the key of everything that is cached.

use std::fmt;
use std::str::FromStr;

/// A vehicle identification number: 17 ASCII letters or digits, upper-cased.
///
/// A number that ISO 3779 would not allow (the letters I, O and Q, a check digit that does not
/// match) is still a VIN, since demonstration data has such numbers; [`Vin::remarks`] names them.
///
/// There is no `Display`: a log, an error and `Debug` show the shortened form ([`Vin::short`],
/// GEN-6), and who needs all of it says so with [`Vin::as_str`].
///
/// ```
/// use digital_key_domain::Vin;
///
/// let vin: Vin = "wba00000000demo03".parse()?;
/// assert_eq!(vin.as_str(), "WBA00000000DEMO03");
/// assert_eq!(format!("{vin:?}"), "Vin(WBA…MO03)");
/// # Ok::<(), digital_key_domain::VinError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin([u8; Vin::LENGTH]);

impl Vin {
    /// How many characters a VIN has.
    pub const LENGTH: usize = 17;

    /// The whole number. Never for logs or errors (GEN-6): those take [`Vin::short`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters and digits get in, so this is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The shortened form for logs and errors: the maker's three characters and the last four.
    #[must_use]
    pub fn short(&self) -> ShortVin<'_> {
        ShortVin(self)
    }

    /// What ISO 3779 would find wrong with this number; empty for a number in good order.
    #[must_use]
    pub fn remarks(&self) -> Vec<VinRemark> {
        let mut remarks: Vec<_> = (1..)
            .zip(self.0)
            .filter(|(_, byte)| matches!(byte, b'I' | b'O' | b'Q'))
            .map(|(position, byte)| VinRemark::ConfusableLetter {
                position,
                letter: char::from(byte),
            })
            .collect();
        let found = char::from(self.0[CHECK_DIGIT_AT]);
        let expected = self.check_digit();
        if found != expected {
            remarks.push(VinRemark::CheckDigit { expected, found });
        }
        remarks
    }

    fn check_digit(&self) -> char {
        let sum: u32 = self.0.iter().zip(WEIGHTS).map(|(&byte, weight)| value(byte) * weight).sum();
        match sum % 11 {
            10 => 'X',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        }
    }
}

/// The check digit is the ninth character.
const CHECK_DIGIT_AT: usize = 8;
const WEIGHTS: [u32; Vin::LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// The value of a character in the check sum; I, O and Q have none and count as 0.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'N' => u32::from(byte - b'J') + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => 0,
    }
}

impl FromStr for Vin {
    type Err = VinError;

    fn from_str(text: &str) -> Result<Self, VinError> {
        for (position, found) in (1..).zip(text.chars()) {
            if !found.is_ascii_alphanumeric() {
                return Err(VinError::Character { position, found });
            }
        }
        let bytes: [u8; Self::LENGTH] =
            text.as_bytes().try_into().map_err(|_| VinError::Length { found: text.len() })?;
        Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vin({})", self.short())
    }
}

/// A [`Vin`] as logs and errors show it, such as `WBA…MO03`.
#[derive(Clone, Copy)]
pub struct ShortVin<'a>(&'a Vin);

impl fmt::Display for ShortVin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.as_str();
        write!(f, "{}…{}", &text[..3], &text[13..])
    }
}

impl fmt::Debug for ShortVin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no VIN. It names the place and never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VinError {
    /// The text does not have 17 characters.
    #[error("a VIN has 17 letters or digits, this has {found}")]
    Length {
        /// How many characters the text has.
        found: usize,
    },
    /// A character is neither an ASCII letter nor a digit.
    #[error(
        "character {position} of the VIN is {found:?}; only the letters A-Z and digits are allowed"
    )]
    Character {
        /// The place of the character, from 1.
        position: usize,
        /// The character.
        found: char,
    },
}

/// Something about a VIN that ISO 3779 does not allow and that is no error here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VinRemark {
    /// I, O and Q are not used in VINs, since they look like digits.
    #[error("the letter {letter} at place {position} is not used in real VINs")]
    ConfusableLetter {
        /// The place of the letter, from 1.
        position: usize,
        /// The letter.
        letter: char,
    },
    /// The ninth character does not match the others. Many markets do not use check digits.
    #[error(
        "the check digit (position 9) is {found}, but the formula gives {expected}; many European \
         VINs do not follow it"
    )]
    CheckDigit {
        /// What would match.
        expected: char,
        /// What stands there.
        found: char,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vin_is_upper_cased() {
        let vin: Vin = "wba00000000demo03".parse().unwrap();
        assert_eq!(vin.as_str(), "WBA00000000DEMO03");
    }

    #[test]
    fn an_error_names_the_place_and_not_the_text() {
        assert_eq!("WBA".parse::<Vin>(), Err(VinError::Length { found: 3 }));
        assert_eq!("".parse::<Vin>(), Err(VinError::Length { found: 0 }));
        assert_eq!(
            "WBA00000000DEMÖ03".parse::<Vin>(),
            Err(VinError::Character { position: 15, found: 'Ö' })
        );
        assert_eq!(
            " WBA0000000DEMO03".parse::<Vin>(),
            Err(VinError::Character { position: 1, found: ' ' })
        );
    }

    #[test]
    fn what_iso_3779_forbids_is_a_remark() {
        let demo: Vin = "WBA00000000DEMO03".parse().unwrap();
        assert_eq!(
            demo.remarks(),
            [
                VinRemark::ConfusableLetter { position: 15, letter: 'O' },
                VinRemark::CheckDigit { expected: '9', found: '0' },
            ]
        );
        // The textbook example with the check digit X, the one that is all ones, and one with R.
        for good in ["1M8GDM9AXKP042788", "11111111111111111", "WR1STUVY5Z1234567"] {
            assert_eq!(good.parse::<Vin>().unwrap().remarks(), []);
        }
    }

    #[test]
    fn gen_6_debug_shows_the_short_form() {
        let vin: Vin = "WBA00000000DEMO03".parse().unwrap();
        assert_eq!(
            format!("{vin:?} {} {:?}", vin.short(), vin.short()),
            "Vin(WBA…MO03) WBA…MO03 WBA…MO03"
        );
    }
}
