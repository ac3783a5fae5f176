//! Failed calls of ports, by kind and without any text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A failed call of a port: one try, before any retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortFailure {
    /// The port and the call.
    pub call: PortCall,
    /// Why it failed.
    pub cause: FailureCause,
}

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.call.name(), self.cause)
    }
}

/// A call of a port that can fail. Each keeps its place in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the call that `name` returns")]
pub enum PortCall {
    BffSupport,
    BffPairingStatus,
    BffPairingPassword,
    WalletPresence,
    WalletOpen,
    WalletNextChange,
    ApplePairingCanCreateKey,
    ApplePairingStart,
    ApplePairingSheetIsUp,
    ApplePairingNextLateAnswer,
    CacheOpen,
    CacheLoad,
    CacheStore,
    CacheStorePassword,
    CacheTakeUse,
    CacheErase,
    CacheEraseAll,
    CacheSuspend,
    CacheResume,
}

impl PortCall {
    /// Returns the port and the call, such as `bff.pairing_status`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BffSupport => "bff.support",
            Self::BffPairingStatus => "bff.pairing_status",
            Self::BffPairingPassword => "bff.pairing_password",
            Self::WalletPresence => "wallet.presence",
            Self::WalletOpen => "wallet.open",
            Self::WalletNextChange => "wallet.next_change",
            Self::ApplePairingCanCreateKey => "apple_pairing.can_create_key",
            Self::ApplePairingStart => "apple_pairing.start",
            Self::ApplePairingSheetIsUp => "apple_pairing.sheet_is_up",
            Self::ApplePairingNextLateAnswer => "apple_pairing.next_late_answer",
            Self::CacheOpen => "cache.open",
            Self::CacheLoad => "cache.load",
            Self::CacheStore => "cache.store",
            Self::CacheStorePassword => "cache.store_password",
            Self::CacheTakeUse => "cache.take_use",
            Self::CacheErase => "cache.erase",
            Self::CacheEraseAll => "cache.erase_all",
            Self::CacheSuspend => "cache.suspend",
            Self::CacheResume => "cache.resume",
        }
    }
}

/// Why a call of a port failed. Each keeps its place in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum FailureCause {
    /// There was no connection.
    #[error("no connection")]
    Unreachable,
    /// The connection broke before the whole answer was there.
    #[error("the connection broke")]
    Interrupted,
    /// No complete answer came in time.
    #[error("no complete answer in time")]
    DeadlineExceeded,
    /// The backend answered with a status other than success.
    #[error("status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The backend rejects the token.
    #[error("the token is rejected")]
    Unauthorized,
    /// The host has no token to give.
    #[error("there is no token")]
    NoToken,
    /// The answer is broken.
    #[error("the answer is broken")]
    Malformed,
    /// The request was not sent, since the backend failed too often in a row.
    #[error("not sent: the backend failed too often")]
    CircuitOpen,
    /// The port cannot be used at the moment.
    #[error("not available")]
    Unavailable,
    /// The phone does not offer it.
    #[error("not offered here")]
    NotOffered,
    /// A pairing is running already.
    #[error("a pairing is running already")]
    AlreadyRunning,
    /// Another instance uses the cache.
    #[error("in use by another instance")]
    Busy,
    /// The content of the cache was lost.
    #[error("the content was lost")]
    Lost,
    /// The cache is suspended.
    #[error("suspended")]
    Suspended,
    /// No answer came before the deadline of the core, or before a sign-out.
    #[error("no answer")]
    NoAnswer,
    /// The adapter panicked.
    #[error("the adapter panicked")]
    Panicked,
    /// Another reason.
    #[error("another reason")]
    Other,
}
