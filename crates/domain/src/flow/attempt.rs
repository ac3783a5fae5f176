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

/// How many sheets without a pass are remembered; the backend knows of older keys.
pub(super) const MAX_ENDED_SHEETS: usize = 8;

/// A sheet that has ended without a pass; a success may still come (CBK-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct EndedSheet {
    id: RequestId,
    pub(super) vin: Vin,
    /// Which password it was given.
    generation: Generation,
}

#[cfg(feature = "exploration")]
impl EndedSheet {
    pub(super) fn generation(&self) -> Generation {
        self.generation
    }

    /// False when nobody can answer it any more: then it makes no difference.
    pub(super) fn renumber(&mut self, numbering: &impl super::renumber::Numbering) -> bool {
        self.id = numbering.id(self.id);
        self.generation = numbering.generation(self.vin, self.generation);
        self.id != RequestId::default()
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

    /// Apple has answered. Without a pass a sheet is not forgotten: should it succeed after all, the
    /// key is recorded for its vehicle and moves no page (CBK-7).
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
        let ended = self.attempt.take_if(|attempt| attempt.has_sheet(id, vin));
        let (generation, awaited) = match ended.map(|attempt| attempt.phase) {
            Some(Phase::SheetUp { standing: Standing::SignedOut, .. }) => return Heard::Noted,
            Some(Phase::SheetUp { generation, standing }) => {
                (generation, standing == Standing::Awaited)
            }
            Some(Phase::Taking) | None => {
                // Only a pass says something new about a sheet that has ended.
                let succeeds = |sheet: &EndedSheet| {
                    (sheet.id, sheet.vin) == (id, vin) && answer.pass.is_some()
                };
                let Some(at) = self.ended_sheets.iter().position(succeeds) else {
                    return Heard::NotAwaited;
                };
                (self.ended_sheets.remove(at).generation, false)
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
            None => {
                self.ended_sheets.truncate(MAX_ENDED_SHEETS - 1);
                self.ended_sheets.insert(0, EndedSheet { id, vin, generation });
                if awaited {
                    vehicle.ask_password(&mut out);
                    return Heard::Tell(News::PairingFailed { reason: answer.error });
                }
            }
        }
        Heard::Noted
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
