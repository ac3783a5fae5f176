//! What keeps a user from pairing (WEL-5 to WEL-8).

use crate::{ModelSupport, PasswordUse, Phone, Readiness};

/// Something that keeps the user from pairing; each is also an error page (WEL-5, WEL-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Blocker {
    /// The status could not be fetched (WEL-5).
    BackendError,
    /// The phone's model or platform cannot carry a key (WEL-6.2).
    PhoneNotSupported,
    /// iOS is too old, or Apple's API says that no key can be made (WEL-6.3).
    PhoneSoftwareUpdateRequired,
    /// The user is not the primary subscriber (WEL-6.4).
    NotPrimarySubscriber,
    /// The vehicle is not prepared (WEL-6.5).
    VehicleNotPrepared,
    /// There is no password with a use left (WEL-6.6).
    PairingPasswordUnavailable,
}

/// Who can fix a blocker (WEL-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// The user, on the phone.
    Phone,
    /// The vehicle: the backend must reach it first.
    Vehicle,
    /// The user's account.
    Account,
    /// The backend.
    Backend,
}

impl Blocker {
    /// Returns a code that never changes; it is also the name of the error page.
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

    /// Returns who can fix it.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        match self {
            Self::PhoneNotSupported | Self::PhoneSoftwareUpdateRequired => Remedy::Phone,
            Self::NotPrimarySubscriber => Remedy::Account,
            Self::VehicleNotPrepared => Remedy::Vehicle,
            Self::BackendError | Self::PairingPasswordUnavailable => Remedy::Backend,
        }
    }

    /// Returns `true` if trying again can help; such a page offers Retry (ERR-5).
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
}
