//! The pairing that is running: the take of a password, Apple's sheet, and its answer (RDY, CBK).

use super::page::News;
use super::vehicle::Vehicle;
use super::{Answer, Flow, Heard, Outbox, Reason, RequestId, TakeAnswer, Verdict};
use crate::{Effect, Generation, PairingAnswer, PasswordUse, Vin};

/// The pairing that is running: at most one in the app (RDY-5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Attempt {
    id: RequestId,
    vin: Vin,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Phase {
    /// A use of the password is being taken; the page waits.
    Taking,
    /// Apple's sheet is up.
    SheetUp { generation: Generation, standing: Standing },
}

/// Who waits for the answer of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Standing {
    /// The page that started it.
    Awaited,
    /// Nobody: that page was left. A success is recorded all the same (CBK-7).
    Late,
    /// Nobody, and the account is gone: the answer is dropped (GEN-5).
    SignedOut,
}

impl Attempt {
    /// Begins with the take of a use (RDY-4).
    pub(super) fn begin(vehicle: &mut Vehicle, out: &mut Outbox<'_>) -> Self {
        let id = out.next_id();
        vehicle.take_use(id, out);
        Self { id, vin: vehicle.vin, phase: Phase::Taking }
    }

    pub(super) fn vin(&self) -> Vin {
        self.vin
    }

    fn has_sheet(&self, id: RequestId, vin: Vin) -> bool {
        (self.id, self.vin) == (id, vin) && matches!(self.phase, Phase::SheetUp { .. })
    }

    /// The request and the vehicle of the sheet that is up.
    pub(super) fn sheet(&self) -> Option<(RequestId, Vin)> {
        match self.phase {
            Phase::Taking => None,
            Phase::SheetUp { .. } => Some((self.id, self.vin)),
        }
    }

    /// The page was left: a sheet that is not up yet is not shown any more.
    pub(super) fn left(self) -> Option<Self> {
        self.with_standing(|standing| match standing {
            Standing::Awaited | Standing::Late => Standing::Late,
            Standing::SignedOut => Standing::SignedOut,
        })
    }

    pub(super) fn signed_out(self) -> Option<Self> {
        self.with_standing(|_| Standing::SignedOut)
    }

    fn with_standing(mut self, change: impl Fn(Standing) -> Standing) -> Option<Self> {
        match &mut self.phase {
            Phase::Taking => None,
            Phase::SheetUp { standing, .. } => {
                *standing = change(*standing);
                Some(self)
            }
        }
    }
}

#[cfg(feature = "exploration")]
impl Attempt {
    pub(super) fn generation(&self) -> Option<Generation> {
        match self.phase {
            Phase::Taking => None,
            Phase::SheetUp { generation, .. } => Some(generation),
        }
    }

    pub(super) fn renumber(&mut self, numbering: &impl super::renumber::Numbering) {
        self.id = numbering.id(self.id);
        if let Phase::SheetUp { generation, .. } = &mut self.phase {
            *generation = numbering.generation(self.vin, *generation);
        }
    }
}

impl Flow {
    pub(super) fn on_take(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: TakeAnswer,
        effects: &mut Vec<Effect>,
    ) -> Heard {
        let awaited =
            self.vehicles.get_mut(&vin).is_some_and(|vehicle| vehicle.on_take(id, answer));
        if !awaited {
            return Heard::NotAwaited;
        }
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| attempt.id == id) else {
            // The page was left meanwhile: the use is counted, and the sheet is not shown.
            return Heard::Noted;
        };
        if let TakeAnswer::Granted(PasswordUse { generation, .. }) = answer {
            attempt.phase = Phase::SheetUp { generation, standing: Standing::Awaited };
            effects.push(Effect::StartPairing { id, vin });
            Heard::Noted
        } else {
            self.attempt = None;
            Heard::Tell(News::TakeRefused)
        }
    }

    pub(super) fn on_pairing(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: PairingAnswer,
        effects: &mut Vec<Effect>,
    ) -> Heard {
        let Some(vehicle) = self.vehicles.get_mut(&vin) else {
            return Heard::NotAwaited;
        };
        let (generation, awaited) = match self.attempt.take_if(|attempt| attempt.has_sheet(id, vin))
        {
            Some(Attempt { phase: Phase::SheetUp { generation, standing }, .. }) => {
                match standing {
                    Standing::Awaited => (generation, true),
                    Standing::Late => (generation, false),
                    Standing::SignedOut => return Heard::Noted,
                }
            }
            Some(Attempt { phase: Phase::Taking, .. }) | None => {
                match vehicle.take_unanswered(id) {
                    Some(generation) => (generation, false),
                    None => return Heard::NotAwaited,
                }
            }
        };
        let mut out = Outbox { last_id: &mut self.last_id, effects };
        match answer.pass {
            Some(key) => {
                vehicle.pair(key, generation, &mut out);
                if self.selected == Some(vin) {
                    self.move_flow = false;
                }
                if awaited {
                    return Heard::Tell(News::PairingSucceeded { warning: answer.error });
                }
            }
            None if awaited => {
                vehicle.ask_password(&mut out);
                return Heard::Tell(News::PairingFailed { reason: answer.error });
            }
            None => {}
        }
        Heard::Noted
    }

    /// Apple's sheet is gone and has not answered: that is an answer with neither a pass nor an
    /// error (GEN-2). Should it answer after all, a success is recorded (CBK-7).
    pub(super) fn on_sheet_gone(
        &mut self,
        id: RequestId,
        vin: Vin,
        effects: &mut Vec<Effect>,
    ) -> Heard {
        let Some(attempt) = self.attempt.as_ref().filter(|attempt| attempt.has_sheet(id, vin))
        else {
            return Heard::NotAwaited;
        };
        let phase = attempt.phase;
        let heard = self.on_pairing(id, vin, PairingAnswer::default(), effects);
        if let Phase::SheetUp { generation, standing: Standing::Awaited | Standing::Late } = phase
            && let Some(vehicle) = self.vehicles.get_mut(&vin)
        {
            vehicle.leave_unanswered(id, generation);
        }
        heard
    }

    /// Ends the sheet of a user who has signed out; its answer is dropped (GEN-5).
    pub(super) fn end_forgotten_sheet(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: &Answer,
    ) -> Verdict {
        let ends = matches!(answer, Answer::Pairing(_) | Answer::SheetGone);
        match self.attempt.take_if(|attempt| ends && attempt.has_sheet(id, vin)) {
            Some(_) => Verdict::Accepted,
            None => Verdict::Ignored(Reason::NotAwaited),
        }
    }
}
