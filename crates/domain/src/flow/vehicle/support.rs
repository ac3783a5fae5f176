//! Whether the vehicle supports Smart Access: first the cache answers, then the BFF (ENT-2, ENT-3).

use super::Vehicle;
use crate::flow::machine::{AnswerOutcome, Outbox};
use crate::flow::protocol::{NoAnswer, Question, RequestId};
use crate::{RecordChange, SupportAnswer, VehicleRecord};

/// How far the record of the vehicle has been read from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) enum Loading {
    NotAsked,
    Asked(RequestId),
    Done,
}

/// Why a question for the support has left it unknown (ENT-4, REQ-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) enum UnknownSupport {
    Failed(NoAnswer),
    /// The answer has a value that this version does not know.
    UnknownValue,
}

impl Vehicle {
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
                self.ask_support(out);
                true
            }
            Loading::Asked(_) | Loading::Done => false,
        }
    }

    /// Asks the BFF again; what the cache knows goes on deciding (ENT-10). A vehicle whose record
    /// was not read is asked about once that is done.
    ///
    /// Returns `false` if a question for it is open, which this joins.
    pub(in crate::flow) fn refresh_support(&mut self, out: &mut Outbox<'_>) -> bool {
        match self.loading {
            Loading::NotAsked => {
                self.loading = Loading::Asked(out.ask(self.vin, Question::Record));
                self.refresh_pending = true;
                true
            }
            Loading::Asked(_) => !std::mem::replace(&mut self.refresh_pending, true),
            Loading::Done if self.support.is_none() => {
                self.ask_support(out);
                true
            }
            Loading::Done => false,
        }
    }

    /// The record was read: asks for what is wanted now (ENT-2, ENT-10).
    pub(in crate::flow) fn on_loaded(&mut self, is_shown: bool, out: &mut Outbox<'_>) {
        if std::mem::take(&mut self.refresh_pending) {
            self.ask_support(out);
        } else if is_shown {
            self.learn_support(out);
        }
    }

    fn ask_support(&mut self, out: &mut Outbox<'_>) {
        self.support = Some(out.ask(self.vin, Question::Support));
        self.unknown_support = None;
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
        answer: Result<SupportAnswer, NoAnswer>,
        out: &mut Outbox<'_>,
    ) -> AnswerOutcome {
        if self.support.take_if(|open| *open == id).is_none() {
            return AnswerOutcome::NotAwaited;
        }
        self.unknown_support = match answer {
            Ok(SupportAnswer::Known(support)) => {
                self.change(RecordChange::Support(support), out);
                None
            }
            // What the cache knows goes on deciding (ENT-3).
            _ if self.record.support.is_some() => None,
            Ok(SupportAnswer::Unknown) => Some(UnknownSupport::UnknownValue),
            Err(no_answer) => Some(UnknownSupport::Failed(no_answer)),
        };
        AnswerOutcome::Noted
    }
}
