//! Which phones can carry a key (REQ-2, REQ-3, REQ-4).

use std::fmt;
use std::str::FromStr;

/// The phone that the app runs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Phone {
    /// An iPhone, or what else runs iOS.
    Ios {
        /// The machine identifier, such as `iPhone12,1`.
        machine: MachineIdentifier,
        /// The version of iOS.
        version: OsVersion,
    },
    /// An unsupported platform (REQ-4).
    Android,
}

impl Phone {
    /// Whether the platform is supported at all (REQ-4, ENT-1).
    #[must_use]
    pub fn has_supported_platform(&self) -> bool {
        matches!(self, Self::Ios { .. })
    }

    /// Whether the model can carry a key (REQ-2, REQ-4).
    #[must_use]
    pub fn model_support(&self) -> ModelSupport {
        match self {
            Self::Ios { machine, .. } => machine.support(),
            Self::Android => ModelSupport::Unsupported,
        }
    }

    /// Whether the operating system is too old for digital keys (REQ-3).
    #[must_use]
    pub fn os_is_too_old(&self) -> bool {
        match self {
            Self::Ios { version, .. } => *version < OsVersion::FIRST_SUPPORTED_IOS,
            Self::Android => false,
        }
    }
}

/// What is known about a phone model (REQ-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelSupport {
    /// iPhone XR, XS or later.
    Supported,
    /// An older iPhone, an iPad or an iPod.
    Unsupported,
    /// A simulator, or an identifier that says nothing: Apple's own answer decides (WEL-8).
    Unknown,
}

/// The machine identifier of a device, such as `iPhone12,1`: not empty, ASCII.
///
/// ```
/// use digital_key_domain::{MachineIdentifier, ModelSupport};
///
/// let se_2020: MachineIdentifier = "iPhone12,8".parse()?;
/// assert_eq!(se_2020.support(), ModelSupport::Supported);
/// # Ok::<(), digital_key_domain::MachineIdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MachineIdentifier {
    text: String,
    /// Decided once, since pages ask for it again and again.
    support: ModelSupport,
}

impl MachineIdentifier {
    /// The identifier as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this model can carry a key (REQ-2): decided from the numbers, without a table and
    /// without an upper bound.
    #[must_use]
    pub fn support(&self) -> ModelSupport {
        self.support
    }
}

fn support_of(machine: &str) -> ModelSupport {
    if machine.starts_with("iPad") || machine.starts_with("iPod") {
        return ModelSupport::Unsupported;
    }
    let numbers = machine.strip_prefix("iPhone").and_then(|rest| rest.split_once(','));
    match numbers {
        Some((major, minor)) if is_number(major) && is_number(minor) => {
            if is_at_least_11(major) {
                ModelSupport::Supported
            } else {
                ModelSupport::Unsupported
            }
        }
        _ => ModelSupport::Unknown,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares digits instead of parsing them, so that no number is too large.
fn is_at_least_11(digits: &str) -> bool {
    let digits = digits.trim_start_matches('0');
    digits.len() > 2 || (digits.len() == 2 && digits >= "11")
}

impl FromStr for MachineIdentifier {
    type Err = MachineIdentifierError;

    fn from_str(text: &str) -> Result<Self, MachineIdentifierError> {
        if text.is_empty() {
            Err(MachineIdentifierError::Empty)
        } else if text.is_ascii() {
            Ok(Self { text: text.to_owned(), support: support_of(text) })
        } else {
            Err(MachineIdentifierError::NotAscii)
        }
    }
}

/// Why a text is no machine identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineIdentifierError {
    /// The text is empty.
    #[error("the machine identifier is empty; it looks like iPhone12,1")]
    Empty,
    /// The text has other than ASCII characters.
    #[error("the machine identifier has characters that are not ASCII; it looks like iPhone12,1")]
    NotAscii,
}

/// A version of the operating system: one to three numbers, compared as numbers (REQ-3).
///
/// Further numbers and a suffix, such as that of a rapid security response, are ignored, so that no
/// version that a phone may report takes the feature away.
///
/// ```
/// use digital_key_domain::OsVersion;
///
/// let newer: OsVersion = "13.10".parse()?;
/// assert!(newer > "13.6".parse()?);
/// assert_eq!("16.5.1 (c)".parse::<OsVersion>()?, "16.5.1".parse()?);
/// # Ok::<(), digital_key_domain::OsVersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl OsVersion {
    /// iOS 13.6, the first one that can carry a key (REQ-3).
    pub const FIRST_SUPPORTED_IOS: Self = Self { major: 13, minor: 6, patch: 0 };
}

