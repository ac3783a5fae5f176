//! The pages, in the order in which a user meets them. Each answers every event in a `match` of
//! its own without a wildcard, so that the compiler asks about each event on each page.

mod error_page;
mod grab_your_two_keys;
mod move_key_warning;
mod overview;
mod pairing_error;
mod ready_to_pair;
mod tutorial1;
mod tutorial2;
mod vehicle_tab;
mod welcome;

use super::attempt::Attempt;
use super::{Context, ErrorPage, Reason, Tap};
use crate::{AppleErrorCode, DigitalKeyId, Presence};
use grab_your_two_keys::GrabYourTwoKeys;
use move_key_warning::MoveKeyWarning;
pub(super) use overview::Overview;
use pairing_error::PairingError;
use ready_to_pair::ReadyToPair;
use tutorial1::{OpenedFrom, Tutorial1};
use tutorial2::Tutorial2;
pub(super) use vehicle_tab::VehicleTab;
use welcome::Welcome;

/// The page that is shown, with what it has to remember.
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

/// What a page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageEvent {
    /// The user tapped something.
    Tap(Tap),
    /// Something happened that a page may depend on; the facts have changed already.
    News(News),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    StatusSettled {
        ok: bool,
    },
    /// The status was asked before a pairing succeeded (CBK-8): who still waits asks again.
    StatusDropped,
    CanCreateSettled(bool),
    PresenceSettled {
        key: DigitalKeyId,
        presence: Presence,
    },
    TakeRefused,
    PairingSucceeded {
        warning: Option<AppleErrorCode>,
    },
    PairingFailed {
        reason: Option<AppleErrorCode>,
    },
    CameToForeground,
    WalletChanged,
}

/// What a page makes of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing: no change and no effect.
    Ignored(Reason),
    /// The page stays, changed or with effects.
    Stay,
    /// Another page opens.
    Open(Page),
    /// The flow ends at the vehicle tab.
    Leave,
}

impl Default for Page {
    fn default() -> Self {
        Self::VehicleTab(VehicleTab::default())
    }
}

impl Page {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match self {
            Self::VehicleTab(page) => page.on(event, cx),
            Self::Welcome(page) => page.on(event, cx),
            Self::GrabYourTwoKeys(page) => page.on(event, cx),
            Self::ReadyToPair(page) => page.on(event, cx),
            Self::PairingError(page) => page.on(event, cx),
            Self::Error(page) => page.on(event, cx),
            Self::Tutorial1(page) => page.on(event, cx),
            Self::Tutorial2(page) => page.on(event, cx),
            Self::Overview(page) => page.on(event, cx),
            Self::MoveKeyWarning(page) => page.on(event, cx),
        }
    }
}

/// Starts a pairing with one use of the cached password, unless one is running (RDY-3, RDY-5).
fn start_pairing(cx: &mut Context<'_>) -> Turn {
    if cx.attempt.is_some() {
        return Turn::Ignored(Reason::PairingRuns);
    }
    *cx.attempt = Some(Attempt::begin(cx.vehicle, &mut cx.out));
    Turn::Stay
}

/// What Overview and the pages that were opened from it do about the key that was on this phone
/// when Overview was loaded (OVR-1, OVR-2): they ask whether it is still there, and show its
/// deletion.
fn watch_key(remembered: Option<&DigitalKeyId>, news: &News, cx: &mut Context<'_>) -> Turn {
    let Some(remembered) = remembered else { return Turn::Ignored(Reason::NotConcerned) };
    match news {
        News::CameToForeground => {
            cx.vehicle.confirm_key(remembered.clone(), &mut cx.out);
            Turn::Stay
        }
        News::PresenceSettled { key, presence: Presence::Absent } if key == remembered => {
            Turn::Open(Page::Error(ErrorPage::KeyDeleted))
        }
        News::PresenceSettled { .. }
        | News::StatusSettled { .. }
        | News::StatusDropped
        | News::CanCreateSettled(_)
        | News::TakeRefused
        | News::PairingSucceeded { .. }
        | News::PairingFailed { .. }
        | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
    }
}
