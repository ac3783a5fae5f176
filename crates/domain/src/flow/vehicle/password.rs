//! The pairing password of the vehicle: fetched from the BFF, then stored in the cache (WEL-3,
//! CBK-2). The password itself never reaches the machine.

use super::Vehicle;
use crate::flow::machine::{AnswerOutcome, Outbox};
use crate::flow::protocol::{Effect, PasswordFetch, Question, Request, RequestId};
use crate::{Generation, StoredPassword};

/// The fetch that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct PasswordRequest {
    pub(in crate::flow) id: RequestId,
    pub(in crate::flow) generation: Generation,
    /// The BFF has answered, and the password is being stored.
    storing: bool,
}

impl Vehicle {
    /// Fetches a password, or joins the fetch that is under way (WEL-3).
    pub(in crate::flow) fn fetch_password(&mut self, out: &mut Outbox<'_>) {
        if self.password.is_none() {
            let id = out.ask(self.vin, Question::Password);
            self.newest_fetch = self.newest_fetch.next();
            let generation = self.newest_fetch;
            self.password = Some(PasswordRequest { id, generation, storing: false });
            self.password_wait = None;
        }
    }

    pub(in crate::flow) fn on_password(
        &mut self,
        id: RequestId,
        fetch: PasswordFetch,
        out: &mut Outbox<'_>,
    ) -> AnswerOutcome {
        let Some(open) = self.password.as_mut().filter(|open| open.id == id && !open.storing)
        else {
            return AnswerOutcome::NotAwaited;
        };
        match fetch {
            PasswordFetch::Fetched => {
                open.storing = true;
                let question = Question::StorePassword(open.generation);
                out.effects.push(Effect::Request(Request { id, vin: self.vin, question }));
            }
            PasswordFetch::NoPassword => self.password = None,
            PasswordFetch::Failed(no_answer) => {
                self.password = None;
                self.password_wait = no_answer.wait;
            }
        }
        AnswerOutcome::Noted
    }

    pub(in crate::flow) fn on_password_stored(
        &mut self,
        id: RequestId,
        stored: Option<StoredPassword>,
    ) -> AnswerOutcome {
        let Some(open) = self.password.take_if(|open| open.id == id && open.storing) else {
            return AnswerOutcome::NotAwaited;
        };
        match stored {
            Some(StoredPassword::Stored) => {
                self.record.store_password(open.generation);
            }
            Some(StoredPassword::Outdated { newest }) => {
                self.newest_fetch = self.newest_fetch.max(newest);
            }
            None => {}
        }
        AnswerOutcome::Noted
    }
}
