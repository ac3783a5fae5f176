//! The page that a step led to.

use digital_key_domain::{Blocker, ErrorPage, PageView};
use serde::{Deserialize, Serialize};

/// The page that a step led to, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the page of this name")]
pub enum RecordedPage {
    VehicleTab,
    Welcome,
    GrabYourTwoKeys,
    ReadyToPair,
    PairingError,
    Tutorial1,
    Tutorial2,
    Overview,
    MoveKeyWarning,
    BackendError,
    PhoneNotSupported,
    PhoneSoftwareUpdateRequired,
    NotPrimarySubscriber,
    VehicleNotPrepared,
    PairingPasswordUnavailable,
    PairingAttemptsExhausted,
    KeyDeleted,
}

impl RecordedPage {
    /// Returns the page of a view.
    #[must_use]
    pub fn of(page: &PageView) -> Self {
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
            PageView::Error(ErrorPage::PairingAttemptsExhausted) => Self::PairingAttemptsExhausted,
            PageView::Error(ErrorPage::KeyDeleted) => Self::KeyDeleted,
            PageView::Error(ErrorPage::Blocked(blocker)) => match blocker {
                Blocker::BackendError => Self::BackendError,
                Blocker::PhoneNotSupported => Self::PhoneNotSupported,
                Blocker::PhoneSoftwareUpdateRequired(_) => Self::PhoneSoftwareUpdateRequired,
                Blocker::NotPrimarySubscriber => Self::NotPrimarySubscriber,
                Blocker::VehicleNotPrepared => Self::VehicleNotPrepared,
                Blocker::PairingPasswordUnavailable => Self::PairingPasswordUnavailable,
            },
        }
    }

    /// Returns the name of the page, such as `GrabYourTwoKeys`.
    #[must_use]
    pub fn name(self) -> &'static str {
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
