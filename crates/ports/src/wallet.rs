//! The port of the wallet, which knows the keys on this phone.

use std::fmt;

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, Presence};

use crate::{PortError, PortErrorKind};

/// The wallet of this phone.
///
/// # Contract
/// - [`Presence::Absent`] MUST be answered only when the wallet is able to know: an empty list
///   without the right to read it is [`Presence::CannotSay`].
/// - [`Presence::Present`] MUST mean a key that is on this phone and not dead. A key that is
///   suspended or not yet tracked is present.
/// - The second of two calls of [`Wallet::next_change`] MUST report a change that happened between
///   them. One call MAY report several changes.
/// - A call whose future is dropped MUST leave the implementation usable.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Wallet: Send + Sync {
    /// Asks whether a key is on this phone (WEL-2, ENT-8, OVR-2). The core takes an error for
    /// "cannot say".
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError>;

    /// Opens the wallet app at this key (OVR-4).
    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError>;

    /// Waits for the next change of the wallet (OVR-7), for ever if there is none. The core does
    /// not call again after an error.
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

/// The failure of a call of [`Wallet`].
pub type WalletError = PortError<WalletOperation, WalletErrorKind>;

/// Why a call of [`Wallet`] failed, and what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WalletErrorKind {
    /// The wallet did not answer this time. Retryable.
    Unavailable,
    /// The wallet never answers this call on this device or for this app. Final.
    NotOffered,
}

impl PortErrorKind for WalletErrorKind {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable => true,
            Self::NotOffered => false,
        }
    }
}

impl fmt::Display for WalletErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "the wallet did not answer; try again",
            Self::NotOffered => "the wallet does not offer this here; check the app's entitlements",
        })
    }
}
