//! The pairing that is running: the take of a use, Apple's sheet, and its answer (RDY, CBK).

use super::apple_answer::MadeKey;
use crate::flow::machine::{AnswerOutcome, Flow, Outbox};
use crate::flow::page::{PageInput, PairingOutcome, Transition};
use crate::flow::protocol::{CacheFailure, Effect, Question, Reason, Request, RequestId};
use crate::flow::screen::Context;
use crate::{Generation, PairingAnswer, PasswordUse, TakeOutcome, Vin};

/// The pairing that is running: at most one in the app (RDY-5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Attempt {
    pub(in crate::flow) id: RequestId,
    pub(in crate::flow) vin: Vin,
    pub(in crate::flow) phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) enum Phase {
    /// A use of the password is being taken; the page waits.
    Taking,
    /// Apple's sheet is up.
    SheetUp {
        /// The fetch that the password of the sheet came from.
        generation: Generation,
        awaiting: Awaiting,
    },
}

/// What waits for the answer of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) enum Awaiting {
    /// The page that started it.
    Page,
    /// No page: the user left. A success is still recorded (CBK-7).
    Record,
    /// The user signed out (GEN-5), or the vehicle left the account (GEN-9): the answer is dropped.
    Dropped,
}

impl Attempt {
    /// Starts a pairing with one use of the cached password (RDY-3, RDY-4), unless one is running
    /// (RDY-5).
    pub(in crate::flow) fn start(cx: &mut Context<'_>) -> Transition {
        if cx.attempt.is_some() {
            return Transition::Ignored(Reason::PairingRuns);
        }
        let id = cx.vehicle.take_use(&mut cx.out);
        *cx.attempt = Some(Self { id, vin: cx.vehicle.vin, phase: Phase::Taking });
        Transition::Stay
    }

    /// Returns the sheet that is up.
    pub(in crate::flow) fn sheet(&self) -> Option<(RequestId, Vin)> {
        match self.phase {
            Phase::Taking => None,
            Phase::SheetUp { .. } => Some((self.id, self.vin)),
        }
    }

    /// Returns the password that the sheet was given, unless its answer will be dropped.
    pub(in crate::flow) fn password_of_sheet(&self) -> Option<Generation> {
        match self.phase {
            Phase::Taking | Phase::SheetUp { awaiting: Awaiting::Dropped, .. } => None,
            Phase::SheetUp { generation, .. } => Some(generation),
        }
    }

    /// The user left the page: a sheet that is not up yet will not be shown.
    pub(in crate::flow) fn left(self) -> Option<Self> {
        self.map_awaiting(|awaiting| match awaiting {
            Awaiting::Page | Awaiting::Record => Awaiting::Record,
            Awaiting::Dropped => Awaiting::Dropped,
        })
    }

    /// The account or the vehicle is gone: a sheet that is not up yet will not be shown.
    pub(in crate::flow) fn dropped(self) -> Option<Self> {
        self.map_awaiting(|_| Awaiting::Dropped)
    }

    fn map_awaiting(mut self, change: impl Fn(Awaiting) -> Awaiting) -> Option<Self> {
        match &mut self.phase {
            Phase::Taking => None,
            Phase::SheetUp { awaiting, .. } => {
                *awaiting = change(*awaiting);
                Some(self)
            }
        }
    }
}

impl Flow {
    /// The cache answered the take: with a use the sheet opens, without one it does not (RDY-6).
    pub(in crate::flow) fn on_use_taken(
        &mut self,
        id: RequestId,
        vin: Vin,
        result: Result<TakeOutcome, CacheFailure>,
        effects: &mut Vec<Effect>,
    ) -> AnswerOutcome {
        let is_awaited =
            self.vehicles.get_mut(vin).is_some_and(|vehicle| vehicle.on_use_taken(id, result));
        if !is_awaited {
            return AnswerOutcome::NotAwaited;
        }
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| attempt.id == id) else {
            // The user left the page meanwhile: the use is counted, and no sheet is shown.
            return AnswerOutcome::Noted;
        };
        if let Ok(TakeOutcome::Granted(PasswordUse { generation, .. })) = result {
            attempt.phase = Phase::SheetUp { generation, awaiting: Awaiting::Page };
            self.shown_sheets.add(vin);
            effects.push(Effect::Request(Request { id, vin, question: Question::StartPairing }));
            AnswerOutcome::Noted
        } else {
            self.attempt = None;
            AnswerOutcome::ForPage(PageInput::Pairing(PairingOutcome::Refused))
        }
    }

    /// Apple answered and the start has returned (CBK-1 to CBK-5), or the sheet is gone before that
    /// (GEN-2).
    pub(in crate::flow) fn on_pairing(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: PairingAnswer,
        has_returned: bool,
        effects: &mut Vec<Effect>,
    ) -> AnswerOutcome {
        let ended = self.attempt.take_if(|attempt| attempt.sheet() == Some((id, vin)));
        let Some(Phase::SheetUp { generation, awaiting }) = ended.map(|attempt| attempt.phase)
        else {
            // A sheet that has ended has no second end.
            return if has_returned {
                self.on_reply_of_ended_sheet(id, vin, answer, effects)
            } else {
                AnswerOutcome::NotAwaited
            };
        };
        let Some(vehicle) = self.vehicles.get_mut(vin).filter(|_| awaiting != Awaiting::Dropped)
        else {
            return AnswerOutcome::Noted;
        };
        let mut out = Outbox { last_id: &mut self.last_id, effects };
        let outcome = match answer.into_result() {
            Ok(MadeKey { key, warning }) => {
                vehicle.pair(key, generation, &mut out);
                self.ended_sheets.forget(vin);
                self.end_move_flow(vin);
                PairingOutcome::Succeeded { warning }
            }
            // CBK-2: the password is refreshed, and no page waits for it.
            Err(reason) => {
                if awaiting == Awaiting::Page {
                    vehicle.fetch_password(&mut out);
                }
                self.ended_sheets.add(id, vin, generation, has_returned);
                PairingOutcome::Failed { reason }
            }
        };
        match (awaiting, outcome) {
            (Awaiting::Page, outcome) => AnswerOutcome::ForPage(PageInput::Pairing(outcome)),
            // CBK-7: the user left the page, and may be on the way to the next pairing.
            (Awaiting::Record, PairingOutcome::Succeeded { warning }) => {
                self.show_late_success(vin, warning, effects);
                AnswerOutcome::Noted
            }
            (Awaiting::Record | Awaiting::Dropped, _) => AnswerOutcome::Noted,
        }
    }
}
