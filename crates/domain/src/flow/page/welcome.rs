//! Welcome: finds out whether a pairing is possible (WEL).

use super::grab_your_two_keys::GrabYourTwoKeys;
use super::{News, Overview, Page, PageEvent, Turn};
use crate::Blockers;
use crate::flow::{Context, ErrorPage, PageView, Reason, Settings, Tap, Vehicle};

/// What this showing of the page has learnt; older answers do not count (WEL-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Welcome {
    /// Whether the status could be fetched, once that has ended.
    status_ok: Option<bool>,
    /// Apple's answer, once it is there.
    can_create: Option<bool>,
}

impl Welcome {
    /// Shows the page: the three questions are asked at the same time (WEL-1, WEL-3, WEL-4).
    pub(super) fn show(cx: &mut Context<'_>) -> Page {
        cx.vehicle.ask_status(&mut cx.out);
        cx.vehicle.ask_password(&mut cx.out);
        cx.vehicle.ask_can_create(&mut cx.out);
        Page::Welcome(Self { status_ok: None, can_create: None })
    }

    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Continue => self.go_on(cx),
                Tap::Close | Tap::Back => Turn::Leave,
                Tap::Entry
                | Tap::Retry
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => match news {
                News::StatusSettled { ok } => {
                    self.status_ok = Some(ok);
                    Turn::Stay
                }
                News::StatusDropped => {
                    cx.vehicle.ask_status(&mut cx.out);
                    Turn::Stay
                }
                News::CanCreateSettled(can) => {
                    self.can_create = Some(can);
                    Turn::Stay
                }
                News::PresenceSettled { .. }
                | News::TakeRefused
                | News::PairingSucceeded { .. }
                | News::PairingFailed { .. }
                | News::CameToForeground
                | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }

    /// Continue: WEL-5 and WEL-6, first match wins.
    fn go_on(self, cx: &mut Context<'_>) -> Turn {
        if !self.continue_enabled(cx.vehicle, *cx.move_flow) {
            return Turn::Ignored(Reason::NotReady);
        }
        let blockers = self.blockers(cx.settings, cx.vehicle, *cx.move_flow);
        Turn::Open(match blockers.first() {
            Some(blocker) => Page::Error(ErrorPage::Blocked(blocker)),
            None if leads_to_overview(cx.vehicle, *cx.move_flow) => Overview::load(cx),
            None => Page::GrabYourTwoKeys(GrabYourTwoKeys),
        })
    }

    /// Whether it is certain where Continue leads (WEL-4).
    fn continue_enabled(self, vehicle: &Vehicle, move_flow: bool) -> bool {
        match self.status_ok {
            None => false,
            Some(false) => true,
            Some(true) if leads_to_overview(vehicle, move_flow) => !vehicle.presence_is_open(),
            Some(true) => !vehicle.password_is_open() && self.can_create.is_some(),
        }
    }

    /// All that keeps the user from pairing (WEL-7); empty as long as it is not known.
    fn blockers(self, settings: &Settings, vehicle: &Vehicle, move_flow: bool) -> Blockers {
        if !self.continue_enabled(vehicle, move_flow) {
            return Blockers::NONE;
        }
        match (self.status_ok, vehicle.record.readiness) {
            (Some(true), Some(_)) if leads_to_overview(vehicle, move_flow) => Blockers::NONE,
            (Some(true), Some(readiness)) => Blockers::of_pairing(
                &settings.phone,
                self.can_create == Some(true),
                readiness,
                vehicle.record.password,
            ),
            (Some(_) | None, Some(_) | None) => Blockers::backend_error(),
        }
    }

    pub(in crate::flow) fn view(
        self,
        settings: &Settings,
        vehicle: &Vehicle,
        move_flow: bool,
    ) -> PageView {
        PageView::Welcome {
            continue_enabled: self.continue_enabled(vehicle, move_flow),
            blockers: self.blockers(settings, vehicle, move_flow),
            move_flow,
        }
    }
}

/// An owner key exists, and it is not to be moved (WEL-6.1).
fn leads_to_overview(vehicle: &Vehicle, move_flow: bool) -> bool {
    !move_flow && vehicle.record.key.owner().is_some()
}
