//! Whether the vehicle supports Smart Access: first the cache answers, then the BFF (ENT-2, ENT-3).

use super::Vehicle;
use crate::flow::machine::{AnswerOutcome, Outbox};
use crate::flow::protocol::{Question, RequestId};
use crate::{RecordChange, Support, SupportAnswer, VehicleRecord};

/// How far the record of the vehicle has been read from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) enum Loading {
    NotAsked,
    Asked(RequestId),
    Done,
}

impl Vehicle {
    pub(in crate::flow) fn is_supported(&self) -> bool {
        matches!(self.record.support, Some(Support::Supported { .. }))
    }

    /// Asks for what the entry depends on: the record, then the BFF's answer (ENT-2, ENT-3).
    ///
    /// Returns `false` if it is known, or if a request for it is open (ENT-6).
    pub(in crate::flow) fn learn_support(&mut self, out: &mut Outbox<'_>) -> bool {
        match self.loading {
            Loading::NotAsked => {
                self.loading = Loading::Asked(out.ask(self.vin, Question::Record));
                true
            }
            Loading::Done if self.record.support.is_none() && self.support.is_none() => {
                self.support = Some(out.ask(self.vin, Question::Support));
                true
            }
            Loading::Asked(_) | Loading::Done => false,
        }
    }

    /// Takes the cached record. One that cannot be read counts as empty: the backend knows the
    /// rest (GEN-7).
    pub(in crate::flow) fn on_record(
        &mut self,
        id: RequestId,
        record: Option<VehicleRecord>,
    ) -> AnswerOutcome {
        if self.loading != Loading::Asked(id) {
            return AnswerOutcome::NotAwaited;
        }
        self.loading = Loading::Done;
        self.record = record.unwrap_or_default();
        self.newest_fetch = self.record.generation;
        AnswerOutcome::Noted
    }

    /// Stores a definite answer of the BFF. After a failure and after an unknown value the next
    /// selection asks again (ENT-4).
    pub(in crate::flow) fn on_support(
        &mut self,
        id: RequestId,
        answer: Option<SupportAnswer>,
        out: &mut Outbox<'_>,
    ) -> AnswerOutcome {
        if self.support.take_if(|open| *open == id).is_none() {
            return AnswerOutcome::NotAwaited;
        }
        if let Some(SupportAnswer::Known(support)) = answer {
            self.change(RecordChange::Support(support), out);
        }
        AnswerOutcome::Noted
    }
}
