//! Failed calls of ports, as the flight recorder keeps them: by kind, without the text.

use digital_key_ports::{
    ApplePairingErrorKind, ApplePairingOperation, BffErrorKind, BffOperation, CacheErrorKind,
    CacheOperation, WalletErrorKind, WalletOperation,
};
use digital_key_recording as recording;
use digital_key_recording::FailureCause;

use crate::reporting::{PortCall, PortFailure, PortFailureKind};

impl From<&PortFailure> for recording::PortFailure {
    fn from(failure: &PortFailure) -> Self {
        Self { call: failure.call.into(), cause: cause(failure.kind) }
    }
}

impl From<PortCall> for recording::PortCall {
    fn from(call: PortCall) -> Self {
        match call {
            PortCall::Bff(BffOperation::Support) => Self::BffSupport,
            PortCall::Bff(BffOperation::PairingStatus) => Self::BffPairingStatus,
            PortCall::Bff(BffOperation::PairingPassword) => Self::BffPairingPassword,
            PortCall::Wallet(WalletOperation::Presence) => Self::WalletPresence,
            PortCall::Wallet(WalletOperation::Open) => Self::WalletOpen,
            PortCall::Wallet(WalletOperation::NextChange) => Self::WalletNextChange,
            PortCall::ApplePairing(operation) => match operation {
                ApplePairingOperation::CanCreateKey => Self::ApplePairingCanCreateKey,
                ApplePairingOperation::Start => Self::ApplePairingStart,
                ApplePairingOperation::SheetIsUp => Self::ApplePairingSheetIsUp,
                ApplePairingOperation::NextLateAnswer => Self::ApplePairingNextLateAnswer,
            },
            PortCall::Cache(operation) => match operation {
                CacheOperation::Open => Self::CacheOpen,
                CacheOperation::Load => Self::CacheLoad,
                CacheOperation::Store => Self::CacheStore,
                CacheOperation::StorePassword => Self::CacheStorePassword,
                CacheOperation::TakeUse => Self::CacheTakeUse,
                CacheOperation::Erase => Self::CacheErase,
                CacheOperation::EraseAll => Self::CacheEraseAll,
                CacheOperation::Suspend => Self::CacheSuspend,
                CacheOperation::Resume => Self::CacheResume,
            },
        }
    }
}

fn cause(kind: PortFailureKind) -> FailureCause {
    match kind {
        PortFailureKind::Bff(kind) => match kind {
            BffErrorKind::Unreachable => FailureCause::Unreachable,
            BffErrorKind::Interrupted => FailureCause::Interrupted,
            BffErrorKind::DeadlineExceeded => FailureCause::DeadlineExceeded,
            BffErrorKind::Status { status, .. } => FailureCause::Status { status },
            BffErrorKind::Unauthorized => FailureCause::Unauthorized,
            BffErrorKind::NoToken => FailureCause::NoToken,
            BffErrorKind::Malformed => FailureCause::Malformed,
            BffErrorKind::CircuitOpen { .. } => FailureCause::CircuitOpen,
            _ => FailureCause::Other,
        },
        PortFailureKind::Wallet(kind) => match kind {
            WalletErrorKind::Unavailable => FailureCause::Unavailable,
            WalletErrorKind::NotOffered => FailureCause::NotOffered,
            _ => FailureCause::Other,
        },
        PortFailureKind::ApplePairing(kind) => match kind {
            ApplePairingErrorKind::AlreadyRunning => FailureCause::AlreadyRunning,
            ApplePairingErrorKind::Unavailable => FailureCause::Unavailable,
            ApplePairingErrorKind::NotOffered => FailureCause::NotOffered,
            _ => FailureCause::Other,
        },
        PortFailureKind::Cache(kind) => match kind {
            CacheErrorKind::Busy => FailureCause::Busy,
            CacheErrorKind::Lost => FailureCause::Lost,
            CacheErrorKind::Unavailable => FailureCause::Unavailable,
            CacheErrorKind::Suspended => FailureCause::Suspended,
            _ => FailureCause::Other,
        },
        PortFailureKind::NoAnswer => FailureCause::NoAnswer,
        PortFailureKind::Panicked => FailureCause::Panicked,
    }
}
