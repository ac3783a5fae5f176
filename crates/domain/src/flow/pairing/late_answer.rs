//! Answers of Apple's that come after a pairing has ended (CBK-7).
//!
//! A sheet may end without a pass and the key may still be made: the sheet was gone before its
//! answer arrived, or Apple's delegate is called a second time. Such a success is recorded for its
//! vehicle. It opens Tutorial1 from the pages of a pairing, so that nobody pairs over the key that was
//! just made; it moves no other page. A late error says nothing new. A vehicle has one owner key: after a
//! success its older sheets are forgotten. Once an account has signed out, late answers about the vehicles
//! of its sheets are dropped, since they may belong to it (GEN-5).

use super::Attempt;
use super::apple_answer::MadeKey;
use crate::flow::machine::{AnswerOutcome, Flow, Outbox};
use crate::flow::page::{PageInput, PairingOutcome};
use crate::flow::protocol::{Effect, Reason, RequestId, Verdict};
use crate::{AppleErrorCode, Generation, OwnerKey, PairingAnswer, Vin};

/// The sheets that ended without a pass, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::flow) struct EndedSheets(Vec<EndedSheet>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct EndedSheet {
    /// The request that started it, as long as its own reply may still come.
    pub(in crate::flow) open: Option<RequestId>,
    pub(in crate::flow) vin: Vin,
    /// The fetch that the password of the sheet came from.
    pub(in crate::flow) generation: Generation,
}

impl EndedSheets {
    /// The number of sheets that are remembered. The backend reports the keys of older ones.
    const LIMIT: usize = 8;

    pub(in crate::flow) fn new() -> Self {
        Self(Vec::with_capacity(Self::LIMIT))
    }

    /// Adds the sheet that ended last. Of the older sheets of its vehicle only those stay whose
    /// own reply may still come.
    pub(in crate::flow) fn add(
        &mut self,
        id: RequestId,
        vin: Vin,
        generation: Generation,
        has_returned: bool,
    ) {
        self.0.retain(|sheet| sheet.vin != vin || sheet.open.is_some());
        self.0.truncate(Self::LIMIT - 1);
        self.0.insert(0, EndedSheet { open: (!has_returned).then_some(id), vin, generation });
    }

    /// A pairing of this vehicle made a key, which disabled the keys of older sheets: their late
    /// successes say nothing any more.
    pub(in crate::flow) fn forget(&mut self, vin: Vin) {
        self.0.retain(|sheet| sheet.vin != vin);
    }

    pub(in crate::flow) fn clear(&mut self) {
        self.0.clear();
    }

    pub(in crate::flow) fn has(&self, vin: Vin) -> bool {
        self.0.iter().any(|sheet| sheet.vin == vin)
    }

    /// Returns the password that the last ended sheet of this vehicle was given.
    fn newest(&self, vin: Vin) -> Option<Generation> {
        self.0.iter().find(|sheet| sheet.vin == vin).map(|sheet| sheet.generation)
    }

    /// The last ended sheet of this vehicle has made its key: only its own reply may still come.
    fn forget_but_for_newest_reply(&mut self, vin: Vin) {
        let newest = self.0.iter().find(|sheet| sheet.vin == vin).and_then(|sheet| sheet.open);
        self.0.retain(|sheet| sheet.vin != vin || (newest.is_some() && sheet.open == newest));
    }

    /// Notes the own reply of a sheet, which is forgotten if it made its key. Returns the password
    /// that the sheet was given, or `None` if no such reply is open.
    fn close(&mut self, id: RequestId, vin: Vin, made_key: bool) -> Option<Generation> {
        let at = self.0.iter().position(|sheet| (sheet.open, sheet.vin) == (Some(id), vin))?;
        let sheet = &mut self.0[at];
        sheet.open = None;
        let generation = sheet.generation;
        if made_key {
            self.0.remove(at);
        }
        Some(generation)
    }

    /// Returns the sheets, the newest first.
    #[cfg(feature = "recording")]
    pub(in crate::flow) fn iter(&self) -> impl Iterator<Item = &EndedSheet> {
        self.0.iter()
    }

    /// Adds a sheet that is older than all others, unless there are too many.
    #[cfg(feature = "recording")]
    pub(in crate::flow) fn push_oldest(&mut self, sheet: EndedSheet) {
        if self.0.len() < Self::LIMIT {
            self.0.push(sheet);
        }
    }

    #[cfg(feature = "exploration")]
    pub(in crate::flow) fn iter_mut(&mut self) -> impl Iterator<Item = &mut EndedSheet> {
        self.0.iter_mut()
    }
}

impl Flow {
    /// Apple's API called back once more.
    ///
    /// The callback names the vehicle and not the sheet. The password that the key used up is that
    /// of the last sheet that ended for this vehicle, or of the sheet that is up.
    pub(in crate::flow) fn on_late_answer(
        &mut self,
        vin: Vin,
        answer: PairingAnswer,
        effects: &mut Vec<Effect>,
    ) -> Verdict {
        if self.shown_sheets.drops_late_answers(vin) {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        let running = self.attempt.as_ref().filter(|attempt| attempt.vin == vin);
        let running = running.and_then(Attempt::password_of_sheet);
        let used = self.ended_sheets.newest(vin).or(running);
        let (Some(used), Ok(MadeKey { key, warning })) = (used, answer.into_result()) else {
            return Verdict::Ignored(Reason::NotAwaited);
        };
        let Some(vehicle) = self.vehicles.get_mut(vin) else {
            return Verdict::Ignored(Reason::NotAwaited);
        };
        let is_recorded = |owner: &OwnerKey| owner.id == key && owner.paired_here;
        if vehicle.record.key.owner().is_some_and(is_recorded) {
            return Verdict::Ignored(Reason::NothingToChange);
        }
        vehicle.pair(key, used, &mut Outbox { last_id: &mut self.last_id, effects });
        self.ended_sheets.forget_but_for_newest_reply(vin);
        self.end_move_flow(vin);
        self.show_late_success(vin, warning, effects);
        Verdict::Accepted
    }

    /// The start of a pairing returned after its sheet had been reported as gone.
    pub(super) fn on_reply_of_ended_sheet(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: PairingAnswer,
        effects: &mut Vec<Effect>,
    ) -> AnswerOutcome {
        let Some(used) = self.ended_sheets.close(id, vin, answer.pass.is_some()) else {
            return AnswerOutcome::NotAwaited;
        };
        if let (Ok(MadeKey { key, warning }), Some(vehicle)) =
            (answer.into_result(), self.vehicles.get_mut(vin))
        {
            vehicle.pair(key, used, &mut Outbox { last_id: &mut self.last_id, effects });
            self.end_move_flow(vin);
            self.show_late_success(vin, warning, effects);
        }
        AnswerOutcome::Noted
    }

    /// Shows a late success of the vehicle on the screen, if a page of its pairing is shown (CBK-7).
    /// No page waits any more for a pairing that was started over it.
    pub(super) fn show_late_success(
        &mut self,
        vin: Vin,
        warning: Option<AppleErrorCode>,
        effects: &mut Vec<Effect>,
    ) {
        if self.screen.as_ref().is_none_or(|screen| screen.vin != vin) {
            return;
        }
        let outcome = PairingOutcome::SucceededLate { warning };
        if self.on_input(PageInput::Pairing(outcome), effects) == Verdict::Accepted {
            self.attempt = match self.attempt.take() {
                Some(attempt) if attempt.vin == vin => attempt.left(),
                other => other,
            };
        }
    }
}
