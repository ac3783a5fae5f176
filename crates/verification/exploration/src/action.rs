//! One thing that can happen.

use std::fmt;

use digital_key_domain::{Answer, CacheFailure, Intent};

/// One thing that can happen in a [`World`](crate::World): an edge of the exploration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The user does something.
    Intent(Intent),
    /// The app loses focus.
    Background,
    /// The app regains focus.
    Foreground,
    /// The wallet tells a change.
    WalletChanged,
    /// The user signs out.
    SignOut,
    /// The app is killed when this many of the waiting calls of the cache have been made, and is
    /// started again.
    Kill {
        /// How many.
        calls_made: usize,
    },
    /// The next call of the cache is made and answered.
    CacheCall,
    /// The next call of the cache fails, and has changed nothing.
    CacheFails(CacheFailure),
    /// An open question is answered.
    Answer {
        /// Which one, in the order of the world's open questions.
        question: usize,
        /// The answer.
        answer: Answer,
    },
    /// A sheet of Apple's ends.
    SheetEnds {
        /// Which one, in the order of the world's sheets.
        sheet: usize,
        /// The answer.
        answer: Answer,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(Intent::SelectVehicle(vin)) => write!(f, "select {}", vin.short()),
            Self::Intent(Intent::Tap(tap)) => write!(f, "tap {tap:?}"),
            Self::Kill { calls_made } => write!(f, "kill after {calls_made} calls of the cache"),
            Self::Answer { answer, .. } | Self::SheetEnds { answer, .. } => {
                write!(f, "answer {answer:?}")
            }
            Self::CacheFails(failure) => write!(f, "the cache fails: {failure:?}"),
            Self::Background
            | Self::Foreground
            | Self::WalletChanged
            | Self::SignOut
            | Self::CacheCall => write!(f, "{self:?}"),
        }
    }
}
