//! The cache port, and the cache on disk.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_cache_sled::SledCache;
use digital_key_domain::{Generation, PasswordUse, RecordChange, StoredPassword, VehicleRecord};
use digital_key_ports as ports;
use digital_key_ports::{CacheErrorKind, CacheOperation};

use crate::data_key::{self, DataKeySource};
use crate::error::{DigitalKeyError, ForeignMessage, Unexpected};
use crate::runtime::runtime;
use crate::secret::PairingPassword;
use digital_key_domain::Vin;

/// The cache on this phone, with one record for each VIN, as a client implements it.
///
/// - A VIN that was never stored MUST be answered with the empty record.
/// - Every field MUST come back as it was stored, also after the cache was dropped and reopened.
/// - A call that has succeeded MUST be durable: a crash at any later instant loses no part of it
///   (GEN-4).
/// - Changes MUST be applied with `apply_change`, each as one atomic step, in the order of the calls.
/// - VINs MUST be isolated: a call changes the record of its own VIN only.
/// - One instance at a time MUST hold the store: a second opening is `Busy`.
/// - An unreadable store or record MUST NOT be a panic, nor a default that looks like an answer. The
///   cache puts a lost store aside, reports the loss once with `Lost`, and works from then on with
///   empty records (GEN-7). It keeps the newest generation of a vehicle where it still knows that
///   (ERR-4).
/// - A password MUST be encrypted wherever it is kept (GEN-6). Without the key that encrypted it, the
///   password MUST be absent and the rest of the record MUST be unchanged. Without any key, storing a
///   password MUST fail with `Unavailable`.
/// - Errors MUST show neither a password nor a whole VIN (GEN-6).
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait Cache: Send + Sync {
    /// Reads the record of a vehicle.
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError>;

    /// Applies one change to the record of a vehicle.
    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError>;

    /// Stores a fetched password and sets its counter to 0 (WEL-3).
    ///
    /// - A generation that is not newer than the newest one ever stored for this VIN MUST leave the
    ///   record unchanged, and is answered with `Outdated` (ERR-4).
    async fn store_password(
        &self,
        vin: Vin,
        password: Arc<PairingPassword>,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError>;

    /// Takes one use of the cached password: reads the password and raises its counter in one atomic,
    /// durable step (RDY-4).
    ///
    /// - The count MUST be durable before the password is given out.
    /// - A password MUST be given out exactly three times, with three different counts, however many
    ///   callers there are.
    /// - A failed write MUST give out no password.
    /// - A cancelled call MUST burn at most one use.
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

    /// Closes the store, as iOS requires before it suspends the app.
    ///
    /// - It MUST be idempotent.
    /// - Until `resume`, every other call but `erase` and `erase_all` MUST fail with `Suspended`.
    async fn suspend(&self) -> Result<(), CacheError>;

    /// Opens the store again, with the same data.
    ///
    /// - It MUST be idempotent.
    async fn resume(&self) -> Result<(), CacheError>;
}

/// The mark of a sign-out, as a client's own cache keeps it beside its data (GEN-5).
///
/// An app may be killed between a sign-out and the `erase_all` that follows. A cache that finds the mark
/// at its next opening MUST erase all records before it reads one. `erase_all` removes the mark last.
#[uniffi::export(with_foreign)]
pub trait ErasureMark: Send + Sync {
    /// Leaves the mark, such as an empty file. The core calls it inside `begin_sign_out`, on the thread
    /// of that call, also while the cache is suspended and while other calls of the cache run.
    ///
    /// - It MUST return at once: it waits neither for other calls nor for another thread.
    fn leave(&self) -> Result<(), CacheError>;
}

/// The answer of `take_use`.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Take {
    /// One use was counted.
    Granted {
        /// The password.
        password: Arc<PairingPassword>,
        /// Its use, this one counted.
        counted: PasswordUse,
    },
    /// No password is cached for this VIN.
    NoPassword,
    /// All uses are taken (ERR-3).
    Exhausted,
}

/// Why a call of the cache failed. It contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum CacheError {
    /// Another instance holds the store. Retryable once that one is closed.
    #[error("the cache is in use by another instance")]
    Busy,
    /// The store was unreadable and is now empty. ForeignMessage once; the same call works from now on.
    #[error("the cache was lost and starts empty")]
    Lost,
    /// The store cannot be used at the moment. Retryable.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// The store is suspended. Final until it is resumed.
    #[error("the cache is suspended")]
    Suspended,
    /// The core sets this itself when the adapter throws anything else. Retryable.
    #[error("the adapter threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for CacheError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl CacheError {
    fn during(self, operation: CacheOperation) -> ports::CacheError {
        use CacheErrorKind as Kind;
        let failure = |kind| ports::CacheError::new(operation, kind);
        match self {
            Self::Busy => failure(Kind::Busy),
            Self::Lost => failure(Kind::Lost),
            Self::Unavailable { reason } => {
                failure(Kind::Unavailable).with_source(ForeignMessage(reason))
            }
            Self::Suspended => failure(Kind::Suspended),
            Self::Unexpected => failure(Kind::Unavailable).with_source(Unexpected),
        }
    }
}

