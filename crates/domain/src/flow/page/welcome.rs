//! Welcome: finds out whether a pairing is possible (WEL-1 to WEL-8).

use super::{GrabYourTwoKeys, Overview, Page, Transition, VehicleAnswer};
use crate::Blockers;
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::{ErrorPage, PageView};

/// What this showing of the page has learnt; earlier answers do not count (WEL-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Welcome {
    /// Whether the status could be fetched, once the fetch has ended.
    status_ok: Option<bool>,
    /// Apple's answer, once it is there.
    can_create_key: Option<bool>,
}

impl Welcome {
    /// Shows the page: the three questions are asked at the same time (WEL-1, WEL-3, WEL-4).
    pub(super) fn show(cx: &mut Context<'_>) -> Page {
        cx.vehicle.fetch_status(&mut cx.out);
        cx.vehicle.fetch_password(&mut cx.out);
        cx.vehicle.ask_can_create_key(&mut cx.out);
        Page::Welcome(Self { status_ok: None, can_create_key: None })
    }

    /// Continue is offered as soon as it is certain where it leads (WEL-4).
    pub(super) fn offers(self, facts: Facts<'_>) -> Taps {
        Taps::of([Tap::Back, Tap::Close])
            | Taps::of([Tap::Continue]).when(self.destination_is_certain(facts))
    }

    pub(super) fn on_tap(self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            Tap::Continue => Transition::Open(self.next_page(cx)),
            Tap::Back => Transition::Leave,
            _ => Transition::NOT_OFFERED,
        }
    }

    pub(super) fn on_vehicle_answer(&mut self, answer: &VehicleAnswer) -> Transition {
        match answer {
            VehicleAnswer::Status { is_ok } => self.status_ok = Some(*is_ok),
            VehicleAnswer::CanCreateKey(can) => self.can_create_key = Some(*can),
            VehicleAnswer::KeyChecked { .. } | VehicleAnswer::WalletOpened(_) => {
                return Transition::NOT_CONCERNED;
            }
        }
        Transition::Stay
    }

    /// Returns where Continue leads: the first match of WEL-5 and WEL-6 wins.
    fn next_page(self, cx: &mut Context<'_>) -> Page {
        let blockers = self.blockers(cx.facts());
        match blockers.first() {
            Some(blocker) => Page::Error(ErrorPage::Blocked(blocker)),
            None if leads_to_overview(cx.facts()) => Overview::load(cx),
            None => Page::GrabYourTwoKeys(GrabYourTwoKeys),
        }
    }

    /// Returns `true` if no open question can change where Continue leads (WEL-4).
    fn destination_is_certain(self, facts: Facts<'_>) -> bool {
        match self.status_ok {
            None => false,
            Some(false) => true,
            Some(true) if leads_to_overview(facts) => facts.vehicle.key_check.is_none(),
            Some(true) => facts.vehicle.password.is_none() && self.can_create_key.is_some(),
        }
    }

    /// Returns all that keeps the user from pairing (WEL-7); empty until it is certain where Continue
    /// leads.
    fn blockers(self, facts: Facts<'_>) -> Blockers {
        if !self.destination_is_certain(facts) {
            return Blockers::NONE;
        }
        match (self.status_ok, facts.vehicle.record.readiness) {
            (Some(true), Some(_)) if leads_to_overview(facts) => Blockers::NONE,
            (Some(true), Some(readiness)) => Blockers::of_pairing(
                &facts.settings.phone,
                self.can_create_key == Some(true),
                readiness,
                facts.vehicle.record.password,
            ),
            (Some(_) | None, Some(_) | None) => Blockers::backend_error(),
        }
    }

    pub(super) fn view(self, facts: Facts<'_>) -> PageView {
        PageView::Welcome { blockers: self.blockers(facts), move_flow: facts.move_flow }
    }
}

/// Returns `true` if an owner key exists and the user does not move it (WEL-6.1).
fn leads_to_overview(facts: Facts<'_>) -> bool {
    !facts.move_flow && facts.vehicle.record.key.owner().is_some()
}
