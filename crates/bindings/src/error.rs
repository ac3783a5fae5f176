//! The errors of the facade, and the names of ports and calls.

use std::error::Error;

use digital_key_app::{AppError, StartError};
use digital_key_ports::{
    ApplePairingOperation, BffOperation, CacheError, CacheOperation, WalletOperation,
};

/// Why a call of the app, or of a value that crosses the boundary, failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum DigitalKeyError {
    /// `start` was not called yet. Final until it is.
    #[error("the digital key core was not started; call start first")]
    NotStarted,
    /// `start` was called before. Final: make a new app.
    #[error("the digital key core was started before; an app starts once")]
    AlreadyStarted,
    /// The core has ended. Final: make a new app.
    #[error("the digital key core has been shut down; make a new one")]
    ShutDown,
    /// More intents wait than a person can tap. Retryable.
    #[error("too many intents are waiting; try again")]
    Overloaded,
    /// An argument is malformed. Final.
    #[error("{argument} is not valid: {reason}")]
    Invalid {
        /// The name of the argument.
        argument: String,
        /// What a valid argument looks like.
        reason: String,
    },
    /// A call of a port failed.
    #[error("{}", failure.reason)]
    PortFailed {
        /// The port and the call, and whether another try can help.
        failure: PortFailure,
    },
    /// The system has no threads left. Retryable.
    #[error("the digital key core could start no threads: {reason}")]
    NoThreads {
        /// The system's own message.
        reason: String,
    },
    /// The call works only on an iPhone, on its main thread. Final.
    #[error("{reason}")]
    NotHere {
        /// What is missing.
        reason: String,
    },
    /// The system has no randomness for a key. Retryable.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The scripted phone shows no pairing sheet. Retryable once it does.
    #[error("no pairing sheet is waiting for an answer; wait for sheet_shown first")]
    NoSheet,
}

impl DigitalKeyError {
    pub(crate) fn invalid(argument: &str, error: &dyn Error) -> Self {
        Self::Invalid { argument: argument.to_owned(), reason: chain(error) }
    }
}

impl From<AppError> for DigitalKeyError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::ShutDown => Self::ShutDown,
            AppError::Overloaded => Self::Overloaded,
            AppError::Cache(error) => error.into(),
            // An error of a later version of the core: a new app is what can always be made.
            _ => Self::ShutDown,
        }
    }
}

impl From<CacheError> for DigitalKeyError {
    fn from(error: CacheError) -> Self {
        let failure =
            PortFailure::new(error.operation().into(), error.is_retryable(), chain(&error));
        Self::PortFailed { failure }
    }
}

impl From<StartError> for DigitalKeyError {
    fn from(error: StartError) -> Self {
        Self::NoThreads { reason: error.to_string() }
    }
}

/// A failed call of a port, of a client's adapter or a built-in one.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PortFailure {
    /// The port.
    pub port: Port,
    /// The call.
    pub call: PortCall,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// What happened, with its causes. It contains nothing secret (GEN-6).
    pub reason: String,
}

impl PortFailure {
    pub(crate) fn new(call: PortCall, retryable: bool, reason: String) -> Self {
        Self { port: call.port(), call, retryable, reason }
    }
}

impl From<&digital_key_app::PortFailure> for PortFailure {
    fn from(failure: &digital_key_app::PortFailure) -> Self {
        Self::new(failure.call.into(), failure.is_retryable(), failure.reason.clone())
    }
}

/// A port of the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Port {
    /// The backend for frontend.
    Bff,
    /// The wallet.
    Wallet,
    /// Apple's pairing API.
    ApplePairing,
    /// The cache.
    Cache,
    /// Background and foreground.
    AppLifecycle,
}

/// A call of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PortCall {
    /// `support` of the BFF.
    Support,
    /// `pairing_status` of the BFF.
    PairingStatus,
    /// `pairing_password` of the BFF.
    PairingPassword,
    /// `presence` of the wallet.
    Presence,
    /// `open_wallet` of the wallet.
    OpenWallet,
    /// `next_change` of the wallet.
    NextChange,
    /// `can_create_key` of Apple's pairing API.
    CanCreateKey,
    /// `start` of Apple's pairing API.
    StartPairing,
    /// `sheet_is_up` of Apple's pairing API.
    SheetIsUp,
    /// `next_late_answer` of Apple's pairing API.
    NextLateAnswer,
    /// The opening of the cache.
    OpenCache,
    /// `load` of the cache.
    Load,
    /// `store` of the cache.
    Store,
    /// `store_password` of the cache.
    StorePassword,
    /// `take_use` of the cache.
    TakeUse,
    /// `erase` of the cache.
    Erase,
    /// `erase_all` of the cache.
    EraseAll,
    /// `suspend` of the cache.
    Suspend,
    /// `resume` of the cache.
    Resume,
    /// `next_event` of the app's life.
    NextEvent,
}

impl PortCall {
    fn port(self) -> Port {
        match self {
            Self::Support | Self::PairingStatus | Self::PairingPassword => Port::Bff,
            Self::Presence | Self::OpenWallet | Self::NextChange => Port::Wallet,
            Self::CanCreateKey | Self::StartPairing | Self::SheetIsUp | Self::NextLateAnswer => {
                Port::ApplePairing
            }
            Self::OpenCache
            | Self::Load
            | Self::Store
            | Self::StorePassword
            | Self::TakeUse
            | Self::Erase
            | Self::EraseAll
            | Self::Suspend
            | Self::Resume => Port::Cache,
            Self::NextEvent => Port::AppLifecycle,
        }
    }
}

impl From<digital_key_app::PortCall> for PortCall {
    fn from(call: digital_key_app::PortCall) -> Self {
        use digital_key_app::PortCall as Core;
        match call {
            Core::Bff(BffOperation::Support) => Self::Support,
            Core::Bff(BffOperation::PairingStatus) => Self::PairingStatus,
            Core::Bff(BffOperation::PairingPassword) => Self::PairingPassword,
            Core::Wallet(WalletOperation::Presence) => Self::Presence,
            Core::Wallet(WalletOperation::Open) => Self::OpenWallet,
            Core::Wallet(WalletOperation::NextChange) => Self::NextChange,
            Core::ApplePairing(ApplePairingOperation::CanCreateKey) => Self::CanCreateKey,
            Core::ApplePairing(ApplePairingOperation::Start) => Self::StartPairing,
            Core::ApplePairing(ApplePairingOperation::SheetIsUp) => Self::SheetIsUp,
            Core::ApplePairing(ApplePairingOperation::NextLateAnswer) => Self::NextLateAnswer,
            Core::Cache(operation) => operation.into(),
        }
    }
}

impl From<CacheOperation> for PortCall {
    fn from(operation: CacheOperation) -> Self {
        match operation {
            CacheOperation::Open => Self::OpenCache,
            CacheOperation::Load => Self::Load,
            CacheOperation::Store => Self::Store,
            CacheOperation::StorePassword => Self::StorePassword,
            CacheOperation::TakeUse => Self::TakeUse,
            CacheOperation::Erase => Self::Erase,
            CacheOperation::EraseAll => Self::EraseAll,
            CacheOperation::Suspend => Self::Suspend,
            CacheOperation::Resume => Self::Resume,
        }
    }
}

/// Formats an error with its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// An adapter threw something other than its port's error, or returned an invalid value. The text of
/// what it threw is lost on purpose: it may contain a secret (GEN-6).
#[derive(Debug, thiserror::Error)]
#[error("the adapter threw something other than its port's error, or returned an invalid value")]
pub(crate) struct Unexpected;

/// The message with which a foreign adapter failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ForeignMessage(pub(crate) String);