/// The adapter for the cache port.
#[derive(uniffi::Object)]
pub struct CacheAdapter(pub(super) Arc<dyn ports::Cache>);

#[uniffi::export]
impl CacheAdapter {
    /// Takes an adapter of the client, and the mark of its sign-outs. Without a mark, the account returns
    /// if the app is killed between a sign-out and the erasure (GEN-5).
    #[uniffi::constructor(default(mark = None))]
    #[must_use]
    pub fn own(cache: Arc<dyn Cache>, mark: Option<Arc<dyn ErasureMark>>) -> Arc<Self> {
        Arc::new(Self(Arc::new(FromForeign { cache, mark })))
    }

    /// The cache on disk, in a directory of its own, which is created if it is not there; passwords
    /// are sealed with the key of this source. Without a key it opens too: then the cached password
    /// is absent, and storing one fails.
    ///
    /// The account is an opaque id that the client chooses. What was stored for any other account, or
    /// without one, is erased before anything is read (GEN-5); so is what was stored for an account if
    /// none is named now. After a sign-out the cache belongs to no account until it is opened again.
    ///
    /// On iOS: in the app's private container, excluded from backup, with the protection class
    /// "until first user authentication".
    ///
    /// # Errors
    /// `PortFailed` with the call `OpenCache`: while another instance has the directory open, or
    /// when the file system refuses. Both are retryable.
    #[uniffi::constructor(default(account = None))]
    pub async fn sled(
        directory: String,
        keys: Arc<dyn DataKeySource>,
        account: Option<String>,
    ) -> Result<Arc<Self>, DigitalKeyError> {
        let keys = Arc::new(data_key::FromForeign(keys));
        let opening = async move {
            match account {
                Some(account) => SledCache::open_for(directory, keys, &account).await,
                None => SledCache::open(directory, keys).await,
            }
        };
        // sled works on blocking threads, which only the runtime has.
        let opened = runtime()?.spawn(opening).await;
        let cache =
            opened.map_err(|error| DigitalKeyError::NoThreads { reason: error.to_string() })??;
        Ok(Arc::new(Self(Arc::new(cache))))
    }
}

/// A client's adapter as a port of the core.
struct FromForeign {
    cache: Arc<dyn Cache>,
    mark: Option<Arc<dyn ErasureMark>>,
}

#[async_trait]
impl ports::Cache for FromForeign {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, ports::CacheError> {
        let answer = self.cache.load(vin).await;
        answer.map_err(|error| error.during(CacheOperation::Load))
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), ports::CacheError> {
        let answer = self.cache.store(vin, change).await;
        answer.map_err(|error| error.during(CacheOperation::Store))
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: ports::PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, ports::CacheError> {
        let password = Arc::new(PairingPassword(password));
        let answer = self.cache.store_password(vin, password, generation).await;
        answer.map_err(|error| error.during(CacheOperation::StorePassword))
    }

    async fn take_use(&self, vin: Vin) -> Result<ports::Take, ports::CacheError> {
        let answer = self.cache.take_use(vin).await;
        Ok(match answer.map_err(|error| error.during(CacheOperation::TakeUse))? {
            Take::Granted { password, counted } => {
                ports::Take::Granted { password: password.0.clone(), counted }
            }
            Take::NoPassword => ports::Take::NoPassword,
            Take::Exhausted => ports::Take::Exhausted,
        })
    }

    async fn erase(&self, vin: Vin) -> Result<(), ports::CacheError> {
        let answer = self.cache.erase(vin).await;
        answer.map_err(|error| error.during(CacheOperation::Erase))
    }

    async fn erase_all(&self) -> Result<(), ports::CacheError> {
        self.cache.erase_all().await.map_err(|error| error.during(CacheOperation::EraseAll))
    }

    fn request_erasure(&self) {
        let left = self.mark.as_ref().map_or(Ok(()), |mark| mark.leave());
        if let Err(error) = left {
            let error = error.during(CacheOperation::EraseAll);
            tracing::error!("the mark of a sign-out could not be left: {error}");
        }
    }

    async fn suspend(&self) -> Result<(), ports::CacheError> {
        self.cache.suspend().await.map_err(|error| error.during(CacheOperation::Suspend))
    }

    async fn resume(&self) -> Result<(), ports::CacheError> {
        self.cache.resume().await.map_err(|error| error.during(CacheOperation::Resume))
    }
}
