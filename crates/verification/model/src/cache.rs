//! What a cache does with the machine's effects, as its port promises it.

use digital_key_domain::{
    Answer, CacheFailure, Effect, PasswordUse, RecordChange, RequestId, StoredPassword, TakeAnswer,
    VehicleRecord, Vin,
};

/// What a cache that works does with its record, and answers.
pub(crate) fn serve(record: &mut VehicleRecord, effect: &Effect) -> Option<Answer> {
    match effect {
        Effect::LoadRecord { .. } => Some(Answer::Record(Ok(record.clone()))),
        Effect::Store { change, .. } => {
            record.apply(change);
            None
        }
        Effect::StorePassword { generation, .. } => {
            let newest = record.generation;
            record.apply(&RecordChange::PasswordStored(*generation));
            let stored = match record.generation == newest {
                true => StoredPassword::Outdated { newest },
                false => StoredPassword::Stored,
            };
            Some(Answer::PasswordStored(Ok(stored)))
        }
        Effect::TakeUse { .. } => Some(Answer::Take(take(record))),
        _ => None,
    }
}

/// RDY-4: counting a use and reading the password is one step.
fn take(record: &mut VehicleRecord) -> TakeAnswer {
    let Some(PasswordUse { generation, uses }) = record.password else {
        return TakeAnswer::NoPassword;
    };
    let Some(uses) = uses.next_use() else { return TakeAnswer::Exhausted };
    let counted = PasswordUse { generation, uses };
    record.apply(&RecordChange::UseTaken(counted));
    TakeAnswer::Granted(counted)
}

/// What a cache that fails answers; a change that could not be stored has no answer.
pub(crate) fn failed(effect: &Effect, failure: CacheFailure) -> Option<Answer> {
    match effect {
        Effect::LoadRecord { .. } => Some(Answer::Record(Err(failure))),
        Effect::StorePassword { .. } => Some(Answer::PasswordStored(Err(failure))),
        Effect::TakeUse { .. } => Some(Answer::Take(TakeAnswer::Failed(failure))),
        _ => None,
    }
}

/// The vehicle that a call of the cache is about; erasing is about all.
pub(crate) fn vin(effect: &Effect) -> Option<Vin> {
    match effect {
        Effect::Store { vin, .. } => Some(*vin),
        _ => request(effect).map(|(_, vin)| vin),
    }
}

/// The request that an answer has to name.
pub(crate) fn request(effect: &Effect) -> Option<(RequestId, Vin)> {
    match effect {
        Effect::LoadRecord { id, vin }
        | Effect::AskSupport { id, vin }
        | Effect::AskStatus { id, vin }
        | Effect::AskPassword { id, vin }
        | Effect::StorePassword { id, vin, .. }
        | Effect::AskCanCreate { id, vin }
        | Effect::AskPresence { id, vin, .. }
        | Effect::TakeUse { id, vin }
        | Effect::StartPairing { id, vin }
        | Effect::CheckSheet { id, vin } => Some((*id, *vin)),
        Effect::Store { .. } | Effect::OpenWallet { .. } | Effect::EraseAll | Effect::Report(_) => {
            None
        }
    }
}
