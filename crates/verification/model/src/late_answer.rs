//! CBK-7: what Apple says about a pairing that has ended.
//!
//! A sheet that ended without a pass may have made its key after all. There are two ways to learn of
//! it: the call that started the sheet returns after the sheet was found gone, or Apple's API calls
//! back once more. The callback names the vehicle and not the sheet. It counts for the last sheet of
//! that vehicle that ended without a pass, and for the sheet that is up if there is no such one.

use digital_key_domain::{DigitalKeyId, ErrorPage, PairingAnswer, Reason, Reply, Vin};

use crate::expected::{Call, Ticket};
use crate::facts::Change;
use crate::model::{Model, Opener, Page};

/// ADR 105: only so many sheets are remembered; the backend knows the keys of older ones.
const REMEMBERED_SHEETS: usize = 8;

/// ADR 105: only so many vehicles with sheets are remembered.
const REMEMBERED_VEHICLES: usize = 16;

/// A sheet that ended without a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndedSheet {
    vin: Vin,
    /// The fetch that brought its password.
    used: u64,
    /// The call that started it, until that call returns.
    start: Option<Ticket>,
}

/// A success that is recorded although no page waits for it.
pub(crate) struct LateSuccess {
    key: DigitalKeyId,
    /// The fetch that brought the password, which is used up now.
    used: u64,
    /// The place of its sheet among the ended ones; `None` if the sheet is still up.
    sheet: Option<usize>,
}

impl Model {
    /// A sheet ended without a pass. Of the older sheets of its vehicle only those can still succeed
    /// whose start has not returned.
    pub(crate) fn remember_ended_sheet(&mut self, vin: Vin, used: u64, start: Option<Ticket>) {
        self.ended_sheets.retain(|sheet| sheet.vin != vin || sheet.start.is_some());
        self.ended_sheets.push_back(EndedSheet { vin, used, start });
        if self.ended_sheets.len() > REMEMBERED_SHEETS {
            self.ended_sheets.pop_front();
        }
    }

    /// A sheet is shown for this vehicle.
    pub(crate) fn note_sheet(&mut self, vin: Vin) {
        if self.vehicles_with_sheets.len() < REMEMBERED_VEHICLES {
            self.vehicles_with_sheets.insert(vin);
        }
    }

    /// GEN-5, GEN-9: a late answer names the vehicle only. It may be of a sheet that was shown to
    /// another account, or before the vehicle was forgotten.
    fn may_be_of_another_account(&self, vin: Vin) -> bool {
        let is_known = self.vehicles_with_sheets.contains(&vin);
        self.late_answers_dropped.contains(&vin)
            || (!is_known && self.vehicles_with_sheets.len() == REMEMBERED_VEHICLES)
    }

    /// A pairing of this vehicle made a key. ADR 105: a success of an older sheet is dropped, since
    /// there is one owner key, and it is the newer one.
    pub(crate) fn forget_older_sheets(&mut self, vin: Vin) {
        self.ended_sheets.retain(|sheet| sheet.vin != vin);
    }

    /// Returns `true` if this call started a sheet that was found gone, and has not returned.
    pub(crate) fn start_may_return(&self, start: Ticket) -> bool {
        self.ended_sheets.iter().any(|sheet| sheet.start == Some(start))
    }

    /// Returns the success that Apple's callback reports, or why there is none.
    pub(crate) fn late_success(
        &self,
        vin: Vin,
        answer: &PairingAnswer,
    ) -> Result<LateSuccess, Reason> {
        if self.may_be_of_another_account(vin) {
            return Err(Reason::NotAwaited);
        }
        // A late error refreshes nothing.
        let key = answer.pass.clone().ok_or(Reason::NotAwaited)?;
        let sheet = self.ended_sheets.iter().rposition(|sheet| sheet.vin == vin);
        let used = match sheet.and_then(|sheet| self.ended_sheets.get(sheet)) {
            Some(sheet) => sheet.used,
            None => self.password_of_sheet_that_is_up(vin).ok_or(Reason::NotAwaited)?,
        };
        // A duplicate: this key is recorded as made here already.
        if self.facts(vin).is_paired_here(&key) {
            return Err(Reason::NothingToChange);
        }
        Ok(LateSuccess { key, used, sheet })
    }

