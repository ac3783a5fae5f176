//! The answers to requests.

use crate::{
    PairingAnswer, PairingStatus, Presence, StoredPassword, SupportAnswer, TakeOutcome,
    VehicleRecord,
};

/// The answer to a [`Request`](super::Request), named after its
/// [`Question`](super::Question).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reply {
    /// To [`Question::Record`](super::Question::Record).
    Record(Result<VehicleRecord, CacheFailure>),
    /// To [`Question::Support`](super::Question::Support).
    Support(Result<SupportAnswer, NoAnswer>),
    /// To [`Question::Status`](super::Question::Status).
    Status(Result<PairingStatus, NoAnswer>),
    /// To [`Question::Password`](super::Question::Password). The password itself never reaches the
    /// machine.
    Password(PasswordFetch),
    /// To [`Question::StorePassword`](super::Question::StorePassword).
    PasswordStored(Result<StoredPassword, CacheFailure>),
    /// To [`Question::CanCreateKey`](super::Question::CanCreateKey); no answer in time = `false`
    /// (WEL-4).
    CanCreateKey(bool),
    /// To [`Question::Presence`](super::Question::Presence); no answer in time = cannot say.
    Presence(Presence),
    /// To [`Question::TakeUse`](super::Question::TakeUse).
    UseTaken(Result<TakeOutcome, CacheFailure>),
    /// To [`Question::StartPairing`](super::Question::StartPairing); a refused start has neither a
    /// pass nor an error (RDY-6).
    Pairing(PairingAnswer),
    /// To [`Question::CheckSheet`](super::Question::CheckSheet): the sheet is gone, and no answer
    /// has come.
    SheetGone,
}

impl Reply {
    /// Returns why the cache did not answer, if that is the reply.
    pub(in crate::flow) fn cache_failure(&self) -> Option<CacheFailure> {
        match self {
            Self::Record(result) => result.as_ref().err().copied(),
            Self::PasswordStored(result) => result.err(),
            Self::UseTaken(result) => result.err(),
            Self::Support(_)
            | Self::Status(_)
            | Self::Password(_)
            | Self::CanCreateKey(_)
            | Self::Presence(_)
            | Self::Pairing(_)
            | Self::SheetGone => None,
        }
    }
}

/// A request that ended without an answer: an error, or no answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoAnswer;

/// How the request for a password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordFetch {
    /// A password was fetched; it waits to be stored.
    Fetched,
    /// The backend has none, or the request failed: the cached one stays (WEL-3).
    NotFetched,
}

/// Why the cache did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheFailure {
    /// Its content was lost; it is empty and works (GEN-7).
    Lost,
    /// It cannot be used at the moment.
    Unavailable,
}
