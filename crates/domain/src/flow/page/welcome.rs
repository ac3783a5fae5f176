//! Welcome: finds out whether a pairing is possible (WEL-1 to WEL-8).

use super::{GrabYourTwoKeys, Overview, Page, PhoneEvent, Transition, VehicleAnswer};
use crate::Blockers;
use crate::flow::pairing::PairingCheck;
use crate::flow::protocol::{KeyCreation, Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::{ErrorPage, PageView};

/// What this showing of the page has learnt; earlier answers do not count (WEL-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Welcome {
    /// Whether the status could be fetched, once the fetch has ended.
    status_ok: Option<bool>,
    /// Apple's answer, once it is there.
    key_creation: Option<KeyCreation>,
}

impl Welcome {
    /// Shows the page: the three questions are asked at the same time (WEL-1, WEL-3, WEL-4).
    pub(super) fn show(cx: &mut Context<'_>) -> Page {
        cx.vehicle.fetch_status(&mut cx.out);
        cx.vehicle.fetch_password(&mut cx.out);
        cx.vehicle.ask_can_create_key(&mut cx.out);
        Page::Welcome(Self { status_ok: None, key_creation: None })
    }

    /// Continue is offered as soon as it is certain where it leads (WEL-4).
    pub(super) fn offers(self, facts: Facts<'_>) -> Taps {
        Taps::of([Tap::Back, Tap::Close])
            | Taps::of([Tap::Continue]).when(self.destination_is_certain(facts))
    }

    pub(super) fn on_tap(self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            Tap::Continue => Transition::Open(self.next_page(cx)),
            // GEN-1: the move began at Overview, and is given up.
            Tap::Back if std::mem::take(cx.move_flow) => Transition::Open(Overview::load(cx)),
            Tap::Back => Transition::Leave,
            _ => Transition::NOT_OFFERED,
        }
    }

    pub(super) fn on_vehicle_answer(&mut self, answer: &VehicleAnswer) -> Transition {
        match answer {
            VehicleAnswer::Status { is_ok } => self.status_ok = Some(*is_ok),
            VehicleAnswer::KeyCreation(answer) => self.key_creation = Some(*answer),
            VehicleAnswer::KeyChecked { .. } | VehicleAnswer::WalletOpened(_) => {
                return Transition::NOT_CONCERNED;
            }
        }
        Transition::Stay
    }

    /// In the foreground a failed status is fetched again (WEL-1), as when the page is shown again.
    pub(super) fn on_phone_event(self, event: PhoneEvent, cx: &mut Context<'_>) -> Transition {
        if event == PhoneEvent::CameToForeground && self.status_ok == Some(false) {
            return Transition::Open(Self::show(cx));
        }
        Transition::NOT_CONCERNED
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
            // The wallet may say that the key is here, which ends a move flow (MOV-4).
            Some(true) if has_owner_key(facts) && facts.vehicle.key_check.is_some() => false,
            Some(true) if leads_to_overview(facts) => true,
            Some(true) => self.pairing_check(facts).is_none_or(|check| check.is_decided()),
        }
    }

    /// Returns what keeps the user from pairing, as far as it is known (WEL-7); empty until it is
    /// certain where Continue leads.
    fn blockers(self, facts: Facts<'_>) -> Blockers {
        if !self.destination_is_certain(facts) {
            return Blockers::NONE;
        }
        match self.pairing_check(facts) {
            Some(_) if leads_to_overview(facts) => Blockers::NONE,
            Some(check) => check.blockers(),
            None => Blockers::backend_error(),
        }
    }

    /// Returns what decides whether a pairing is possible; `None` after a failed status (WEL-5).
    fn pairing_check(self, facts: Facts<'_>) -> Option<PairingCheck<'_>> {
        let readiness = facts.vehicle.record.readiness.filter(|_| self.status_ok == Some(true))?;
        Some(PairingCheck {
            phone: &facts.settings.phone,
            key_creation: self.key_creation,
            readiness,
            password: facts.vehicle.record.password,
            is_password_pending: facts.vehicle.password.is_some(),
        })
    }

    pub(super) fn view(self, facts: Facts<'_>) -> PageView {
        PageView::Welcome { blockers: self.blockers(facts), move_flow: facts.move_flow }
    }
}

/// Returns `true` if an owner key exists and the user does not move it (WEL-6.1).
fn leads_to_overview(facts: Facts<'_>) -> bool {
    !facts.move_flow && has_owner_key(facts)
}

fn has_owner_key(facts: Facts<'_>) -> bool {
    facts.vehicle.record.key.owner().is_some()
}