    /// GEN-5: a sheet of an account that signed out says nothing.
    fn password_of_sheet_that_is_up(&self, vin: Vin) -> Option<u64> {
        let pairing = self.pairing.filter(|pairing| pairing.vin == vin)?;
        let start = self.open.get(&pairing.ticket).filter(|start| !start.is_outdated)?;
        match start.call {
            Call::StartPairing { used } => Some(used),
            _ => None,
        }
    }

    /// Apple's API called back once more.
    pub(crate) fn on_late_answer(&mut self, vin: Vin, answer: &PairingAnswer) {
        self.cite("CBK-7");
        if let Ok(LateSuccess { key, used, sheet }) = self.late_success(vin, answer) {
            self.cite(match sheet {
                Some(_) => "CBK-7, after the sheet",
                None => "CBK-7, while the sheet is up",
            });
            // The call that started it may still return, with this key or with a newer one. The key
            // disables those of older sheets.
            if let Some(at) = sheet {
                let newest = self.ended_sheets.get(at).and_then(|it| it.start);
                self.ended_sheets
                    .retain(|it| it.vin != vin || (newest.is_some() && it.start == newest));
            }
            self.record_pairing(vin, key, used);
            self.show_late_success(vin, answer);
        }
    }

    /// A call that started a sheet returned after the sheet was found gone.
    pub(crate) fn on_reply_of_ended_sheet(&mut self, start: Ticket, reply: &Reply) {
        self.cite("CBK-7");
        let Reply::Pairing(answer) = reply else { return };
        let at = self.ended_sheets.iter().position(|sheet| sheet.start == Some(start));
        let Some(sheet) = at.and_then(|at| self.ended_sheets.get_mut(at)) else { return };
        sheet.start = None;
        let EndedSheet { vin, used, .. } = *sheet;
        if let (Some(key), Some(at)) = (&answer.pass, at) {
            self.cite("CBK-7, when the start returns");
            self.ended_sheets.remove(at);
            self.record_pairing(vin, key.clone(), used);
            self.show_late_success(vin, answer);
        }
    }

    /// CBK-7: on the pages of its pairing a late success is shown like CBK-1. A pairing that runs over
    /// the key is left: without a sheet it does not go on, and no page waits for its sheet.
    pub(crate) fn show_late_success(&mut self, vin: Vin, answer: &PairingAnswer) {
        let is_on_screen = matches!(
            self.page,
            Page::GrabYourTwoKeys
                | Page::ReadyToPair { .. }
                | Page::PairingError { .. }
                | Page::Error(ErrorPage::PairingAttemptsExhausted)
        );
        if self.selected != Some(vin) || !is_on_screen {
            return;
        }
        self.cite("CBK-7, on the screen");
        self.warning = answer.error;
        self.page = Page::Tutorial1(Opener::Pairing);
        if let Some(mut pairing) = self.pairing.take_if(|pairing| pairing.vin == vin) {
            pairing.is_awaited = false;
            self.pairing = pairing.sheet_is_up.then_some(pairing);
        }
    }

    /// CBK-5: the key is stored, the used password is gone, and the move flow is over.
    pub(crate) fn record_pairing(&mut self, vin: Vin, key: DigitalKeyId, used: u64) {
        self.cite("CBK-5");
        self.outdate_earlier_questions(vin);
        self.removed.remove(&vin);
        self.learn(vin, Change::Paired { key, used });
        // MOV-4: the key that the user wanted to move is here.
        if self.selected == Some(vin) {
            self.move_flow = false;
        }
    }

    /// CBK-8: an answer to a question from before a pairing says nothing about the new key. OVR-2: a
    /// question to the wallet that is due is asked anyway.
    fn outdate_earlier_questions(&mut self, vin: Vin) {
        self.deferred_status.remove(&vin);
        for open in self.open.values_mut().filter(|open| open.vin == Some(vin)) {
            open.is_outdated |= matches!(open.call, Call::AskStatus | Call::AskPresence(_));
        }
    }
}
