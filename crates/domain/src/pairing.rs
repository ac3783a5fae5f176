//! Whether a pairing may start: the status, Apple's answer and the blockers (WEL-6, WEL-7).

use crate::{DigitalKeyId, ModelSupport, PasswordUse, Phone, Readiness};

/// The BFF's answer about one VIN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PairingStatus {
    /// The vehicle's owner key, if it has one.
    pub owner_key: Option<ReportedKey>,
    /// The user is the vehicle's primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
}

/// An owner key as the backend reports it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportedKey {
    /// Its identifier.
    pub id: DigitalKeyId,
    /// The key is registered with the maker's key tracking service.
    pub tracked: bool,
}

/// Apple's answer to a pairing, in all four shapes (CBK-1 to CBK-4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PairingAnswer {
    /// The key that was made; a key is a success, with or without an error (CBK-3).
    pub pass: Option<DigitalKeyId>,
    /// What Apple's API complains about.
    pub error: Option<AppleErrorCode>,
}

/// The error codes of Apple's pairing API (CBK-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Something that keeps the user from pairing; each is also an error page (WEL-5, WEL-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocker {
    /// The status could not be fetched (WEL-5).
    BackendError,
    /// The phone's model or platform cannot carry a key (6.2).
    PhoneNotSupported,
    /// iOS is too old, or Apple's API says that no key can be made (6.3).
    PhoneSoftwareUpdateRequired,
    /// The user is not the primary subscriber (6.4).
    NotPrimarySubscriber,
    /// The vehicle is not prepared (6.5).
    VehicleNotPrepared,
    /// There is no password with a use left (6.6).
    PairingPasswordUnavailable,
}

/// Where the mending of a blocker has to happen (WEL-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mender {
    /// The user, on the phone.
    Phone,
    /// The vehicle: it must be reached by the backend first.
    Vehicle,
    /// The user's account.
    Account,
    /// The backend.
    Backend,
}

impl Blocker {
    /// A code that never changes; it is the name of the error page.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BackendError => "BackendError",
            Self::PhoneNotSupported => "PhoneNotSupported",
            Self::PhoneSoftwareUpdateRequired => "PhoneSoftwareUpdateRequired",
            Self::NotPrimarySubscriber => "NotPrimarySubscriber",
            Self::VehicleNotPrepared => "VehicleNotPrepared",
            Self::PairingPasswordUnavailable => "PairingPasswordUnavailable",
        }
    }

    /// Who can mend it.
    #[must_use]
    pub fn mender(self) -> Mender {
        match self {
            Self::PhoneNotSupported | Self::PhoneSoftwareUpdateRequired => Mender::Phone,
            Self::NotPrimarySubscriber => Mender::Account,
            Self::VehicleNotPrepared => Mender::Vehicle,
            Self::BackendError | Self::PairingPasswordUnavailable => Mender::Backend,
        }
    }

    /// Whether trying again can help; such a page offers retry (ERR-5).
    #[must_use]
    pub fn is_retryable(self) -> bool {
        match self {
            Self::BackendError | Self::VehicleNotPrepared | Self::PairingPasswordUnavailable => {
                true
            }
            Self::PhoneNotSupported
            | Self::PhoneSoftwareUpdateRequired
            | Self::NotPrimarySubscriber => false,
        }
    }
}

/// All blockers of a pairing, in the order of WEL-6; the first is the page that Continue opens.
///
/// ```
/// use digital_key_domain::{Blocker, Blockers};
///
/// let blockers = Blockers::backend_error();
/// assert_eq!(blockers.iter().collect::<Vec<_>>(), [Blocker::BackendError]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Blockers([Option<Blocker>; 5]);

impl Blockers {
    /// No blocker: the way is free, or leads to Overview.
    pub const NONE: Self = Self([None; 5]);

    /// The one blocker after a failed status fetch (WEL-5, WEL-7).
    #[must_use]
    pub fn backend_error() -> Self {
        Self([Some(Blocker::BackendError), None, None, None, None])
    }

