//! The errors that a client is told, and the names of what failed.

use std::error::Error;

use digital_key_app::{AppError, StartError};
use digital_key_ports::{CacheError, CacheOperation};

/// Why a call was not done.
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
    /// An argument is not what it has to be. Final.
    #[error("{argument} is not valid: {reason}")]
    Invalid {
        /// Which one.
        argument: String,
        /// What would be right.
        reason: String,
    },
    /// An adapter did not do its part.
    #[error("{}", failure.reason)]
    PortFailed {
        /// Which port and call, and whether trying again can help.
        failure: PortFailure,
    },
    /// The system gave no threads to run on. Retryable.
    #[error("the digital key core could start no threads: {reason}")]
    NoThreads {
        /// What the system said.
        reason: String,
    },
    /// This works elsewhere only: on an iPhone, or on its main thread. Final.
    #[error("{reason}")]
    NotHere {
        /// What is missing.
        reason: String,
    },
    /// The system gave no randomness to make a key of. Retryable.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The pairing sheet of the scripted phone is not up. Retryable once it is.
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

/// A call of a port that failed, whoever wrote the adapter.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PortFailure {
    /// The port.
    pub port: Port,
    /// The call.
    pub call: PortCall,
    /// Whether the same call may work when it is made again.
    pub retryable: bool,
    /// What happened, with its causes; nothing secret (GEN-6).
    pub reason: String,
}

impl PortFailure {
    pub(crate) fn new(call: PortCall, retryable: bool, reason: String) -> Self {
        Self { port: call.port(), call, retryable, reason }
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
            | Self::EraseAll
            | Self::Suspend
            | Self::Resume => Port::Cache,
            Self::NextEvent => Port::AppLifecycle,
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
            CacheOperation::EraseAll => Self::EraseAll,
            CacheOperation::Suspend => Self::Suspend,
            CacheOperation::Resume => Self::Resume,
        }
    }
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// What an adapter threw that is none of the errors of its port. Its text is not repeated: it may
/// hold a secret (GEN-6).
#[derive(Debug, thiserror::Error)]
#[error("the adapter threw what is no error of its port, or answered with no valid value")]
pub(crate) struct Unexpected;

/// What an adapter of the client's says about its failure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Said(pub(crate) String);
