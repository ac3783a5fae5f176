//! The port of the cache, which keeps the records of the vehicles when the app ends.

use std::fmt;

use async_trait::async_trait;
use digital_key_domain::{
    Generation, PasswordUse, RecordChange, StoredPassword, TakeOutcome, VehicleRecord, Vin,
};

use crate::{PairingPassword, PortError, PortErrorKind};

/// The cache on this phone, with one record for each VIN.
///
/// # Contract
/// - A VIN that was never stored MUST be answered with the empty record.
/// - Every field MUST come back as it was stored, also after the cache was dropped and reopened.
/// - A call that was answered with `Ok` MUST be durable: a crash at any later instant loses no part
///   of it (GEN-4).
/// - Changes MUST be applied with [`VehicleRecord::apply`], each as one atomic step, in the order
///   of the calls.
/// - VINs MUST be isolated: a call changes the record of its own VIN only.
/// - One instance at a time MUST hold the store: a second opening is [`CacheErrorKind::Busy`].
/// - An unreadable store or record MUST NOT be a panic, nor a default that looks like an answer.
///   The cache puts a lost store aside, reports the loss once with [`CacheErrorKind::Lost`], and
///   works from then on with empty records (GEN-7). It keeps the newest generation of a vehicle
///   where it still knows that (ERR-4).
/// - A password MUST be encrypted wherever it is kept (GEN-6). Without the key that encrypted it,
///   the password MUST be absent and the rest of the record MUST be unchanged. Without any key,
///   storing a password MUST fail with [`CacheErrorKind::Unavailable`].
/// - Errors and `Debug` MUST show neither a password nor a whole VIN (GEN-6).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Cache: Send + Sync {
    /// Reads the record of a vehicle.
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError>;

    /// Applies one change to the record of a vehicle.
    ///
    /// The password has calls of its own: [`Cache::store_password`] and [`Cache::take_use`].
    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError>;

    /// Stores a fetched password and sets its counter to 0 (WEL-3).
    ///
    /// - A generation that is not newer than the newest one ever stored for this VIN MUST leave the
    ///   record unchanged, and is answered with [`StoredPassword::Outdated`] (ERR-4).
    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError>;

    /// Takes one use of the cached password: reads the password and raises its counter in one
    /// atomic, durable step (RDY-4).
    ///
    /// - The count MUST be durable before the password is given out.
    /// - A password MUST be given out exactly three times, with three different counts, however
    ///   many callers there are.
    /// - A failed write MUST give out no password.
    /// - A dropped call MUST burn at most one use.
    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError>;

    /// Erases the record and the password of a vehicle that left the account (GEN-9). No part of them
    /// MUST be left afterwards, the generation included, and other vehicles MUST be unchanged.
    ///
    /// - It MUST work while the cache is suspended, and leave it suspended.
    ///
    /// What cannot be erased now should be marked, so that the next opening erases it before it reads.
    async fn erase(&self, vin: Vin) -> Result<(), CacheError>;

    /// Erases all records (GEN-5). No part of them MUST be left afterwards.
    ///
    /// - It MUST work while the cache is suspended, and leave it suspended: the app may be killed
    ///   before it is resumed.
    async fn erase_all(&self) -> Result<(), CacheError>;

    /// Notes at once that [`Cache::erase_all`] follows: the app may be killed before it begins (GEN-5).
    ///
    /// This is called at the very moment of a sign-out, while other calls may run and also while the
    /// cache is suspended. A cache on disk should leave a mark, without waiting for other calls or for
    /// the disk, so that the next opening erases before it reads. The default does nothing: the account
    /// then returns if the app is killed before the erasure begins.
    fn request_erasure(&self) {}

    /// Closes the store, as iOS requires before it suspends the app.
    ///
    /// - It MUST be idempotent.
    /// - Until [`Cache::resume`], every other call but [`Cache::erase`] and [`Cache::erase_all`] MUST
    ///   fail with [`CacheErrorKind::Suspended`].
    async fn suspend(&self) -> Result<(), CacheError>;

    /// Opens the store again, with the same data.
    ///
    /// - It MUST be idempotent.
    async fn resume(&self) -> Result<(), CacheError>;
}

/// The answer of [`Cache::take_use`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// The cache counted one use and gives out the password.
    Granted {
        /// The password.
        password: PairingPassword,
        /// The generation of the password and its uses, including this one.
        counted: PasswordUse,
    },
    /// No password is cached for this VIN.
    NoPassword,
    /// All uses of the cached password are taken (ERR-3).
    Exhausted,
}

impl Take {
    /// Returns the answer for the outcome of [`VehicleRecord::take_use`]; only a granted use hands
    /// out the password.
    #[must_use]
    pub fn new(outcome: TakeOutcome, password: PairingPassword) -> Self {
        match outcome {
            TakeOutcome::Granted(counted) => Self::Granted { password, counted },
            TakeOutcome::NoPassword => Self::NoPassword,
            TakeOutcome::Exhausted => Self::Exhausted,
        }
    }
}

/// A call of [`Cache`], or the opening of its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheOperation {
    /// The opening of the store.
    Open,
    /// [`Cache::load`].
    Load,
    /// [`Cache::store`].
    Store,
    /// [`Cache::store_password`].
    StorePassword,
    /// [`Cache::take_use`].
    TakeUse,
    /// [`Cache::erase`].
    Erase,
    /// [`Cache::erase_all`].
    EraseAll,
    /// [`Cache::suspend`].
    Suspend,
    /// [`Cache::resume`].
    Resume,
}

impl fmt::Display for CacheOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Load => "load",
            Self::Store => "store",
            Self::StorePassword => "store password",
            Self::TakeUse => "take use",
            Self::Erase => "erase",
            Self::EraseAll => "erase all",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        })
    }
}

/// The failure of a call of [`Cache`], or of its opening.
pub type CacheError = PortError<CacheOperation, CacheErrorKind>;

/// Why a call of [`Cache`] failed, and what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheErrorKind {
    /// Another instance holds the store. Retryable once that one is closed.
    Busy,
    /// The store was unreadable and is now empty. Reported once; the same call works from now on.
    Lost,
    /// The store cannot be used at the moment: no space, an I/O error, a time-out. Retryable.
    Unavailable,
    /// The store is suspended. Final until it is resumed.
    Suspended,
}

impl PortErrorKind for CacheErrorKind {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::Lost | Self::Unavailable => true,
            Self::Suspended => false,
        }
    }
}

impl fmt::Display for CacheErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "the cache is in use by another instance; close it and try again",
            Self::Lost => "the cache was lost and starts empty; the call works from now on",
            Self::Unavailable => "the cache is not available; free some space or try again",
            Self::Suspended => "the cache is suspended; resume it, then try again",
        })
    }
}
