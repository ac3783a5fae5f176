//! Apple's answer to a pairing (CBK).

use crate::DigitalKeyId;

/// Apple's answer to a pairing, in all four shapes (CBK-1 to CBK-4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PairingAnswer {
    /// The key that was made; a key is a success, with or without an error (CBK-3).
    pub pass: Option<DigitalKeyId>,
    /// What Apple's API complains about.
    pub error: Option<AppleErrorCode>,
}

/// A key that Apple's API made.
pub(super) struct MadeKey {
    pub(super) key: DigitalKeyId,
    /// The error that came with the key (CBK-3).
    pub(super) warning: Option<AppleErrorCode>,
}

impl PairingAnswer {
    /// Returns the key that was made: a pass is a success, also with an error (CBK-1, CBK-3).
    ///
    /// # Errors
    /// Without a pass the pairing failed, for Apple's reason or without one (CBK-2, CBK-4).
    pub(super) fn into_result(self) -> Result<MadeKey, Option<AppleErrorCode>> {
        let Self { pass, error } = self;
        pass.map(|key| MadeKey { key, warning: error }).ok_or(error)
    }
}

/// The error codes of Apple's pairing API (CBK-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum AppleErrorCode {
    /// 0: anything else.
    GenericError,
    /// 1: the user closed the sheet.
    UserCanceled,
    /// 2: not available on this device, or the app lacks its entitlement.
    Unavailable,
    /// 3: the configuration is invalid for the wallet or for the vehicle.
    InvalidConfiguration,
    /// 4: the vehicle or the phone is not supported.
    DeviceNotSupported,
    /// 5: the vehicle or the phone is not ready.
    DeviceNotReady,
    /// 6: iOS is too old.
    OsVersionNotSupported,
}

/// What a user can do after a failed pairing (CBK-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PairingAdvice {
    /// Nothing in particular: try again.
    TryAgain,
    /// The user cancelled: say so, and offer to try again.
    Cancelled,
    /// The app or the phone cannot pair: trying again will not help, report it.
    ReportFault,
    /// A fresh password may help, then support.
    TryAgainThenSupport,
    /// The vehicle's or the phone's software does not fit.
    CheckVehicleAndPhoneSoftware,
    /// The vehicle or the phone was not ready: show the checklist again.
    CheckVehicleIsReady,
    /// Update iOS.
    UpdateIos,
}

impl AppleErrorCode {
    /// All codes, in the order of Apple's numbers.
    pub const ALL: [Self; 7] = [
        Self::GenericError,
        Self::UserCanceled,
        Self::Unavailable,
        Self::InvalidConfiguration,
        Self::DeviceNotSupported,
        Self::DeviceNotReady,
        Self::OsVersionNotSupported,
    ];

    /// The code with Apple's number; a number that is not known counts as generic.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
            .unwrap_or(Self::GenericError)
    }

    /// Apple's name of the code, such as `userCanceled`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GenericError => "genericError",
            Self::UserCanceled => "userCanceled",
            Self::Unavailable => "unavailable",
            Self::InvalidConfiguration => "invalidConfiguration",
            Self::DeviceNotSupported => "deviceNotSupported",
            Self::DeviceNotReady => "deviceNotReady",
            Self::OsVersionNotSupported => "osVersionNotSupported",
        }
    }

    /// The code with Apple's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What the user can do about it.
    #[must_use]
    pub fn advice(self) -> PairingAdvice {
        match self {
            Self::GenericError => PairingAdvice::TryAgain,
            Self::UserCanceled => PairingAdvice::Cancelled,
            Self::Unavailable => PairingAdvice::ReportFault,
            Self::InvalidConfiguration => PairingAdvice::TryAgainThenSupport,
            Self::DeviceNotSupported => PairingAdvice::CheckVehicleAndPhoneSoftware,
            Self::DeviceNotReady => PairingAdvice::CheckVehicleIsReady,
            Self::OsVersionNotSupported => PairingAdvice::UpdateIos,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cbk_6_apples_numbers_and_names() {
        for (number, code) in (0..).zip(AppleErrorCode::ALL) {
            assert_eq!(AppleErrorCode::from_number(number), code);
            assert_eq!(AppleErrorCode::from_name(code.name()), Some(code));
        }
        assert_eq!(AppleErrorCode::from_number(7), AppleErrorCode::GenericError);
        assert_eq!(AppleErrorCode::from_number(-1), AppleErrorCode::GenericError);
        assert_eq!(AppleErrorCode::from_name("nonsense"), None);
    }
}
