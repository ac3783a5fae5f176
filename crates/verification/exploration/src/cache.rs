//! The cache, as every adapter must make its calls.

use digital_key_domain::{
    CacheFailure, Effect, Event, Question, Reply, Request, VehicleRecord, Vin,
};

use crate::state::State;

impl State {
    /// Makes the next of the waiting calls, or lets it fail. Returns what the machine receives.
    pub(crate) fn make_cache_call(&mut self, failure: Option<CacheFailure>) -> Option<Event> {
        if self.waiting_calls.is_empty() {
            return None;
        }
        self.cache_has_failed |= failure.is_some();
        match (self.waiting_calls.remove(0), failure) {
            (Effect::Request(Request { id, vin, question }), _) => {
                let reply = self.cache_reply(vin, &question, failure)?;
                Some(Event::Replied { id, vin, reply })
            }
            (_, Some(failure)) => Some(Event::CacheFailed(failure)),
            (Effect::Store { vin, change }, None) => {
                self.cache.entry(vin).or_default().apply(&change);
                None
            }
            (Effect::Erase { vin }, None) => {
                self.cache.remove(&vin);
                None
            }
            (Effect::EraseAll, None) => {
                self.cache.clear();
                None
            }
            (Effect::Report(_) | Effect::Diagnose(_), None) => None,
        }
    }

    fn cache_reply(
        &mut self,
        vin: Vin,
        question: &Question,
        failure: Option<CacheFailure>,
    ) -> Option<Reply> {
        let record = failure.map_or_else(|| Ok(self.cache.entry(vin).or_default()), Err);
        match question {
            Question::Record => Some(Reply::Record(record.cloned())),
            Question::StorePassword(generation) => {
                Some(Reply::PasswordStored(record.map(|it| it.store_password(*generation))))
            }
            Question::TakeUse => Some(Reply::UseTaken(record.map(VehicleRecord::take_use))),
            Question::Support
            | Question::Status
            | Question::Password
            | Question::CanCreateKey
            | Question::Presence(_)
            | Question::OpenWallet(_)
            | Question::StartPairing
            | Question::CheckSheet => None,
        }
    }
}
