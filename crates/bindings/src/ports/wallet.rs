//! The wallet port.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, Presence};
use digital_key_ports as ports;
use digital_key_ports::{WalletErrorKind, WalletOperation};

use crate::error::{ForeignMessage, Unexpected};

/// The wallet of this phone, as a client implements it.
///
/// - `Absent` MUST be answered only when the wallet is able to know: an empty list without the right
///   to read it is `CannotSay`.
/// - `Present` MUST mean a key that is on this phone and not dead. A key that is suspended or not yet
///   tracked is present.
/// - The second of two calls of `next_change` MUST report a change that happened between them. One
///   call MAY report several changes.
/// - A call that is cancelled MUST leave the implementation usable.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait Wallet: Send + Sync {
    /// Asks whether a key is on this phone (WEL-2, ENT-8, OVR-2). The core takes an error for "cannot
    /// say".
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError>;

    /// Opens the wallet app at this key (OVR-4).
    // Not `open`: that is a keyword of Swift, and UniFFI escapes it in a way that C compilers reject.
    async fn open_wallet(&self, key: DigitalKeyId) -> Result<(), WalletError>;

    /// Waits for the next change of the wallet (OVR-7), for ever if there is none. The core does not
    /// call again after an error.
    async fn next_change(&self) -> Result<(), WalletError>;
}

/// Why a wallet did not do what it was asked. It contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum WalletError {
    /// The wallet did not do it this time. Retryable.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// The wallet never does it on this device or for this app. Final.
    #[error("the wallet does not offer it")]
    NotOffered,
    /// The core sets this itself when the adapter throws anything else. Retryable.
    #[error("the adapter threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for WalletError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl WalletError {
    fn during(self, operation: WalletOperation) -> ports::WalletError {
        use WalletErrorKind as Kind;
        let failure = |kind| ports::WalletError::new(operation, kind);
        match self {
            Self::Unavailable { reason } => {
                failure(Kind::Unavailable).with_source(ForeignMessage(reason))
            }
            Self::NotOffered => failure(Kind::NotOffered),
            Self::Unexpected => failure(Kind::Unavailable).with_source(Unexpected),
        }
    }
}

/// The adapter for the wallet port.
#[derive(uniffi::Object)]
pub struct WalletAdapter(pub(super) Arc<dyn ports::Wallet>);

#[uniffi::export]
impl WalletAdapter {
    /// Takes an adapter of the client.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(wallet: Arc<dyn Wallet>) -> Arc<Self> {
        Self::wrap(Arc::new(FromForeign(wallet)))
    }
}

impl WalletAdapter {
    pub(crate) fn wrap(wallet: Arc<dyn ports::Wallet>) -> Arc<Self> {
        Arc::new(Self(wallet))
    }
}

/// A client's adapter as a port of the core.
struct FromForeign(Arc<dyn Wallet>);

#[async_trait]
impl ports::Wallet for FromForeign {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, ports::WalletError> {
        self.0.presence(key).await.map_err(|error| error.during(WalletOperation::Presence))
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), ports::WalletError> {
        self.0.open_wallet(key).await.map_err(|error| error.during(WalletOperation::Open))
    }

    async fn next_change(&self) -> Result<(), ports::WalletError> {
        self.0.next_change().await.map_err(|error| error.during(WalletOperation::NextChange))
    }
}
