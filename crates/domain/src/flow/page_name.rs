//! The names of the pages.

use super::pairing::Blocker;
use super::view::{ErrorPage, PageView};

/// The name of a page, without what the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageName {
    /// The vehicle tab.
    VehicleTab,
    /// Welcome.
    Welcome,
    /// GrabYourTwoKeys.
    GrabYourTwoKeys,
    /// ReadyToPair.
    ReadyToPair,
    /// PairingError.
    PairingError,
    /// Tutorial1.
    Tutorial1,
    /// Tutorial2.
    Tutorial2,
    /// Overview.
    Overview,
    /// MoveKeyWarning.
    MoveKeyWarning,
    /// BackendError (WEL-5).
    BackendError,
    /// PhoneNotSupported (WEL-6.2).
    PhoneNotSupported,
    /// PhoneSoftwareUpdateRequired (WEL-6.3).
    PhoneSoftwareUpdateRequired,
    /// NotPrimarySubscriber (WEL-6.4).
    NotPrimarySubscriber,
    /// VehicleNotPrepared (WEL-6.5).
    VehicleNotPrepared,
    /// PairingPasswordUnavailable (WEL-6.6).
    PairingPasswordUnavailable,
    /// PairingAttemptsExhausted (ERR-3).
    PairingAttemptsExhausted,
    /// KeyDeleted (OVR-2, OVR-7).
    KeyDeleted,
}

impl PageName {
    /// All names. A recording holds the place of a page in this list, so a new page comes last.
    pub const ALL: [Self; 17] = [
        Self::VehicleTab,
        Self::Welcome,
        Self::GrabYourTwoKeys,
        Self::ReadyToPair,
        Self::PairingError,
        Self::Tutorial1,
        Self::Tutorial2,
        Self::Overview,
        Self::MoveKeyWarning,
        Self::BackendError,
        Self::PhoneNotSupported,
        Self::PhoneSoftwareUpdateRequired,
        Self::NotPrimarySubscriber,
        Self::VehicleNotPrepared,
        Self::PairingPasswordUnavailable,
        Self::PairingAttemptsExhausted,
        Self::KeyDeleted,
    ];

    /// Returns the name as text, such as `GrabYourTwoKeys`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VehicleTab => "VehicleTab",
            Self::Welcome => "Welcome",
            Self::GrabYourTwoKeys => "GrabYourTwoKeys",
            Self::ReadyToPair => "ReadyToPair",
            Self::PairingError => "PairingError",
            Self::Tutorial1 => "Tutorial1",
            Self::Tutorial2 => "Tutorial2",
            Self::Overview => "Overview",
            Self::MoveKeyWarning => "MoveKeyWarning",
            Self::BackendError => "BackendError",
            Self::PhoneNotSupported => "PhoneNotSupported",
            Self::PhoneSoftwareUpdateRequired => "PhoneSoftwareUpdateRequired",
            Self::NotPrimarySubscriber => "NotPrimarySubscriber",
            Self::VehicleNotPrepared => "VehicleNotPrepared",
            Self::PairingPasswordUnavailable => "PairingPasswordUnavailable",
            Self::PairingAttemptsExhausted => "PairingAttemptsExhausted",
            Self::KeyDeleted => "KeyDeleted",
        }
    }
}

impl From<&PageView> for PageName {
    fn from(page: &PageView) -> Self {
        match page {
            PageView::VehicleTab { .. } => Self::VehicleTab,
            PageView::Welcome { .. } => Self::Welcome,
            PageView::GrabYourTwoKeys => Self::GrabYourTwoKeys,
            PageView::ReadyToPair { .. } => Self::ReadyToPair,
            PageView::PairingError { .. } => Self::PairingError,
            PageView::Tutorial1 => Self::Tutorial1,
            PageView::Tutorial2 => Self::Tutorial2,
            PageView::Overview { .. } => Self::Overview,
            PageView::MoveKeyWarning => Self::MoveKeyWarning,
            PageView::Error(page) => (*page).into(),
        }
    }
}

impl From<ErrorPage> for PageName {
    fn from(page: ErrorPage) -> Self {
        match page {
            ErrorPage::PairingAttemptsExhausted => Self::PairingAttemptsExhausted,
            ErrorPage::KeyDeleted => Self::KeyDeleted,
            ErrorPage::Blocked(blocker) => match blocker {
                Blocker::BackendError => Self::BackendError,
                Blocker::PhoneNotSupported => Self::PhoneNotSupported,
                Blocker::PhoneSoftwareUpdateRequired(_) => Self::PhoneSoftwareUpdateRequired,
                Blocker::NotPrimarySubscriber => Self::NotPrimarySubscriber,
                Blocker::VehicleNotPrepared => Self::VehicleNotPrepared,
                Blocker::PairingPasswordUnavailable => Self::PairingPasswordUnavailable,
            },
        }
    }
}
