//! RDY, CBK, ERR: from the last page before Apple's sheet to its answer, and the error pages.

use digital_key_domain::{Blocker, CacheFailure, ErrorPage, PairingAnswer, TakeOutcome, Tap, Vin};

use crate::expected::{Call, ExpectedEffect, Ticket};
use crate::facts::USES;
use crate::model::{Model, Opener, Page, Pairing};

impl Model {
    /// RDY-1 to RDY-3, RDY-5, GEN-1.
    pub(crate) fn tap_ready_to_pair(
        &mut self,
        vin: Vin,
        checked: bool,
        highlighted: bool,
        tap: Tap,
    ) {
        match tap {
            Tap::TickBox => self.page = Page::ReadyToPair { checked: true, highlighted: false },
            Tap::UntickBox => self.page = Page::ReadyToPair { checked: false, highlighted },
            Tap::Continue if !checked && self.pairing.is_none() => {
                self.cite("RDY-2");
                self.page = Page::ReadyToPair { checked, highlighted: true };
            }
            Tap::Continue => self.begin_pairing(vin),
            Tap::Back if self.pairing.is_none() => self.page = Page::GrabYourTwoKeys,
            Tap::Back => self.cite("RDY-5"),
            _ => self.leave_flow(),
        }
    }

    /// RDY-3, RDY-4: first a use is counted. RDY-5: no other pairing starts while one runs.
    fn begin_pairing(&mut self, vin: Vin) {
        if self.pairing.is_some() {
            self.cite("RDY-5");
            return;
        }
        self.cite("RDY-3");
        let ticket = self.ask(vin, Call::TakeUse);
        self.pairing = Some(Pairing { vin, ticket, sheet_is_up: false, is_awaited: true });
    }

    /// RDY-4, RDY-6: the take decides, whatever the page believed.
    pub(crate) fn on_use_taken(
        &mut self,
        vin: Vin,
        ticket: Ticket,
        taken: Result<TakeOutcome, CacheFailure>,
    ) {
        let is_awaited = self.end_pairing(ticket);
        let cached = self.cache.get(&vin).and_then(|facts| facts.password);
        let known = &mut self.known.entry(vin).or_default().password;
        match (taken, known.as_mut(), cached) {
            (Ok(TakeOutcome::Granted(counted)), _, Some(cached)) => {
                let used = cached.fetch;
                // ERR-4: a use is counted on the password that was handed out. CBK-5: one that a
                // late success has deleted meanwhile stays deleted.
                if let Some(known) = known.as_mut().filter(|known| known.fetch == used) {
                    known.uses = known.uses.max(counted.uses.get());
                }
                if is_awaited {
                    self.cite("RDY-4");
                    let ticket = self.ask(vin, Call::StartPairing { used });
                    self.note_sheet(vin);
                    self.pairing = Some(Pairing { vin, ticket, sheet_is_up: true, is_awaited });
                    return;
                }
            }
            (Ok(TakeOutcome::Exhausted), Some(password), _) => password.uses = USES,
            (Ok(TakeOutcome::NoPassword), ..) => *known = None,
            _ => {}
        }
        if is_awaited {
            let is_retry = matches!(self.page, Page::PairingError { .. });
            self.cite(if is_retry { "ERR-3" } else { "RDY-6" });
            let page = match is_retry {
                true => ErrorPage::PairingAttemptsExhausted,
                false => ErrorPage::Blocked(Blocker::PairingPasswordUnavailable),
            };
            self.show_error(vin, page);
        }
    }

    /// The start of the sheet that is up returned (CBK-1 to CBK-5).
    pub(crate) fn on_apple_answer(
        &mut self,
        vin: Vin,
        start: &ExpectedEffect,
        used: u64,
        answer: &PairingAnswer,
    ) {
        self.on_sheet_ended(vin, start, used, answer, true);
    }

    /// GEN-2: no sheet is an answer like CBK-4. The call that started the sheet may still return.
    pub(crate) fn on_sheet_gone(&mut self, sheet: Ticket) {
        let Some(start) = self.open.remove(&sheet) else { return };
        self.cite("GEN-2");
        if let (Some(vin), &Call::StartPairing { used }) = (start.vin, &start.call) {
            self.on_sheet_ended(vin, &start, used, &PairingAnswer::default(), false);
        }
    }

    fn on_sheet_ended(
        &mut self,
        vin: Vin,
        start: &ExpectedEffect,
        used: u64,
        answer: &PairingAnswer,
        has_returned: bool,
    ) {
        let is_awaited = self.end_pairing(start.ticket);
        if start.is_outdated {
            self.cite("GEN-5");
            return;
        }
        if let Some(key) = &answer.pass {
            self.forget_older_sheets(vin);
            self.record_pairing(vin, key.clone(), used);
        } else {
            self.remember_ended_sheet(vin, used, (!has_returned).then_some(start.ticket));
        }
        match (is_awaited, &answer.pass) {
            (true, Some(_)) => {
                self.cite(if answer.error.is_some() { "CBK-3" } else { "CBK-1" });
                self.warning = answer.error;
                self.page = Page::Tutorial1(Opener::Pairing);
            }
            (true, None) => {
                self.cite(if answer.error.is_some() { "CBK-2" } else { "CBK-4" });
                self.fetch_password(vin);
                self.page = Page::PairingError { reason: answer.error };
            }
            // CBK-7: the user left, and may be on the way to the next pairing.
            (false, Some(_)) => self.show_late_success(vin, answer),
            // CBK-7: a late error refreshes nothing.
            (false, None) => self.cite("CBK-7"),
        }
    }

    /// The pairing is over: the next one may start. Returns `true` if a page waited for its end.
    fn end_pairing(&mut self, ticket: Ticket) -> bool {
        let ended = self.pairing.take_if(|pairing| pairing.ticket == ticket);
        ended.is_some_and(|pairing| pairing.is_awaited)
    }

    /// ERR-1 to ERR-3.
    pub(crate) fn tap_pairing_error(&mut self, vin: Vin, tap: Tap) {
        match tap {
            // ERR-2, ERR-3: the take decides whether a use is left (RDY-6).
            Tap::Retry => {
                self.cite("ERR-2");
                self.begin_pairing(vin);
            }
            _ => {
                self.cite("ERR-1");
                self.leave_flow();
            }
        }
    }

    /// ERR-3, ERR-5, OVR-2.
    pub(crate) fn tap_error_page(&mut self, vin: Vin, tap: Tap) {
        match tap {
            Tap::Retry => self.show_welcome(vin),
            _ => {
                self.cite("ERR-5");
                self.leave_flow();
            }
        }
    }
}
