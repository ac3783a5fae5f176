//! What an app draws. Every page can be drawn from the [`View`] alone.

use std::sync::Arc;

use super::machine::Flow;
use super::page::VehicleTab;
use super::page_name::PageName;
use super::protocol::{NoAnswer, Taps};
use super::screen::Facts;
use crate::{AppleErrorCode, Blocker, Blockers, KeyState, Support, UsageCounter, Vin};

/// Everything that an app needs to draw.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct View {
    /// The selected vehicle.
    pub vehicle: Option<Vin>,
    /// The entry on the vehicle tab.
    pub entry: EntryView,
    /// The vehicle's software must be upgraded before it can be paired (REQ-5); a hint.
    pub vehicle_upgrade_required: bool,
    /// The page.
    pub page: PageView,
    /// The taps that the page offers now; every other tap is ignored (GEN-8).
    pub offers: Taps,
    /// The state of the selected vehicle's owner key.
    pub key_state: KeyState,
    /// How often the cached password was used; `None` = no password is cached.
    pub password_uses: Option<UsageCounter>,
    /// Apple's sheet is up, or about to be.
    pub pairing_runs: bool,
    /// The error that came with a key (CBK-3), until the flow ends.
    pub warning: Option<AppleErrorCode>,
    /// How many seconds the page asks to wait before the next try, as of the failure that led to it
    /// (GEN-11). It does not count down.
    pub wait: Option<u64>,
    /// What the page reports, until the next tap (OVR-4).
    pub notice: Option<Notice>,
}

/// The entry on the vehicle tab (ENT-1 to ENT-7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum EntryView {
    /// Not shown.
    #[default]
    Hidden,
    /// A "coming soon" label that leads nowhere.
    ComingSoon,
    /// Shown; a tap opens the flow.
    DigitalKey,
}

/// Why the entry is not shown on the vehicle tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum HiddenReason {
    /// No vehicle is selected.
    NoVehicle,
    /// The phone's platform cannot have a key (ENT-1).
    Platform,
    /// The vehicle does not support Smart Access (ENT-2).
    NotSupported,
    /// The cache or the backend has not answered yet (ENT-4).
    Asking,
    /// The backend could not be asked (ENT-4).
    Failed(NoAnswer),
    /// The backend's answer has a state or a package that this version does not know (REQ-5).
    UnknownValue,
}

/// Something that a page reports beside what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Notice {
    /// The wallet app could not be opened (OVR-4).
    WalletNotOpened,
}

/// The page that is shown, with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum PageView {
    /// The vehicle tab.
    VehicleTab {
        /// The entry was tapped, and the page behind it is about to open.
        opening: bool,
        /// Why the entry is not shown; `None` = it is shown.
        hidden: Option<HiddenReason>,
    },
    /// Welcome.
    Welcome {
        /// All that is known to keep the user from pairing (WEL-7); empty while Continue is not
        /// offered.
        blockers: Blockers,
        /// An existing key is to be moved to this phone (MOV-3).
        move_flow: bool,
    },
    /// Both keys of the vehicle have to be at hand (KEY-1).
    GrabYourTwoKeys,
    /// The last page before Apple's sheet.
    ReadyToPair {
        /// The checkbox is checked.
        checked: bool,
        /// The checkbox is highlighted (RDY-2).
        highlighted: bool,
    },
    /// Apple's API made no key.
    PairingError {
        /// Apple's reason, if it gave one; its advice is [`AppleErrorCode::advice`] (CBK-6).
        reason: Option<AppleErrorCode>,
        /// A new password is being fetched for the next attempt (ERR-3); an app can show it beside
        /// Retry.
        refreshing: bool,
    },
    /// The first page of the tutorial.
    Tutorial1,
    /// The second page of the tutorial.
    Tutorial2,
    /// The card of the owner key.
    Overview {
        /// The card.
        card: CardView,
        /// The link behind "More information" (OVR-6).
        more_information: Arc<str>,
    },
    /// The warning before an existing key is moved (MOV-1).
    MoveKeyWarning,
    /// Another error page.
    Error(ErrorPage),
}

/// The card of the owner key on Overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CardView {
    /// The card is marked as unable to unlock or start (OVR-3, OVR-7).
    pub cannot_unlock: bool,
    /// What a tap on its action does.
    pub action: CardAction,
}

/// The action of the key's card (OVR-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum CardAction {
    /// Opens the wallet app at this key.
    EditInWallet,
    /// Opens MoveKeyWarning.
    MoveToThisPhone,
}

/// The error pages, [`PageView::PairingError`] aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum ErrorPage {
    /// Something keeps the user from pairing (WEL-5, WEL-6).
    Blocked(Blocker),
    /// Every use of the password is taken, or there is none (ERR-3).
    PairingAttemptsExhausted,
    /// The key was deleted (OVR-2, OVR-7).
    KeyDeleted,
}

impl ErrorPage {
    /// Returns the name of the page.
    #[must_use]
    pub fn name(self) -> &'static str {
        PageName::from(self).as_str()
    }
}

impl PageView {
    /// The vehicle tab, without a vehicle.
    pub const NO_VEHICLE: Self =
        Self::VehicleTab { opening: false, hidden: Some(HiddenReason::NoVehicle) };

    /// Returns how many seconds to wait, if the support of the vehicle could not be asked (GEN-11).
    fn failed_support(&self) -> Option<u64> {
        let Self::VehicleTab { hidden: Some(HiddenReason::Failed(no_answer)), .. } = self else {
            return None;
        };
        no_answer.wait
    }

    /// Returns the name of the page, such as `GrabYourTwoKeys`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        PageName::from(self).as_str()
    }
}

impl Flow {
    /// Returns what an app draws now.
    #[must_use]
    pub fn view(&self) -> View {
        let screen = self.screen.as_ref();
        let shown = screen.and_then(|screen| {
            let vehicle = self.vehicles.get(screen.vin)?;
            let move_flow = screen.move_flow;
            Some((&screen.page, Facts { settings: &self.settings, vehicle, move_flow }))
        });
        let record = shown.map(|(_, facts)| &facts.vehicle.record);
        let page = match shown {
            Some((page, facts)) => page.view(facts),
            None if self.settings.phone.has_supported_platform() => PageView::NO_VEHICLE,
            None => PageView::VehicleTab { opening: false, hidden: Some(HiddenReason::Platform) },
        };
        View {
            vehicle: screen.map(|screen| screen.vin),
            entry: shown.map_or(EntryView::Hidden, |(_, facts)| VehicleTab::entry(facts)),
            vehicle_upgrade_required: matches!(
                record.and_then(|record| record.support),
                Some(Support::Supported { upgrade_required: true })
            ),
            wait: page.failed_support().or(screen.and_then(|screen| screen.wait)),
            notice: screen.and_then(|screen| screen.notice),
            page,
            offers: shown.map_or(Taps::NONE, |(page, facts)| page.offers(facts)),
            key_state: record.map_or(KeyState::Unknown, |record| record.key.state()),
            password_uses: record.and_then(|record| record.password).map(|password| password.uses),
            pairing_runs: self.attempt.is_some(),
            warning: screen.and_then(|screen| screen.warning),
        }
    }
}