impl FromStr for OsVersion {
    type Err = OsVersionError;

    fn from_str(text: &str) -> Result<Self, OsVersionError> {
        let bad = || OsVersionError { text: text.chars().take(32).collect() };
        let starts_suffix = |c: char| c.is_ascii_alphabetic() || [' ', '(', '-', '+'].contains(&c);
        let end = text.find(starts_suffix).unwrap_or(text.len());
        let parts = text[..end].split('.');
        if !parts.clone().all(is_number) {
            return Err(bad());
        }
        let mut numbers = [0; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = part.parse().map_err(|_| bad())?;
        }
        let [major, minor, patch] = numbers;
        Ok(Self { major, minor, patch })
    }
}

impl fmt::Display for OsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, patch } = self;
        write!(f, "{major}.{minor}")?;
        if *patch > 0 { write!(f, ".{patch}") } else { Ok(()) }
    }
}

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no version; it begins with numbers and dots between them, such as 14.2")]
pub struct OsVersionError {
    /// The beginning of the text.
    text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn support(machine: &str) -> ModelSupport {
        machine.parse::<MachineIdentifier>().unwrap().support()
    }

    #[test]
    fn req_2_iphones_are_decided_by_their_numbers() {
        for machine in ["iPhone11,2", "iPhone11,8", "iPhone12,8", "iPhone18,1", "iPhone100,1"] {
            assert_eq!(support(machine), ModelSupport::Supported, "{machine}");
        }
        assert_eq!(support("iPhone99999999999999999999999,1"), ModelSupport::Supported);
        assert_eq!(support("iPhone011,2"), ModelSupport::Supported);
        for machine in ["iPhone10,6", "iPhone9,1", "iPhone1,1", "iPad13,1", "iPod9,1", "iPad"] {
            assert_eq!(support(machine), ModelSupport::Unsupported, "{machine}");
        }
    }

    #[test]
    fn req_2_what_says_nothing_is_unknown() {
        for machine in [
            "x86_64",
            "arm64",
            "i386",
            "iPhone",
            "iPhone11",
            "iPhone,1",
            "iPhone11,",
            "iPhoneX,1",
            "iPhone 11,2",
            "iPhone+11,2",
            "iphone11,2",
            "Watch6,1",
            "iPhone11,2,3",
            " iPhone11,2",
        ] {
            assert_eq!(support(machine), ModelSupport::Unknown, "{machine}");
        }
    }

    #[test]
    fn a_machine_identifier_is_ascii_and_not_empty() {
        assert_eq!("".parse::<MachineIdentifier>(), Err(MachineIdentifierError::Empty));
        assert_eq!(
            "iPhone１１,2".parse::<MachineIdentifier>(),
            Err(MachineIdentifierError::NotAscii)
        );
    }

    #[test]
    fn req_3_versions_are_compared_as_numbers() {
        let too_old = |version: &str| {
            Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: version.parse().unwrap() }
                .os_is_too_old()
        };
        for version in ["13.5.9", "13", "9.10", "0"] {
            assert!(too_old(version), "{version}");
        }
        for version in ["13.6", "13.6.0", "13.10", "14.2", "18", "26"] {
            assert!(!too_old(version), "{version}");
        }
    }

    #[test]
    fn req_3_what_follows_three_numbers_is_read_over() {
        for text in [
            "16.5.1 (c)",
            "16.5.1(c)",
            "16.5.1 (Build 20F75)",
            "16.5.1 beta",
            "16.5.1b",
            "16.5.1-rc",
            "16.5.1.0",
            "16.5.1.99999999999",
        ] {
            let version = text.parse::<OsVersion>().unwrap();
            assert_eq!(version, OsVersion { major: 16, minor: 5, patch: 1 }, "{text}");
        }
        for text in [" 16.5.1", "(c)", "16. (c)"] {
            assert!(text.parse::<OsVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_machine_and_a_version_are_shown_as_they_were_given() {
        assert_eq!("iPhone12,1".parse::<MachineIdentifier>().unwrap().as_str(), "iPhone12,1");
        for (given, shown) in
            [("14", "14.0"), ("14.2", "14.2"), ("14.2.0", "14.2"), ("14.2.1", "14.2.1")]
        {
            assert_eq!(given.parse::<OsVersion>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_bad_version_is_named() {
        for text in ["", "14.", ".2", "14.2.1.", "+14", "14,2", "4294967296", "iOS 14", "１４"] {
            let error = text.parse::<OsVersion>().unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn req_4_android_is_unsupported() {
        assert!(!Phone::Android.has_supported_platform());
        assert_eq!(Phone::Android.model_support(), ModelSupport::Unsupported);
    }
}
