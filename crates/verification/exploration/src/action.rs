//! One thing that can happen.

use std::fmt;

use digital_key_domain::{CacheFailure, Intent, PairingAnswer, Reply, Vin};

/// One thing that can happen in a [`World`](crate::World).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The user does something.
    Intent(Intent),
    /// The app loses focus.
    Background,
    /// The app regains focus.
    Foreground,
    /// Something in the wallet changes.
    WalletChange,
    /// The host asks for the support of a vehicle again.
    Refresh(Vin),
    /// A vehicle leaves the account.
    Forget(Vin),
    /// The user signs out.
    SignOut,
    /// The app is killed and started again.
    Kill {
        /// How many of the waiting calls the cache makes before.
        calls_made: usize,
    },
    /// The cache makes the next call.
    CacheCall,
    /// The next call of the cache fails, and has changed nothing.
    CacheFails(CacheFailure),
    /// A request is answered.
    Reply {
        /// The place of the request among the open ones.
        request: usize,
        /// The answer.
        reply: Reply,
    },
    /// The start of a sheet returns.
    StartReturns {
        /// The place of the sheet among the sheets.
        sheet: usize,
        /// Apple's answer.
        answer: PairingAnswer,
    },
    /// A sheet is found to be gone, and its start has not returned.
    SheetGone {
        /// The place of the sheet among the sheets.
        sheet: usize,
    },
    /// A sheet whose start has returned calls back once more.
    LateAnswer {
        /// The place of the sheet among the sheets.
        sheet: usize,
        /// Apple's answer.
        answer: PairingAnswer,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(Intent::SelectVehicle(vin)) => write!(f, "select {}", vin.short()),
            Self::Intent(Intent::Tap(tap)) => write!(f, "tap {tap:?}"),
            Self::Background => write!(f, "the app goes to the background"),
            Self::Foreground => write!(f, "the app comes to the foreground"),
            Self::WalletChange => write!(f, "the wallet changes"),
            Self::Refresh(vin) => write!(f, "refresh {}", vin.short()),
            Self::Forget(vin) => write!(f, "forget {}", vin.short()),
            Self::SignOut => write!(f, "sign out"),
            Self::Kill { calls_made } => write!(f, "kill after {calls_made} calls of the cache"),
            Self::CacheCall => write!(f, "the cache makes the next call"),
            Self::CacheFails(failure) => write!(f, "the next call of the cache fails: {failure:?}"),
            Self::Reply { reply, .. } => write!(f, "reply {reply:?}"),
            Self::StartReturns { answer, .. } => write!(f, "the start returns {answer:?}"),
            Self::SheetGone { .. } => write!(f, "the sheet is gone"),
            Self::LateAnswer { answer, .. } => write!(f, "late answer {answer:?}"),
        }
    }
}
