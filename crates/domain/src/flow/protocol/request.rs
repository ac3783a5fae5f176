//! What the machine wants done.

use std::fmt;

use super::CacheFailure;
use crate::{DigitalKeyId, Generation, RecordChange, Vin};

/// Something that the shell does for the machine.
///
/// Effects on the cache are performed in the order in which they were given; all others at the same
/// time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Make one call of a port and answer it with [`Event::Replied`](super::Event::Replied).
    Request(Request),
    /// Store a change in the cache. A failure is reported by
    /// [`Event::CacheFailed`](super::Event::CacheFailed).
    Store {
        /// The vehicle.
        vin: Vin,
        /// The change.
        change: RecordChange,
    },
    /// Erase the record and the password of a vehicle (GEN-9). A failure is reported by
    /// [`Event::CacheFailed`](super::Event::CacheFailed).
    Erase {
        /// The vehicle.
        vin: Vin,
    },
    /// Erase the cache (GEN-5). A failure is reported by
    /// [`Event::CacheFailed`](super::Event::CacheFailed).
    EraseAll,
    /// Report that the cache failed; given once for each kind of failure (GEN-7).
    Report(CacheFailure),
    /// Pass a diagnostic to the host.
    Diagnose(Diagnostic),
}

/// Something that the maker should know and that no page shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Diagnostic {
    /// The backend spells the id of a key in another case than the wallet. Ids are opaque, so these are
    /// two keys, and the local one stays untracked. Given once for a vehicle.
    #[error("the backend spells the key {local} as {reported}: ids must be equal byte by byte")]
    KeyIdCaseMismatch {
        /// The vehicle.
        vin: Vin,
        /// The id of the key on this phone.
        local: DigitalKeyId,
        /// The id of the owner key that the backend reports.
        reported: DigitalKeyId,
    },
}

/// One question to the outside: one call of a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// The number of the request; the reply carries the same one.
    pub id: RequestId,
    /// The vehicle that the question is about; the reply carries the same one.
    pub vin: Vin,
    /// The question.
    pub question: Question,
}

/// The question of a [`Request`], named after what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// Read the record of the vehicle from the cache.
    Record,
    /// Ask the BFF whether the vehicle supports Smart Access.
    Support,
    /// Ask the BFF for the pairing status.
    Status,
    /// Ask the BFF for a password, and hold it until the step that follows the reply is done.
    Password,
    /// Store the password that was fetched by the request with the same id.
    StorePassword(Generation),
    /// Ask Apple's API whether a key can be created.
    CanCreateKey,
    /// Ask the wallet whether this key is on this phone.
    Presence(DigitalKeyId),
    /// Open the wallet app at this key (OVR-4).
    OpenWallet(DigitalKeyId),
    /// Take one use of the cached password, and hold it until the step that follows the reply is
    /// done.
    TakeUse,
    /// Start the pairing with the password that was taken by the request with the same id.
    StartPairing,
    /// Ask Apple's API whether the sheet of the pairing with this id is still up. Only a sheet that
    /// is gone is answered.
    CheckSheet,
}

/// The number of a request: a reply names the request that it belongs to. A follow-up question about the
/// same password or the same sheet keeps the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(in crate::flow) u64);

#[cfg(any(feature = "exploration", feature = "recording"))]
impl RequestId {
    /// Returns the id with this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }
}

#[cfg(feature = "recording")]
impl RequestId {
    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl Question {
    /// Returns the port and the call, such as `bff.pairing_status`.
    #[must_use]
    pub fn call(&self) -> &'static str {
        match self {
            Self::Record => "cache.load",
            Self::Support => "bff.support",
            Self::Status => "bff.pairing_status",
            Self::Password => "bff.pairing_password",
            Self::StorePassword(_) => "cache.store_password",
            Self::CanCreateKey => "apple_pairing.can_create_key",
            Self::Presence(_) => "wallet.presence",
            Self::OpenWallet(_) => "wallet.open",
            Self::TakeUse => "cache.take_use",
            Self::StartPairing => "apple_pairing.start",
            Self::CheckSheet => "apple_pairing.sheet_is_up",
        }
    }
}

impl Effect {
    /// Returns the port and the call, such as `bff.pairing_status`.
    #[must_use]
    pub fn call(&self) -> &'static str {
        match self {
            Self::Request(request) => request.question.call(),
            Self::Store { .. } => "cache.store",
            Self::Erase { .. } => "cache.erase",
            Self::EraseAll => "cache.erase_all",
            Self::Report(_) => "report",
            Self::Diagnose(_) => "diagnose",
        }
    }
}
