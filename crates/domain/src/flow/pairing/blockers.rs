//! What keeps a user from pairing (WEL-5 to WEL-8).

use crate::flow::{ErrorPage, PageName};
use crate::{KeyCreation, ModelSupport, PasswordUse, Phone, Readiness};

/// Something that keeps the user from pairing; each is also an error page (WEL-5, WEL-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Blocker {
    /// The status could not be fetched (WEL-5).
    BackendError,
    /// The phone's model or platform cannot carry a key (WEL-6.2).
    PhoneNotSupported,
    /// The phone's software cannot make a key (WEL-6.3).
    PhoneSoftwareUpdateRequired(PhoneSoftwareIssue),
    /// The user is not the primary subscriber (WEL-6.4).
    NotPrimarySubscriber,
    /// The vehicle is not prepared (WEL-6.5).
    VehicleNotPrepared,
    /// There is no password with a use left (WEL-6.6).
    PairingPasswordUnavailable,
}

/// Why the phone's software cannot make a key (WEL-6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum PhoneSoftwareIssue {
    /// iOS is older than 13.6 (REQ-3).
    IosTooOld,
    /// Apple's API says that a key cannot be created, for example without an iCloud account.
    AppleRefuses,
    /// Apple's API did not answer in time.
    AppleDidNotAnswer,
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
        PageName::from(ErrorPage::Blocked(self)).as_str()
    }

    /// Returns who can fix it.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        match self {
            Self::PhoneNotSupported | Self::PhoneSoftwareUpdateRequired(_) => Remedy::Phone,
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
            // A driver can sign in to iCloud at once; an update of iOS takes the app with it.
            Self::PhoneSoftwareUpdateRequired(issue) => issue != PhoneSoftwareIssue::IosTooOld,
            Self::PhoneNotSupported | Self::NotPrimarySubscriber => false,
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

/// What decides the ranks 2 to 6 of WEL-6, as far as it is known.
pub(in crate::flow) struct PairingCheck<'a> {
    pub(in crate::flow) phone: &'a Phone,
    /// Apple's answer; `None` = it has not come yet.
    pub(in crate::flow) key_creation: Option<KeyCreation>,
    pub(in crate::flow) readiness: Readiness,
    pub(in crate::flow) password: Option<PasswordUse>,
    /// A fetch is under way that may replace the password.
    pub(in crate::flow) is_password_pending: bool,
}

/// What is known about one rank of WEL-6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    Undecided,
    Free,
    Blocked(Blocker),
}

