//! RDY, CBK, ERR: from the last page before Apple's sheet to its answer, and the error pages.

use digital_key_domain::{Answer, Blocker, ErrorPage, PairingAnswer, TakeAnswer, Tap, Vin};

use crate::facts::Change;
use crate::model::{Model, Opener, Page, Pairing};
use crate::question::{Call, Question, Ticket};

/// ADR 105: of the sheets that ended without a pass, the last ones may still succeed.
const REMEMBERED_SHEETS: usize = 8;

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
            Tap::Close => self.leave_flow(),
            _ => {}
        }
    }

    /// RDY-3, RDY-4: first a use is counted. RDY-5: no other start while one runs.
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
    pub(crate) fn hear_take(&mut self, vin: Vin, ticket: Ticket, taken: TakeAnswer) {
        let is_awaited = self.end_pairing(ticket);
        let cached = self.cache.get(&vin).and_then(|facts| facts.password);
        let known = &mut self.known.entry(vin).or_default().password;
        match (taken, known.as_mut(), cached) {
            (TakeAnswer::Granted(counted), _, Some(cached)) => {
                let used = cached.fetch;
                // ERR-4: counted on the value that was handed out. CBK-5: one that a late success
                // has deleted meanwhile stays deleted.
                if let Some(known) = known.as_mut().filter(|known| known.fetch == used) {
                    known.uses = known.uses.max(counted.uses.get());
                }
                if is_awaited {
                    self.cite("RDY-4");
                    let ticket = self.ask(vin, Call::StartPairing { used });
                    self.pairing = Some(Pairing { vin, ticket, sheet_is_up: true, is_awaited });
                    return;
                }
            }
            (TakeAnswer::Exhausted, Some(password), _) => password.uses = 3,
            (TakeAnswer::NoPassword, ..) => *known = None,
            _ => {}
        }
        if is_awaited {
            let is_retry = matches!(self.page, Page::PairingError { .. });
            self.cite(if is_retry { "ERR-3" } else { "RDY-6" });
            self.page = Page::Error(match is_retry {
                true => ErrorPage::PairingAttemptsExhausted,
                false => ErrorPage::Blocked(Blocker::PairingPasswordUnavailable),
            });
        }
    }

    /// CBK-1 to CBK-5, CBK-7.
    pub(crate) fn hear_apple(
        &mut self,
        vin: Vin,
        asked: &Question,
        used: u64,
        answer: &PairingAnswer,
    ) {
        let is_awaited = self.end_pairing(asked.ticket);
        if answer.pass.is_none() && !asked.is_out_of_date {
            self.ended_sheets.push_back(asked.clone());
            if self.ended_sheets.len() > REMEMBERED_SHEETS {
                self.ended_sheets.pop_front();
            }
        }
        if asked.is_out_of_date {
            self.cite("GEN-5");
            return;
        }
        match &answer.pass {
            Some(key) => {
                self.forget_what_was_asked_before(vin);
                self.learn(vin, Change::Paired { key: key.clone(), used });
                // CBK-5, MOV-4: what was to be moved is here.
                if self.selected == Some(vin) {
                    self.move_flow = false;
                }
                self.cite("CBK-5");
                if is_awaited {
                    self.cite(if answer.error.is_some() { "CBK-3" } else { "CBK-1" });
                    self.warning = answer.error;
                    self.page = Page::Tutorial1(Opener::Pairing);
                } else {
                    self.cite("CBK-7");
                }
            }
            None if is_awaited => {
                self.cite(if answer.error.is_some() { "CBK-2" } else { "CBK-4" });
                self.ask_for_password(vin);
                self.page = Page::PairingError { reason: answer.error };
            }
            // CBK-7: a late error refreshes nothing.
            None => self.cite("CBK-7"),
        }
    }

    /// CBK-8: what was asked before a pairing succeeded says nothing about the new key. OVR-2: what
    /// is still to be asked of the wallet is asked all the same.
    fn forget_what_was_asked_before(&mut self, vin: Vin) {
        self.withheld.remove(&vin);
        for open in self.open.values_mut().filter(|open| open.vin == Some(vin)) {
            open.is_out_of_date |= matches!(open.call, Call::AskStatus | Call::AskPresence(_));
        }
    }

    /// The sheet is gone: a next one may come. Answers whether a page waited for its answer.
    fn end_pairing(&mut self, ticket: Ticket) -> bool {
        let ended = self.pairing.take_if(|pairing| pairing.ticket == ticket);
        ended.is_some_and(|pairing| pairing.is_awaited)
    }

    /// CBK-7: a success that comes after an error, or after neither, is still recorded.
    pub(crate) fn hear_apple_again(&mut self, ticket: Ticket, answer: &Answer) {
        let Answer::Pairing(answer) = answer else { return };
        let Some(at) = self.ended_sheets.iter().position(|sheet| sheet.ticket == ticket) else {
            return;
        };
        if answer.pass.is_some()
            && let Some(sheet) = self.ended_sheets.remove(at)
        {
            self.hear_sheet(&sheet, answer);
        }
    }

    /// GEN-2: no sheet is an answer like CBK-4.
    pub(crate) fn hear_sheet_gone(&mut self, sheet: Ticket) {
        if let Some(asked) = self.open.remove(&sheet) {
            self.cite("GEN-2");
            self.hear_sheet(&asked, &PairingAnswer::default());
        }
    }

    fn hear_sheet(&mut self, asked: &Question, answer: &PairingAnswer) {
        if let (Some(vin), Call::StartPairing { used }) = (asked.vin, &asked.call) {
            self.hear_apple(vin, asked, *used, answer);
        }
    }

    /// ERR-1 to ERR-3, ERR-5.
    pub(crate) fn tap_pairing_error(&mut self, vin: Vin, tap: Tap) {
        match tap {
            // ERR-2, ERR-3: whether a use is left, the take decides (RDY-6).
            Tap::Retry => {
                self.cite("ERR-2");
                self.begin_pairing(vin);
            }
            Tap::Close | Tap::Back | Tap::ConfirmError => {
                self.cite("ERR-1");
                self.leave_flow();
            }
            _ => {}
        }
    }

    /// ERR-3, ERR-5, OVR-2. ADR 104.1: Retry where it is not offered is ignored.
    pub(crate) fn tap_error_page(&mut self, vin: Vin, page: ErrorPage, tap: Tap) {
        let offers_retry = matches!(
            page,
            ErrorPage::Blocked(
                Blocker::BackendError
                    | Blocker::VehicleNotPrepared
                    | Blocker::PairingPasswordUnavailable
            )
        );
        match tap {
            Tap::Retry if offers_retry => self.show_welcome(vin),
            Tap::Close | Tap::Back | Tap::ConfirmError => {
                self.cite("ERR-5");
                self.leave_flow();
            }
            _ => {}
        }
    }
}
