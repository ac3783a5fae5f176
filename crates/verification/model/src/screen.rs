//! What a user sees: the machine's view, spelt out.

use std::collections::BTreeSet;
use std::sync::Arc;

use digital_key_domain::{
    AppleErrorCode, Blocker, CardAction, EntryView, ErrorPage, HiddenReason, KeyState, Notice,
    PageView, Tap, View, Vin,
};

/// All that a [`View`] says, in plain lists and values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    pub(crate) vehicle: Option<Vin>,
    pub(crate) entry: EntryView,
    pub(crate) vehicle_upgrade_required: bool,
    pub(crate) page: ShownPage,
    pub(crate) offers: BTreeSet<Tap>,
    pub(crate) key_state: KeyState,
    pub(crate) password_uses: Option<u8>,
    pub(crate) pairing_runs: bool,
    pub(crate) warning: Option<AppleErrorCode>,
    pub(crate) wait: Option<u64>,
    pub(crate) notice: Option<Notice>,
}

/// The page, with what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShownPage {
    VehicleTab { opening: bool, hidden: Option<HiddenReason> },
    Welcome { blockers: Vec<Blocker>, move_flow: bool },
    GrabYourTwoKeys,
    ReadyToPair { checked: bool, highlighted: bool },
    PairingError { reason: Option<AppleErrorCode>, refreshing: bool },
    Tutorial1,
    Tutorial2,
    Overview { cannot_unlock: bool, action: CardAction, more_information: Arc<str> },
    MoveKeyWarning,
    Error(ErrorPage),
}

impl From<View> for Screen {
    fn from(view: View) -> Self {
        Self {
            vehicle: view.vehicle,
            entry: view.entry,
            vehicle_upgrade_required: view.vehicle_upgrade_required,
            page: view.page.into(),
            offers: view.offers.iter().collect(),
            key_state: view.key_state,
            password_uses: view.password_uses.map(|uses| uses.get()),
            pairing_runs: view.pairing_runs,
            warning: view.warning,
            wait: view.wait,
            notice: view.notice,
        }
    }
}

impl From<PageView> for ShownPage {
    fn from(page: PageView) -> Self {
        match page {
            PageView::VehicleTab { opening, hidden } => Self::VehicleTab { opening, hidden },
            PageView::Welcome { blockers, move_flow } => {
                Self::Welcome { blockers: blockers.iter().collect(), move_flow }
            }
            PageView::GrabYourTwoKeys => Self::GrabYourTwoKeys,
            PageView::ReadyToPair { checked, highlighted } => {
                Self::ReadyToPair { checked, highlighted }
            }
            PageView::PairingError { reason, refreshing } => {
                Self::PairingError { reason, refreshing }
            }
            PageView::Tutorial1 => Self::Tutorial1,
            PageView::Tutorial2 => Self::Tutorial2,
            PageView::Overview { card, more_information } => Self::Overview {
                cannot_unlock: card.cannot_unlock,
                action: card.action,
                more_information,
            },
            PageView::MoveKeyWarning => Self::MoveKeyWarning,
            PageView::Error(page) => Self::Error(page),
        }
    }
}
