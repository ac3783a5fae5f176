//! What the machine wants done.

use crate::{CacheFailure, DigitalKeyId, Generation, RecordChange, RequestId, Vin};

/// One call of a port that the shell has to make.
///
/// An effect with an `id` is answered with [`Event::Answered`](crate::Event::Answered), which
/// carries the same `id` and `vin`. Effects on the cache are to be done in the order in which they
/// were given; all others at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Read the record of the vehicle from the cache.
    LoadRecord {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Ask the BFF whether the vehicle supports Smart Access.
    AskSupport {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Ask the BFF for the pairing status.
    AskStatus {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Ask the BFF for a password, and keep it until the next step is done.
    AskPassword {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Store the password that was fetched with the same request.
    StorePassword {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
        /// The number of the fetch.
        generation: Generation,
    },
    /// Ask Apple's API whether a key can be created.
    AskCanCreate {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Ask the wallet whether this key is on this phone.
    AskPresence {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
        /// The key.
        key: DigitalKeyId,
    },
    /// Take one use of the cached password, and keep it until the next step is done.
    TakeUse {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Start the pairing with the password that was taken with the same request.
    StartPairing {
        /// The request.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Ask Apple's API whether its sheet is still up; only "no" is an answer.
    CheckSheet {
        /// The request of the pairing.
        id: RequestId,
        /// The vehicle.
        vin: Vin,
    },
    /// Open the wallet app at this key.
    OpenWallet {
        /// The key.
        key: DigitalKeyId,
    },
    /// Store a change in the cache.
    Store {
        /// The vehicle.
        vin: Vin,
        /// The change.
        change: RecordChange,
    },
    /// Erase the cache (GEN-5).
    EraseAll,
    /// Report that the cache failed; happens once for each kind of failure (GEN-7).
    Report(CacheFailure),
}

impl Effect {
    /// The port and the call, such as `bff.pairing_status`.
    #[must_use]
    pub fn call(&self) -> &'static str {
        match self {
            Self::LoadRecord { .. } => "cache.load",
            Self::AskSupport { .. } => "bff.support",
            Self::AskStatus { .. } => "bff.pairing_status",
            Self::AskPassword { .. } => "bff.pairing_password",
            Self::StorePassword { .. } => "cache.store_password",
            Self::AskCanCreate { .. } => "apple_pairing.can_create_key",
            Self::AskPresence { .. } => "wallet.presence",
            Self::TakeUse { .. } => "cache.take_use",
            Self::StartPairing { .. } => "apple_pairing.start",
            Self::CheckSheet { .. } => "apple_pairing.sheet_is_up",
            Self::OpenWallet { .. } => "wallet.open",
            Self::Store { .. } => "cache.store",
            Self::EraseAll => "cache.erase_all",
            Self::Report(_) => "report",
        }
    }
}
