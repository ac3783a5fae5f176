//! Which vehicle equipment a digital key needs (REQ-1).

use std::fmt;
use std::str::FromStr;

/// A special equipment code ("SA"), such as `6AE`: three ASCII letters or digits, upper-cased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EquipmentCode([u8; 3]);

impl EquipmentCode {
    /// Teleservices. Not visible to customers: a Live Cockpit brings it.
    pub const TELESERVICES: Self = Self(*b"6AE");
    /// Comfort Access.
    pub const COMFORT_ACCESS: Self = Self(*b"322");
    /// The Live Cockpits.
    const LIVE_COCKPITS: [Self; 3] = [Self(*b"6U1"), Self(*b"6U2"), Self(*b"6U3")];

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters and digits get in, so this is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A vehicle series, such as `G20`: three ASCII letters or digits, upper-cased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series([u8; 3]);

impl Series {
    /// The series whose Live Cockpit brings Teleservices only in its 6U3 form.
    const ONLY_6U3: [Self; 2] = [Self(*b"F40"), Self(*b"F44")];

    /// The series.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII letters and digits get in, so this is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The Live Cockpits that bring Teleservices in this series.
    fn live_cockpits_with_teleservices(self) -> &'static [EquipmentCode] {
        if Self::ONLY_6U3.contains(&self) {
            &EquipmentCode::LIVE_COCKPITS[2..]
        } else {
            &EquipmentCode::LIVE_COCKPITS
        }
    }
}

/// An equipment code that a vehicle lacks, and what would bring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingEquipment {
    /// The missing code.
    pub code: EquipmentCode,
    /// Codes of which any one would bring it in this series; empty when only the code itself does.
    pub brought_by: &'static [EquipmentCode],
}

/// Which of the needed codes a vehicle lacks, in the order of REQ-1; empty when it has them all.
///
/// ```
/// use digital_key_domain::{EquipmentCode, missing_equipment};
///
/// let listed = ["6U1".parse()?, "322".parse()?];
/// assert!(missing_equipment(&listed, "G20".parse()?).is_empty());
/// // A Live Cockpit 6U1 brings no Teleservices in an F40.
/// let missing = missing_equipment(&listed, "F40".parse()?);
/// assert_eq!(missing[0].code, EquipmentCode::TELESERVICES);
/// # Ok::<(), digital_key_domain::EquipmentError>(())
/// ```
#[must_use]
pub fn missing_equipment(listed: &[EquipmentCode], series: Series) -> Vec<MissingEquipment> {
    let bringers = series.live_cockpits_with_teleservices();
    [(EquipmentCode::TELESERVICES, bringers), (EquipmentCode::COMFORT_ACCESS, &[])]
        .into_iter()
        .filter(|(code, bringers)| {
            !listed.contains(code) && !bringers.iter().any(|bringer| listed.contains(bringer))
        })
        .map(|(code, brought_by)| MissingEquipment { code, brought_by })
        .collect()
}

fn three_characters(text: &str, what: &'static str) -> Result<[u8; 3], EquipmentError> {
    match text.as_bytes() {
        &[a, b, c] if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Ok([a, b, c].map(|byte| byte.to_ascii_uppercase()))
        }
        _ => Err(EquipmentError { what, text: text.chars().take(16).collect() }),
    }
}

impl FromStr for EquipmentCode {
    type Err = EquipmentError;

    fn from_str(text: &str) -> Result<Self, EquipmentError> {
        three_characters(text, "an equipment code, such as 6AE").map(Self)
    }
}

impl FromStr for Series {
    type Err = EquipmentError;

    fn from_str(text: &str) -> Result<Self, EquipmentError> {
        three_characters(text, "a series, such as G20").map(Self)
    }
}

impl fmt::Display for EquipmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EquipmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EquipmentCode({self})")
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Series({self})")
    }
}

/// A text that is no equipment code or no series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {what}: three letters or digits")]
pub struct EquipmentError {
    what: &'static str,
    text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(listed: &str, series: &str) -> Vec<String> {
        let listed: Vec<_> =
            listed.split_terminator(',').map(|code| code.parse().unwrap()).collect();
        missing_equipment(&listed, series.parse().unwrap())
            .iter()
            .map(|missing| missing.code.to_string())
            .collect()
    }

    #[test]
    fn req_1_teleservices_and_comfort_access_are_needed() {
        assert_eq!(missing("6AE,322", "G20"), [""; 0]);
        assert_eq!(missing("322", "G20"), ["6AE"]);
        assert_eq!(missing("6AE", "G20"), ["322"]);
        assert_eq!(missing("", "G20"), ["6AE", "322"]);
        assert_eq!(missing("6ae,322", "f40"), [""; 0]);
    }

    #[test]
    fn req_1_a_live_cockpit_brings_teleservices() {
        for cockpit in ["6U1", "6U2", "6U3"] {
            assert_eq!(missing(&format!("322,{cockpit}"), "G20"), [""; 0], "{cockpit}");
        }
        for series in ["F40", "F44"] {
            assert_eq!(missing("322,6U1", series), ["6AE"]);
            assert_eq!(missing("322,6U2", series), ["6AE"]);
            assert_eq!(missing("322,6U3", series), [""; 0]);
        }
    }

    #[test]
    fn req_1_says_what_would_bring_a_code() {
        let missing = missing_equipment(&[], "F44".parse().unwrap());
        assert_eq!(missing[0].brought_by, ["6U3".parse().unwrap()]);
        assert_eq!(missing[1].brought_by, []);
        let missing = missing_equipment(&[], "G20".parse().unwrap());
        assert_eq!(missing[0].brought_by.len(), 3);
    }

    #[test]
    fn a_code_and_a_series_are_shown_in_capitals() {
        let code: EquipmentCode = "6ae".parse().unwrap();
        assert_eq!(format!("{} {code} {code:?}", code.as_str()), "6AE 6AE EquipmentCode(6AE)");
        let series: Series = "g20".parse().unwrap();
        assert_eq!(format!("{} {series} {series:?}", series.as_str()), "G20 G20 Series(G20)");
    }

    #[test]
    fn a_bad_code_is_named() {
        for text in ["", "6A", "6AEE", "6Ä", "6 E"] {
            let error = text.parse::<EquipmentCode>().unwrap_err().to_string();
            assert!(error.contains(text) && error.contains("6AE"), "{error}");
        }
        assert!("G2".parse::<Series>().unwrap_err().to_string().contains("G20"));
    }
}