    /// The blockers after a successful status fetch, ranks 2 to 6 of WEL-6.
    #[must_use]
    pub fn of_pairing(
        phone: &Phone,
        apple_can_create: bool,
        readiness: Readiness,
        password: Option<PasswordUse>,
    ) -> Self {
        let no_use_left = password.is_none_or(|password| password.uses.is_exhausted());
        Self([
            // An unknown model is no blocker by itself: Apple's answer decides (WEL-8).
            (phone.model_support() == ModelSupport::Unsupported)
                .then_some(Blocker::PhoneNotSupported),
            (phone.os_is_too_old() || !apple_can_create)
                .then_some(Blocker::PhoneSoftwareUpdateRequired),
            (!readiness.primary_subscriber).then_some(Blocker::NotPrimarySubscriber),
            (!readiness.prepared).then_some(Blocker::VehicleNotPrepared),
            no_use_left.then_some(Blocker::PairingPasswordUnavailable),
        ])
    }

    /// The blockers in order.
    pub fn iter(&self) -> impl Iterator<Item = Blocker> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The first one: the page that Continue opens.
    #[must_use]
    pub fn first(&self) -> Option<Blocker> {
        self.iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generation, UsageCounter};

    fn phone(machine: &str, version: &str) -> Phone {
        Phone::Ios { machine: machine.parse().unwrap(), version: version.parse().unwrap() }
    }

    fn password(uses: u8) -> Option<PasswordUse> {
        Some(PasswordUse { generation: Generation::new(1), uses: UsageCounter::new(uses) })
    }

    const READY: Readiness = Readiness { primary_subscriber: true, prepared: true };

    #[test]
    fn wel_6_nothing_in_the_way() {
        let blockers = Blockers::of_pairing(&phone("iPhone12,1", "14.2"), true, READY, password(2));
        assert_eq!(blockers.first(), None);
    }

    #[test]
    fn wel_7_all_blockers_come_in_order() {
        let unready = Readiness { primary_subscriber: false, prepared: false };
        let blockers = Blockers::of_pairing(&phone("iPhone9,1", "13.5"), false, unready, None);
        assert_eq!(
            blockers.iter().collect::<Vec<_>>(),
            [
                Blocker::PhoneNotSupported,
                Blocker::PhoneSoftwareUpdateRequired,
                Blocker::NotPrimarySubscriber,
                Blocker::VehicleNotPrepared,
                Blocker::PairingPasswordUnavailable,
            ]
        );
    }

    #[test]
    fn wel_6_each_rank_alone() {
        let good = phone("iPhone12,1", "14.2");
        let only = |blockers: Blockers| blockers.iter().collect::<Vec<_>>();
        let of = |phone: &Phone, can, readiness, password| {
            only(Blockers::of_pairing(phone, can, readiness, password))
        };
        assert_eq!(
            of(&phone("iPhone10,6", "14.2"), true, READY, password(0)),
            [Blocker::PhoneNotSupported]
        );
        assert_eq!(of(&Phone::Android, true, READY, password(0)), [Blocker::PhoneNotSupported]);
        assert_eq!(
            of(&phone("iPhone12,1", "13.5.1"), true, READY, password(0)),
            [Blocker::PhoneSoftwareUpdateRequired]
        );
        assert_eq!(of(&good, false, READY, password(0)), [Blocker::PhoneSoftwareUpdateRequired]);
        assert_eq!(
            of(&good, true, Readiness { primary_subscriber: false, ..READY }, password(0)),
            [Blocker::NotPrimarySubscriber]
        );
        assert_eq!(
            of(&good, true, Readiness { prepared: false, ..READY }, password(0)),
            [Blocker::VehicleNotPrepared]
        );
        assert_eq!(of(&good, true, READY, password(3)), [Blocker::PairingPasswordUnavailable]);
        assert_eq!(of(&good, true, READY, None), [Blocker::PairingPasswordUnavailable]);
    }

    #[test]
    fn wel_8_an_unknown_model_is_left_to_apple() {
        let simulator = phone("arm64", "14.2");
        assert_eq!(Blockers::of_pairing(&simulator, true, READY, password(0)).first(), None);
        assert_eq!(
            Blockers::of_pairing(&simulator, false, READY, password(0)).first(),
            Some(Blocker::PhoneSoftwareUpdateRequired)
        );
    }

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
