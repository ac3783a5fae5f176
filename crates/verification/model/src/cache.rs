//! What a cache does with the machine's effects, as its port promises it.

use digital_key_domain::{CacheFailure, Effect, Question, Reply, Request, VehicleRecord, Vin};

/// Performs a call on the record of its vehicle, and returns the reply if the call has one.
pub(crate) fn perform(record: &mut VehicleRecord, effect: &Effect) -> Option<Reply> {
    match effect {
        Effect::Erase { .. } => {
            *record = VehicleRecord::default();
            None
        }
        Effect::Store { change, .. } => {
            record.apply(change);
            None
        }
        Effect::Request(Request { question: Question::Record, .. }) => {
            Some(Reply::Record(Ok(record.clone())))
        }
        Effect::Request(Request { question: Question::StorePassword(generation), .. }) => {
            Some(Reply::PasswordStored(Ok(record.store_password(*generation))))
        }
        Effect::Request(Request { question: Question::TakeUse, .. }) => {
            Some(Reply::UseTaken(Ok(record.take_use())))
        }
        _ => None,
    }
}

/// Returns the reply of a cache that fails; a change that could not be stored has none.
pub(crate) fn fail(effect: &Effect, failure: CacheFailure) -> Option<Reply> {
    let Effect::Request(Request { question, .. }) = effect else { return None };
    match question {
        Question::Record => Some(Reply::Record(Err(failure))),
        Question::StorePassword(_) => Some(Reply::PasswordStored(Err(failure))),
        Question::TakeUse => Some(Reply::UseTaken(Err(failure))),
        _ => None,
    }
}

/// Returns the vehicle that a call of the cache is about; erasing is about all.
pub(crate) fn vin(effect: &Effect) -> Option<Vin> {
    match effect {
        Effect::Request(Request { vin, .. })
        | Effect::Store { vin, .. }
        | Effect::Erase { vin } => Some(*vin),
        _ => None,
    }
}
