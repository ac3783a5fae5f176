//! What the ports may answer to an effect.

use digital_key_domain::{
    Answer, CacheFailure, Effect, Event, Failed, PasswordAnswer, Presence, RequestId, TakeAnswer,
    Vin,
};

use crate::bounds::Bounds;

/// The request and the vehicle of an effect that has an answer.
pub(crate) fn asked(effect: &Effect) -> Option<(RequestId, Vin)> {
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

/// Every answer that the bounds allow to an open question.
pub(crate) fn answers(effect: &Effect, bounds: &Bounds) -> Vec<Answer> {
    let fails = bounds.bff_fails;
    match effect {
        Effect::AskSupport { .. } => {
            let answers = bounds.support.iter().map(|answer| Answer::Support(Ok(*answer)));
            answers.chain(fails.then_some(Answer::Support(Err(Failed)))).collect()
        }
        Effect::AskStatus { .. } => {
            let answers = bounds.status.iter().cloned().map(|answer| Answer::Status(Ok(answer)));
            answers.chain(fails.then_some(Answer::Status(Err(Failed)))).collect()
        }
        Effect::AskPassword { .. } => [Answer::Password(PasswordAnswer::Fetched)]
            .into_iter()
            .chain(fails.then_some(Answer::Password(PasswordAnswer::NoneFetched)))
            .collect(),
        Effect::AskCanCreate { .. } => [Answer::CanCreate(true)]
            .into_iter()
            .chain(fails.then_some(Answer::CanCreate(false)))
            .collect(),
        Effect::AskPresence { .. } => {
            [Presence::Present, Presence::Absent, Presence::CannotSay].map(Answer::Presence).into()
        }
        Effect::LoadRecord { .. }
        | Effect::StorePassword { .. }
        | Effect::TakeUse { .. }
        | Effect::StartPairing { .. }
        | Effect::CheckSheet { .. }
        | Effect::OpenWallet { .. }
        | Effect::Store { .. }
        | Effect::EraseAll
        | Effect::Report(_) => Vec::new(),
    }
}

/// What the machine is told when a call of the cache fails.
pub(crate) fn fail(effect: Effect, failure: CacheFailure) -> Event {
    let answer = match effect {
        Effect::LoadRecord { .. } => Answer::Record(Err(failure)),
        Effect::StorePassword { .. } => Answer::PasswordStored(Err(failure)),
        Effect::TakeUse { .. } => Answer::Take(TakeAnswer::Failed(failure)),
        Effect::AskSupport { .. }
        | Effect::AskStatus { .. }
        | Effect::AskPassword { .. }
        | Effect::AskCanCreate { .. }
        | Effect::AskPresence { .. }
        | Effect::StartPairing { .. }
        | Effect::CheckSheet { .. }
        | Effect::OpenWallet { .. }
        | Effect::Store { .. }
        | Effect::EraseAll
        | Effect::Report(_) => return Event::CacheFailed(failure),
    };
    match asked(&effect) {
        Some((id, vin)) => Event::Answered { id, vin, answer },
        None => Event::CacheFailed(failure),
    }
}
