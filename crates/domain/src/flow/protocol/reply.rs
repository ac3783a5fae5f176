//! The answers to requests.

use std::time::Duration;

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
    /// To [`Question::CanCreateKey`](super::Question::CanCreateKey).
    CanCreateKey(KeyCreation),
    /// To [`Question::Presence`](super::Question::Presence); no answer in time = cannot say.
    Presence(Presence),
    /// To [`Question::OpenWallet`](super::Question::OpenWallet): whether the wallet app opened at the
    /// key (OVR-4); no answer in time = `false`.
    WalletOpened(bool),
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
            | Self::WalletOpened(_)
            | Self::Pairing(_)
            | Self::SheetGone => None,
        }
    }
}

/// A request to the backend that ended without an answer: an error, or no answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NoAnswer {
    /// Why there is no answer.
    pub kind: FailureKind,
    /// How many seconds the backend asks to wait before the next try, as of the failure (GEN-11).
    pub wait: Option<u64>,
}

/// Why the backend did not answer, as the error of the port says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum FailureKind {
    /// There was no connection.
    Unreachable,
    /// The connection broke before the whole answer was there.
    Interrupted,
    /// No complete answer came in time.
    DeadlineExceeded,
    /// The backend answered with a status other than success.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The backend rejects the token; the user has to sign in.
    Unauthorized,
    /// The host has no token to give; the user has to sign in.
    NoToken,
    /// The answer is broken.
    Malformed,
    /// The request was not sent, since the backend failed too often in a row.
    CircuitOpen,
    /// The adapter failed in another way.
    Other,
}

impl NoAnswer {
    /// A request that did not reach the backend.
    pub const UNREACHABLE: Self = Self { kind: FailureKind::Unreachable, wait: None };

    /// Makes a failure with the wait in whole seconds, rounded up so that no try comes too early.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use digital_key_domain::{FailureKind, NoAnswer};
    ///
    /// let wait = Some(Duration::from_millis(1_500));
    /// assert_eq!(NoAnswer::new(FailureKind::CircuitOpen, wait).wait, Some(2));
    /// assert_eq!(NoAnswer::new(FailureKind::CircuitOpen, Some(Duration::ZERO)).wait, None);
    /// ```
    #[must_use]
    pub fn new(kind: FailureKind, wait: Option<Duration>) -> Self {
        let seconds =
            wait.map(|wait| wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)));
        Self { kind, wait: seconds.filter(|seconds| *seconds > 0) }
    }
}

/// How the request for a password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordFetch {
    /// A password was fetched; it waits to be stored.
    Fetched,
    /// The backend has none: the cached one stays (WEL-3).
    NoPassword,
    /// The request failed: the cached one stays (WEL-3).
    Failed(NoAnswer),
}

/// Whether Apple's API can create a key (WEL-6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCreation {
    /// A key can be created.
    Possible,
    /// Apple's API says that no key can be created, or it failed.
    Refused,
    /// Apple's API did not answer within the deadline, which counts as a no (WEL-4).
    NoAnswer,
}

/// Why the cache did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheFailure {
    /// Its content was lost; it is empty and works (GEN-7).
    Lost,
    /// It cannot be used at the moment.
    Unavailable,
}