impl PairingCheck<'_> {
    /// Returns `true` if the answers that are missing cannot change where Continue leads: no rank
    /// before the first blocker is undecided (WEL-4).
    pub(in crate::flow) fn is_decided(&self) -> bool {
        let first = self.ranks().into_iter().find(|rank| *rank != Rank::Free);
        first != Some(Rank::Undecided)
    }

    /// Returns the blockers that are known, in order (WEL-7).
    pub(in crate::flow) fn blockers(&self) -> Blockers {
        Blockers(self.ranks().map(|rank| match rank {
            Rank::Blocked(blocker) => Some(blocker),
            Rank::Undecided | Rank::Free => None,
        }))
    }

    fn ranks(&self) -> [Rank; 5] {
        let blocked_if =
            |is_blocked, blocker| if is_blocked { Rank::Blocked(blocker) } else { Rank::Free };
        let no_use_left = self.password.is_none_or(|password| password.uses.is_exhausted());
        [
            // An unknown model is no blocker by itself: Apple's answer decides (WEL-8).
            blocked_if(
                self.phone.model_support() == ModelSupport::Unsupported,
                Blocker::PhoneNotSupported,
            ),
            self.phone_software(),
            blocked_if(!self.readiness.primary_subscriber, Blocker::NotPrimarySubscriber),
            blocked_if(!self.readiness.prepared, Blocker::VehicleNotPrepared),
            match self.is_password_pending {
                true => Rank::Undecided,
                false => blocked_if(no_use_left, Blocker::PairingPasswordUnavailable),
            },
        ]
    }

    fn phone_software(&self) -> Rank {
        let issue = match self.key_creation {
            _ if self.phone.os_is_too_old() => PhoneSoftwareIssue::IosTooOld,
            None => return Rank::Undecided,
            Some(KeyCreation::Possible) => return Rank::Free,
            Some(KeyCreation::Refused) => PhoneSoftwareIssue::AppleRefuses,
            Some(KeyCreation::NoAnswer) => PhoneSoftwareIssue::AppleDidNotAnswer,
        };
        Rank::Blocked(Blocker::PhoneSoftwareUpdateRequired(issue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generation, UsageCounter};

    const READY: Readiness = Readiness { primary_subscriber: true, prepared: true };
    const TOO_OLD: Blocker = Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::IosTooOld);
    const REFUSED: Blocker = Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::AppleRefuses);
    const SILENT: Blocker =
        Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::AppleDidNotAnswer);

    fn phone(machine: &str, version: &str) -> Phone {
        Phone::Ios { machine: machine.parse().unwrap(), version: version.parse().unwrap() }
    }

    fn password(uses: u8) -> Option<PasswordUse> {
        Some(PasswordUse { generation: Generation::new(1), uses: UsageCounter::new(uses) })
    }

    /// A check on this phone that no rank blocks, the phone's own aside.
    fn check(phone: &Phone) -> PairingCheck<'_> {
        PairingCheck {
            phone,
            key_creation: Some(KeyCreation::Possible),
            readiness: READY,
            password: password(2),
            is_password_pending: false,
        }
    }

    fn blockers(check: &PairingCheck<'_>) -> Vec<Blocker> {
        check.blockers().iter().collect()
    }

    #[test]
    fn wel_6_nothing_in_the_way() {
        assert_eq!(blockers(&check(&phone("iPhone12,1", "14.2"))), []);
    }

    #[test]
    fn wel_7_all_blockers_come_in_order() {
        let readiness = Readiness { primary_subscriber: false, prepared: false };
        let key_creation = Some(KeyCreation::Refused);
        let phone = phone("iPhone9,1", "13.5");
        let check = PairingCheck { key_creation, readiness, password: None, ..check(&phone) };
        assert_eq!(
            blockers(&check),
            [
                Blocker::PhoneNotSupported,
                TOO_OLD,
                Blocker::NotPrimarySubscriber,
                Blocker::VehicleNotPrepared,
                Blocker::PairingPasswordUnavailable,
            ]
        );
    }

    #[test]
    fn wel_6_each_rank_alone() {
        for (phone, blocker) in [
            (phone("iPhone10,6", "14.2"), Blocker::PhoneNotSupported),
            (Phone::Android, Blocker::PhoneNotSupported),
            (phone("iPhone12,1", "13.5.1"), TOO_OLD),
        ] {
            assert_eq!(blockers(&check(&phone)), [blocker]);
        }
        let phone = phone("iPhone12,1", "14.2");
        let good = || check(&phone);
        let readiness = Readiness { primary_subscriber: false, ..READY };
        let secondary = PairingCheck { readiness, ..good() };
        assert_eq!(blockers(&secondary), [Blocker::NotPrimarySubscriber]);
        let readiness = Readiness { prepared: false, ..READY };
        let unprepared = PairingCheck { readiness, ..good() };
        assert_eq!(blockers(&unprepared), [Blocker::VehicleNotPrepared]);
        for password in [password(3), None] {
            let used_up = PairingCheck { password, ..good() };
            assert_eq!(blockers(&used_up), [Blocker::PairingPasswordUnavailable]);
        }
    }

    #[test]
    fn wel_6_3_the_view_says_why_the_software_makes_no_key() {
        let phone = phone("iPhone12,1", "14.2");
        for (answer, blocker) in [(KeyCreation::Refused, REFUSED), (KeyCreation::NoAnswer, SILENT)]
        {
            let check = PairingCheck { key_creation: Some(answer), ..check(&phone) };
            assert_eq!(blockers(&check), [blocker]);
        }
    }

    #[test]
    fn err_5_retry_helps_unless_ios_is_too_old() {
        assert_eq!([TOO_OLD, REFUSED, SILENT].map(Blocker::is_retryable), [false, true, true]);
    }

    #[test]
    fn wel_8_an_unknown_model_is_left_to_apple() {
        let simulator = phone("arm64", "14.2");
        assert_eq!(blockers(&check(&simulator)), []);
        let refused =
            PairingCheck { key_creation: Some(KeyCreation::Refused), ..check(&simulator) };
        assert_eq!(blockers(&refused), [REFUSED]);
    }

    #[test]
    fn wel_4_a_missing_answer_matters_to_later_ranks_only() {
        let good = phone("iPhone12,1", "14.2");
        let no_password = |phone| PairingCheck { is_password_pending: true, ..check(phone) };
        assert!(!no_password(&good).is_decided());
        let old_phone = phone("iPhone10,6", "14.2");
        assert!(no_password(&old_phone).is_decided());
        assert_eq!(blockers(&no_password(&old_phone)), [Blocker::PhoneNotSupported]);
        let readiness = Readiness { primary_subscriber: false, prepared: true };
        let secondary = || PairingCheck { readiness, ..no_password(&good) };
        assert!(secondary().is_decided());
        // Apple's answer comes before: it could still be the first blocker.
        let no_answer = PairingCheck { key_creation: None, ..secondary() };
        assert!(!no_answer.is_decided());
        let old_ios = phone("iPhone12,1", "13.5");
        let old = PairingCheck { key_creation: None, ..no_password(&old_ios) };
        assert!(old.is_decided());
        assert_eq!(blockers(&old), [TOO_OLD]);
    }
}
