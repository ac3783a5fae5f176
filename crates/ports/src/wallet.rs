//! The wallet: which keys are on this phone.

use std::fmt;

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, Presence};

use crate::Cause;

/// The wallet of this phone.
///
/// # Contract
/// - [`Presence::Absent`] MUST be answered only when the wallet is able to know: an empty list
///   without the right to read it is [`Presence::CannotSay`].
/// - [`Presence::Present`] MUST mean a key that is on this phone and not dead; one that is suspended
///   or not yet tracked is there.
/// - A change of the wallet that happens between two calls of [`Wallet::next_change`] MUST be
///   told by the second one; several MAY be told at once.
/// - A call whose future is dropped MUST leave the implementation usable.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Wallet: Send + Sync {
    /// Asks whether a key is on this phone (WEL-2, ENT-8, OVR-2). An error counts as "cannot say".
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError>;

    /// Opens the wallet app at this key (OVR-4).
    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError>;

    /// Waits for the next change of the wallet (OVR-7), for ever if none comes. After an error the
    /// core listens no more.
    async fn next_change(&self) -> Result<(), WalletError>;
}

/// A call of [`Wallet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WalletOperation {
    /// [`Wallet::presence`].
    Presence,
    /// [`Wallet::open`].
    Open,
    /// [`Wallet::next_change`].
    NextChange,
}

impl fmt::Display for WalletOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Presence => "presence",
            Self::Open => "open",
            Self::NextChange => "next change",
        })
    }
}

/// Why a call of [`Wallet`] failed.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    /// The wallet did not do it this time. Retryable.
    #[error("the wallet did not answer {operation}; try again")]
    Unavailable {
        /// The call.
        operation: WalletOperation,
        /// What the adapter saw.
        #[source]
        cause: Cause,
    },
    /// The wallet never does it on this device or for this app. Final.
    #[error("the wallet does not offer {operation} here; check the app's entitlements")]
    NotOffered {
        /// The call.
        operation: WalletOperation,
    },
}

impl WalletError {
    /// The call that failed.
    #[must_use]
    pub fn operation(&self) -> WalletOperation {
        match self {
            Self::Unavailable { operation, .. } | Self::NotOffered { operation } => *operation,
        }
    }

    /// Whether the same call may work when it is made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
