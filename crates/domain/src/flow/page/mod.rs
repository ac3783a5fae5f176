//! The pages, in the order in which a user meets them.
//!
//! A page says in `offers` which taps it offers now (GEN-8), and handles exactly these in `on_tap`;
//! every other tap is ignored before the page sees it. What happens outside comes in three groups,
//! and [`Page::on_input`] lists for each group the pages that depend on it. The compiler asks there
//! about a new page and about a new group. The exploration asserts for every state that an offered tap
//! is accepted, or ignored because a pairing runs or because nothing would change, and that any other
//! tap is ignored as not offered.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a page handles the taps that it offers; `Page::on_tap` rejects the others"
)]

mod offers;
mod vehicle_tab;
mod welcome;
mod grab_your_two_keys;
mod ready_to_pair;
mod pairing_error;
mod error_page;
mod tutorial1;
mod tutorial2;
mod overview;
mod move_key_warning;
mod watched_key;

use super::ErrorPage;
use super::protocol::{KeyCreation, Reason};
use super::screen::{Context, Facts};
use super::vehicle::Vehicle;
use super::view::PageView;
use crate::{AppleErrorCode, DigitalKeyId, Presence};
use grab_your_two_keys::GrabYourTwoKeys;
use move_key_warning::MoveKeyWarning;
use overview::Overview;
use pairing_error::PairingError;
use ready_to_pair::ReadyToPair;
use tutorial1::{OpenedFrom, Tutorial1};
use tutorial2::Tutorial2;
pub(super) use vehicle_tab::VehicleTab;
use watched_key::WatchedKey;
use welcome::Welcome;

/// The page that is shown, with what it remembers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Page {
    VehicleTab(VehicleTab),
    Welcome(Welcome),
    GrabYourTwoKeys(GrabYourTwoKeys),
    ReadyToPair(ReadyToPair),
    PairingError(PairingError),
    Error(ErrorPage),
    Tutorial1(Tutorial1),
    Tutorial2(Tutorial2),
    Overview(Overview),
    MoveKeyWarning(MoveKeyWarning),
}

/// An input other than a tap. The facts are updated already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageInput {
    Vehicle(VehicleAnswer),
    Pairing(PairingOutcome),
    Phone(PhoneEvent),
}

/// A question about the vehicle was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VehicleAnswer {
    Status { is_ok: bool },
    KeyCreation(KeyCreation),
    KeyChecked { key: DigitalKeyId, presence: Presence },
    WalletOpened(bool),
}

/// How a pairing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PairingOutcome {
    /// No use of a password could be taken (RDY-6).
    Refused,
    Succeeded {
        warning: Option<AppleErrorCode>,
    },
    Failed {
        reason: Option<AppleErrorCode>,
    },
    /// A key was made after the page had been given another answer, or none (CBK-7).
    SucceededLate {
        warning: Option<AppleErrorCode>,
    },
}

/// Something happened on the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PhoneEvent {
    CameToForeground,
    WalletChanged,
}

impl From<PhoneEvent> for PageInput {
    fn from(event: PhoneEvent) -> Self {
        Self::Phone(event)
    }
}

/// The response of a page to a tap or an input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// No change and no effect.
    Ignored(Reason),
    /// The page stays, changed or with effects.
    Stay,
    /// Another page opens.
    Open(Page),
    /// The flow ends at the vehicle tab.
    Leave,
}

impl Transition {
    const NOT_CONCERNED: Self = Self::Ignored(Reason::NotConcerned);
    const NOT_OFFERED: Self = Self::Ignored(Reason::NotOffered);
}

impl Default for Page {
    fn default() -> Self {
        Self::VehicleTab(VehicleTab::default())
    }
}

impl Page {
    /// Handles an input other than a tap.
    pub(super) fn on_input(&mut self, input: PageInput, cx: &mut Context<'_>) -> Transition {
        match input {
            PageInput::Vehicle(answer) => match self {
                Self::VehicleTab(page) => page.on_vehicle_answer(&answer, cx),
                Self::Welcome(page) => page.on_vehicle_answer(&answer),
                Self::Tutorial1(page) => page.opened_from.on_vehicle_answer(&answer),
                Self::Tutorial2(page) => page.opened_from.on_vehicle_answer(&answer),
                Self::Overview(page) => page.on_vehicle_answer(&answer, cx),
                Self::MoveKeyWarning(page) => page.watched.on_vehicle_answer(&answer),
                Self::GrabYourTwoKeys(_)
                | Self::ReadyToPair(_)
                | Self::PairingError(_)
                | Self::Error(_) => Transition::NOT_CONCERNED,
            },
            PageInput::Pairing(outcome) => match self {
                Self::GrabYourTwoKeys(_) => GrabYourTwoKeys::on_pairing(&outcome, cx),
                Self::ReadyToPair(_) => ReadyToPair::on_pairing(outcome, cx),
                Self::PairingError(_) => PairingError::on_pairing(outcome, cx),
                Self::Error(page) => page.on_pairing(&outcome, cx),
                Self::VehicleTab(_)
                | Self::Welcome(_)
                | Self::Tutorial1(_)
                | Self::Tutorial2(_)
                | Self::Overview(_)
                | Self::MoveKeyWarning(_) => Transition::NOT_CONCERNED,
            },
            PageInput::Phone(event) => match self {
                Self::VehicleTab(_) => VehicleTab::on_phone_event(event, cx),
                Self::Welcome(page) => page.on_phone_event(event, cx),
                Self::Tutorial1(page) => page.opened_from.on_phone_event(cx),
                Self::Tutorial2(page) => page.opened_from.on_phone_event(cx),
                Self::Overview(page) => page.on_phone_event(cx),
                Self::MoveKeyWarning(page) => page.watched.on_phone_event(cx),
                Self::GrabYourTwoKeys(_)
                | Self::ReadyToPair(_)
                | Self::PairingError(_)
                | Self::Error(_) => Transition::NOT_CONCERNED,
            },
        }
    }

    /// Returns how many seconds the failure that leads to this page asks to wait (GEN-11).
    pub(super) fn wait(&self, vehicle: &Vehicle) -> Option<u64> {
        match self {
            Self::Error(page) => page.wait(vehicle),
            _ => None,
        }
    }

    /// Returns what the page shows.
    pub(super) fn view(&self, facts: Facts<'_>) -> PageView {
        match self {
            Self::VehicleTab(page) => page.view(facts),
            Self::Welcome(page) => page.view(facts),
            Self::GrabYourTwoKeys(_) => PageView::GrabYourTwoKeys,
            Self::ReadyToPair(page) => page.view(),
            Self::PairingError(page) => page.view(facts),
            Self::Error(page) => PageView::Error(*page),
            Self::Tutorial1(_) => PageView::Tutorial1,
            Self::Tutorial2(_) => PageView::Tutorial2,
            Self::Overview(_) => Overview::view(facts),
            Self::MoveKeyWarning(_) => PageView::MoveKeyWarning,
        }
    }
}
