//! What an app draws: every page can be drawn from the [`View`] without asking anything else.

use std::sync::Arc;

use super::page::{Overview, Page, VehicleTab};
use super::{Flow, Vehicle};
use crate::{AppleErrorCode, Blocker, Blockers, KeyState, Support, UsageCounter, Vin};

/// Everything that an app needs to draw.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The selected vehicle.
    pub vehicle: Option<Vin>,
    /// The entry on the vehicle tab.
    pub entry: EntryView,
    /// The vehicle's software must be upgraded before it can be paired (REQ-5); a hint.
    pub vehicle_upgrade_required: bool,
    /// The page.
    pub page: PageView,
    /// The state of the selected vehicle's owner key.
    pub key_state: KeyState,
    /// How often the cached password was used; `None` = no password is cached.
    pub password_uses: Option<UsageCounter>,
    /// Apple's sheet is up, or about to be.
    pub pairing_runs: bool,
    /// The error that came with a key (CBK-3), until the flow ends.
    pub warning: Option<AppleErrorCode>,
}

/// The entry on the vehicle tab (ENT-1 to ENT-7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum EntryView {
    /// Not shown.
    #[default]
    Hidden,
    /// A "coming soon" label that leads nowhere.
    ComingSoon,
    /// Shown; a tap opens the flow.
    DigitalKey,
}

/// The page that is shown, with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PageView {
    /// The vehicle tab.
    VehicleTab {
        /// The entry was tapped, and the page behind it is about to open.
        opening: bool,
    },
    /// Welcome.
    Welcome {
        /// Whether Continue is enabled (WEL-4).
        continue_enabled: bool,
        /// All that keeps the user from pairing (WEL-7); empty while Continue is disabled.
        blockers: Blockers,
        /// An existing key is to be moved to this phone (MOV-3).
        move_flow: bool,
    },
    /// Both keys of the vehicle have to be at hand; Continue is enabled.
    GrabYourTwoKeys,
    /// The last page before Apple's sheet; Continue is enabled.
    ReadyToPair {
        /// The checkbox is checked.
        checked: bool,
        /// The checkbox is highlighted (RDY-2).
        highlighted: bool,
    },
    /// Apple's API made no key; offers retry and close.
    PairingError {
        /// Apple's reason, if it gave one; its advice is [`AppleErrorCode::advice`] (CBK-6).
        reason: Option<AppleErrorCode>,
    },
    /// The first page of the tutorial; Continue is enabled.
    Tutorial1,
    /// The second page of the tutorial; Continue is enabled.
    Tutorial2,
    /// The card of the owner key.
    Overview {
        /// The card.
        card: CardView,
        /// The link behind "More information" (OVR-6).
        more_information: Arc<str>,
    },
    /// The warning before an existing key is moved; offers confirm and cancel.
    MoveKeyWarning,
    /// Another error page.
    Error(ErrorPage),
}

/// The card of the owner key on Overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardView {
    /// The card is marked as unable to unlock or start (OVR-3).
    pub cannot_unlock: bool,
    /// What a tap on its action does.
    pub action: CardAction,
}

/// The action of the key's card (OVR-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardAction {
    /// Opens the wallet app at this key.
    EditInWallet,
    /// Opens MoveKeyWarning.
    MoveToThisPhone,
}

/// The error pages, [`PageView::PairingError`] aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorPage {
    /// Something keeps the user from pairing (WEL-5, WEL-6).
    Blocked(Blocker),
    /// Every use of the password is taken, or there is none (ERR-3).
    PairingAttemptsExhausted,
    /// The key was deleted from this phone (OVR-2).
    KeyDeleted,
}

impl ErrorPage {
    /// The page's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocked(blocker) => blocker.code(),
            Self::PairingAttemptsExhausted => "PairingAttemptsExhausted",
            Self::KeyDeleted => "KeyDeleted",
        }
    }

    /// Whether the page offers retry (ERR-3, ERR-5).
    #[must_use]
    pub fn offers_retry(self) -> bool {
        match self {
            Self::Blocked(blocker) => blocker.is_retryable(),
            Self::PairingAttemptsExhausted | Self::KeyDeleted => false,
        }
    }
}

impl PageView {
    /// The page's name, such as `GrabYourTwoKeys`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::VehicleTab { .. } => "VehicleTab",
            Self::Welcome { .. } => "Welcome",
            Self::GrabYourTwoKeys => "GrabYourTwoKeys",
            Self::ReadyToPair { .. } => "ReadyToPair",
            Self::PairingError { .. } => "PairingError",
            Self::Tutorial1 => "Tutorial1",
            Self::Tutorial2 => "Tutorial2",
            Self::Overview { .. } => "Overview",
            Self::MoveKeyWarning => "MoveKeyWarning",
            Self::Error(page) => page.name(),
        }
    }

    /// Whether the page has a Continue that is enabled (WEL-4, KEY-1, RDY-1, TUT-1, TUT-2).
    #[must_use]
    pub fn continue_enabled(&self) -> bool {
        match self {
            Self::Welcome { continue_enabled, .. } => *continue_enabled,
            Self::GrabYourTwoKeys
            | Self::ReadyToPair { .. }
            | Self::Tutorial1
            | Self::Tutorial2 => true,
            Self::VehicleTab { .. }
            | Self::PairingError { .. }
            | Self::Overview { .. }
            | Self::MoveKeyWarning
            | Self::Error(_) => false,
        }
    }

    /// Whether the page offers retry (ERR-2, ERR-5).
    #[must_use]
    pub fn offers_retry(&self) -> bool {
        match self {
            Self::PairingError { .. } => true,
            Self::Error(page) => page.offers_retry(),
            Self::VehicleTab { .. }
            | Self::Welcome { .. }
            | Self::GrabYourTwoKeys
            | Self::ReadyToPair { .. }
            | Self::Tutorial1
            | Self::Tutorial2
            | Self::Overview { .. }
            | Self::MoveKeyWarning => false,
        }
    }
}

impl Flow {
    /// What an app draws now.
    #[must_use]
    pub fn view(&self) -> View {
        let vehicle = self.selected.and_then(|vin| self.vehicles.get(&vin));
        let record = vehicle.map(|vehicle| &vehicle.record);
        View {
            vehicle: self.selected,
            entry: vehicle
                .map_or(EntryView::Hidden, |vehicle| VehicleTab::entry(&self.settings, vehicle)),
            vehicle_upgrade_required: matches!(
                record.and_then(|record| record.support),
                Some(Support::Supported { upgrade_required: true })
            ),
            page: vehicle
                .map_or(PageView::VehicleTab { opening: false }, |vehicle| self.page_view(vehicle)),
            key_state: record.map_or(KeyState::Unknown, |record| record.key.state()),
            password_uses: record.and_then(|record| record.password).map(|password| password.uses),
            pairing_runs: self.attempt.is_some(),
            warning: self.warning,
        }
    }

    fn page_view(&self, vehicle: &Vehicle) -> PageView {
        match &self.page {
            Page::VehicleTab(page) => page.view(),
            Page::Welcome(page) => page.view(&self.settings, vehicle, self.move_flow),
            Page::GrabYourTwoKeys(_) => PageView::GrabYourTwoKeys,
            Page::ReadyToPair(page) => page.view(),
            Page::PairingError(page) => page.view(),
            Page::Tutorial1(_) => PageView::Tutorial1,
            Page::Tutorial2(_) => PageView::Tutorial2,
            Page::Overview(_) => Overview::view(&self.settings, vehicle),
            Page::MoveKeyWarning(_) => PageView::MoveKeyWarning,
            Page::Error(page) => PageView::Error(*page),
        }
    }
}
