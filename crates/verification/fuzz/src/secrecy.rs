//! The check that an error shows no secret (GEN-6).

use std::error::Error;
use std::fmt::Write as _;

use digital_key_domain::Vin;

/// The longest text of an error with all its causes and its `Debug` output, in bytes.
pub const LONGEST_ERROR: usize = 2048;

/// The most digits in a row. A position in an input of at most a megabyte has no more; a password
/// has 8.
const LONGEST_NUMBER: usize = 7;

/// Checks that an error is short, and has no number as long as a password and no whole VIN.
pub(crate) fn check(error: &dyn Error) {
    let mut text = format!("{error:?}");
    let mut link = Some(error);
    while let Some(error) = link {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{error}");
        link = error.source();
    }
    assert!(text.len() <= LONGEST_ERROR, "an error of {} bytes: {text}", text.len());
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_vin =
        |word: &str| word.parse::<Vin>().is_ok() && word.contains(|c: char| c.is_ascii_digit());
    assert!(!words.any(is_vin), "a whole VIN: {text}");
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    assert!(numbers.all(|number| number.len() <= LONGEST_NUMBER), "a long number: {text}");
}
