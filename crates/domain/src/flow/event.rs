//! What the machine is told, and what it says to it.

use std::fmt;

use crate::{
    Generation, PairingAnswer, PairingStatus, PasswordUse, Presence, SupportAnswer, VehicleRecord,
    Vin,
};

/// Something that the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// This vehicle is to be shown on the vehicle tab.
    SelectVehicle(Vin),
    /// Something on the page was tapped.
    Tap(Tap),
}

impl From<Tap> for Intent {
    fn from(tap: Tap) -> Self {
        Self::Tap(tap)
    }
}

/// Something that a user can tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tap {
    /// The entry on the vehicle tab.
    Entry,
    /// Continue.
    Continue,
    /// Retry.
    Retry,
    /// Close: leave the flow.
    Close,
    /// Back.
    Back,
    /// The checkbox, so that it is checked.
    TickBox,
    /// The checkbox, so that it is unchecked.
    UntickBox,
    /// The action of the key's card on Overview.
    CardAction,
    /// The tutorial button on Overview.
    Tutorial,
    /// "Move to this phone" on MoveKeyWarning.
    ConfirmMove,
    /// "Cancel" on MoveKeyWarning.
    CancelMove,
    /// "OK" on an error page.
    ConfirmError,
}

/// Something that happened. Every event is legal in every state (GEN-2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The user wants something.
    Intent(Intent),
    /// The app lost focus.
    WentToBackground,
    /// The app regained focus.
    CameToForeground,
    /// The wallet says that something in it changed (OVR-7).
    WalletChanged,
    /// The user signed out (GEN-5).
    SignedOut,
    /// The answer to an effect.
    Answered {
        /// The effect's request.
        id: RequestId,
        /// The vehicle that was asked about.
        vin: Vin,
        /// The answer.
        answer: Answer,
    },
    /// A [`Store`](crate::Effect::Store) or an [`EraseAll`](crate::Effect::EraseAll) failed.
    CacheFailed(CacheFailure),
}

impl From<Tap> for Event {
    fn from(tap: Tap) -> Self {
        Self::Intent(Intent::Tap(tap))
    }
}

/// The answer to an effect that asked something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// To [`LoadRecord`](crate::Effect::LoadRecord).
    Record(Result<VehicleRecord, CacheFailure>),
    /// To [`AskSupport`](crate::Effect::AskSupport).
    Support(Result<SupportAnswer, Failed>),
    /// To [`AskStatus`](crate::Effect::AskStatus).
    Status(Result<PairingStatus, Failed>),
    /// To [`AskPassword`](crate::Effect::AskPassword). The machine never sees the password.
    Password(PasswordAnswer),
    /// To [`StorePassword`](crate::Effect::StorePassword).
    PasswordStored(Result<StoredPassword, CacheFailure>),
    /// To [`AskCanCreate`](crate::Effect::AskCanCreate); no answer in time = `false` (WEL-4).
    CanCreate(bool),
    /// To [`AskPresence`](crate::Effect::AskPresence); no answer in time = cannot say.
    Presence(Presence),
    /// To [`TakeUse`](crate::Effect::TakeUse).
    Take(TakeAnswer),
    /// To [`StartPairing`](crate::Effect::StartPairing); a refused start has neither pass nor
    /// error (RDY-6).
    Pairing(PairingAnswer),
    /// To [`CheckSheet`](crate::Effect::CheckSheet), when Apple's sheet is gone without an answer.
    SheetGone,
}

impl Answer {
    /// Why the cache did not do what it was asked, if that is the answer.
    pub(super) fn cache_failure(&self) -> Option<CacheFailure> {
        match self {
            Self::Record(Err(failure))
            | Self::PasswordStored(Err(failure))
            | Self::Take(TakeAnswer::Failed(failure)) => Some(*failure),
            Self::Record(Ok(_))
            | Self::PasswordStored(Ok(_))
            | Self::Take(_)
            | Self::Support(_)
            | Self::Status(_)
            | Self::Password(_)
            | Self::CanCreate(_)
            | Self::Presence(_)
            | Self::Pairing(_)
            | Self::SheetGone => None,
        }
    }
}

/// A question that ended without an answer: an error, or no answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Failed;

/// How the question for a password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordAnswer {
    /// There is one; it waits to be stored.
    Fetched,
    /// The backend has none, or the question failed: the cached one stays (WEL-3).
    NoneFetched,
}

/// How the storing of a password ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoredPassword {
    /// The password is cached and unused.
    Stored,
    /// The cache has seen this generation or a newer one (ERR-4); nothing changed.
    Outdated {
        /// The newest generation that was ever stored.
        newest: Generation,
    },
}

/// How the taking of a use ended (RDY-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TakeAnswer {
    /// One use was counted; the password waits to be handed to Apple's API.
    Granted(PasswordUse),
    /// No password is cached.
    NoPassword,
    /// All uses are taken.
    Exhausted,
    /// The cache could not be used.
    Failed(CacheFailure),
}

/// Why the cache did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheFailure {
    /// Its content was lost; it is empty and works (GEN-7).
    Lost,
    /// It cannot be used at the moment.
    Unavailable,
}

/// The number of a request: an answer names the request that it belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(super) u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What the machine made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// It was taken into account.
    Accepted,
    /// Nothing changed, and no effect was caused (GEN-2).
    Ignored(Reason),
}

/// Why an event was ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    /// The page does not have what was tapped.
    #[error("the page does not offer this")]
    NotOffered,
    /// Continue is disabled (WEL-4), or the tap before is still being worked on.
    #[error("the page is not ready for this yet")]
    NotReady,
    /// The entry is hidden, or a label only (ENT-7).
    #[error("the entry leads nowhere")]
    NoEntry,
    /// Apple's sheet is up, or about to be (RDY-5).
    #[error("a pairing is running")]
    PairingRuns,
    /// The vehicle is selected already (ENT-6).
    #[error("the vehicle is selected already")]
    AlreadySelected,
    /// It is so already.
    #[error("nothing would change")]
    NothingToChange,
    /// The answer belongs to no question that is open: a duplicate, or from before a sign-out.
    #[error("nobody waits for this answer")]
    NotAwaited,
    /// Nothing on this page depends on it.
    #[error("nothing here depends on this")]
    NotConcerned,
}
