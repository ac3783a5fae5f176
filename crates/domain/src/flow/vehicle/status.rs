//! The pairing status of the vehicle: one request at a time (WEL-1, OVR-7).

use super::Vehicle;
use crate::PairingStatus;
use crate::flow::machine::{AnswerOutcome, Outbox};
use crate::flow::page::VehicleAnswer;
use crate::flow::protocol::{NoAnswer, Question, RequestId};

/// The request that is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct StatusRequest {
    pub(in crate::flow) id: RequestId,
    freshness: Freshness,
}

/// Whether the answer in flight will still be current when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Freshness {
    Current,
    /// Something may have changed since the request: its answer counts, and we ask once more.
    AskAgain,
    /// A pairing succeeded since the request: its answer is discarded, and we ask once more
    /// (CBK-8).
    Discard,
}

impl Vehicle {
    /// Fetches the status, or joins the request that is in flight (WEL-3).
    pub(in crate::flow) fn fetch_status(&mut self, out: &mut Outbox<'_>) {
        if self.status.is_none() {
            let id = out.ask(self.vin, Question::Status);
            self.status = Some(StatusRequest { id, freshness: Freshness::Current });
        }
    }

    /// Fetches a status that is not older than this call (OVR-7).
    pub(in crate::flow) fn refresh_status(&mut self, out: &mut Outbox<'_>) {
        match &mut self.status {
            Some(StatusRequest { freshness: freshness @ Freshness::Current, .. }) => {
                *freshness = Freshness::AskAgain;
            }
            Some(_) => {}
            None => self.fetch_status(out),
        }
    }

    /// A pairing succeeded: the answer in flight knows nothing of it (CBK-8).
    pub(super) fn outdate_status(&mut self) {
        if let Some(open) = &mut self.status {
            open.freshness = Freshness::Discard;
        }
    }

    pub(in crate::flow) fn on_status(
        &mut self,
        id: RequestId,
        answer: Result<PairingStatus, NoAnswer>,
        out: &mut Outbox<'_>,
    ) -> AnswerOutcome {
        let Some(open) = self.status.take_if(|open| open.id == id) else {
            return AnswerOutcome::NotAwaited;
        };
        if open.freshness != Freshness::Current {
            self.fetch_status(out);
        }
        if open.freshness == Freshness::Discard {
            return AnswerOutcome::Noted;
        }
        let is_ok = answer.is_ok();
        self.status_wait = answer.as_ref().err().and_then(|no_answer| no_answer.wait);
        if let Ok(status) = answer {
            self.apply_status(status, out);
        }
        AnswerOutcome::ForPage(VehicleAnswer::Status { is_ok }.into())
    }
}
