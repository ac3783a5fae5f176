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
use crate::vin::Vin;

/// The cache, as a client implements it: one record a VIN, kept on this phone.
///
/// - A VIN that was never stored MUST be answered with the empty record.
/// - A call that was answered MUST be durable (GEN-4), and every field MUST come back as it was
///   stored.
/// - Changes MUST be applied with `apply_change`, each as one atomic step, in the order of the
///   calls, and to the record of their own VIN only.
/// - A lost store MUST be answered once with `Lost`, and is then used empty (GEN-7).
/// - No error MUST hold a password or a whole VIN (GEN-6).
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait Cache: Send + Sync {
    /// Reads the record of a vehicle.
    async fn load(&self, vin: Arc<Vin>) -> Result<VehicleRecord, CacheError>;

    /// Applies one change to the record of a vehicle.
    async fn store(&self, vin: Arc<Vin>, change: RecordChange) -> Result<(), CacheError>;

    /// Stores a fetched password and sets its counter to 0 (WEL-3). A generation that is not newer
    /// than the newest one ever stored for this VIN MUST change nothing, and is answered with
    /// `Outdated` (ERR-4).
    async fn store_password(
        &self,
        vin: Arc<Vin>,
        password: Arc<PairingPassword>,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError>;

    /// Takes one use of the cached password: reads it and raises its counter as one atomic, durable
    /// step (RDY-4). The count MUST be durable before the password is given out, and a password
    /// MUST be given out exactly three times.
    async fn take_use(&self, vin: Arc<Vin>) -> Result<Take, CacheError>;

    /// Erases every record (GEN-5): afterwards nothing of them MUST be left. It MUST work while the
    /// cache is suspended, and leave it suspended: the app may be killed before it is resumed.
    async fn erase_all(&self) -> Result<(), CacheError>;

    /// Closes the store before the app is suspended; MUST be idempotent. Until `resume`, every other
    /// call but `erase_all` is `Suspended`.
    async fn suspend(&self) -> Result<(), CacheError>;

    /// Opens the store again, with the same data; MUST be idempotent.
    async fn resume(&self) -> Result<(), CacheError>;
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
    /// Takes an adapter of the client.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(cache: Arc<dyn Cache>) -> Arc<Self> {
        Arc::new(Self(Arc::new(FromForeign(cache))))
    }

    /// The cache on disk, in a directory of its own, which is created if it is not there; passwords
    /// are sealed with the key of this source. Without a key it opens too: then the cached password
    /// is absent, and storing one fails.
    ///
    /// On iOS: in the app's private container, excluded from backup, with the protection class
    /// "until first user authentication".
    ///
    /// # Errors
    /// `PortFailed` with the call `OpenCache`: while another instance has the directory open, or
    /// when the file system refuses. Both are retryable.
    #[uniffi::constructor]
    pub async fn sled(
        directory: String,
        keys: Arc<dyn DataKeySource>,
    ) -> Result<Arc<Self>, DigitalKeyError> {
        // sled works on blocking threads, which only the runtime has.
        let opened = runtime()?
            .spawn(SledCache::open(directory, Arc::new(data_key::FromForeign(keys))))
            .await;
        let cache =
            opened.map_err(|error| DigitalKeyError::NoThreads { reason: error.to_string() })??;
        Ok(Arc::new(Self(Arc::new(cache))))
    }
}

/// A client's adapter as a port of the core.
struct FromForeign(Arc<dyn Cache>);

#[async_trait]
impl ports::Cache for FromForeign {
    async fn load(&self, vin: digital_key_domain::Vin) -> Result<VehicleRecord, ports::CacheError> {
        let answer = self.0.load(Vin::wrap(vin)).await;
        answer.map_err(|error| error.during(CacheOperation::Load))
    }

    async fn store(
        &self,
        vin: digital_key_domain::Vin,
        change: RecordChange,
    ) -> Result<(), ports::CacheError> {
        let answer = self.0.store(Vin::wrap(vin), change).await;
        answer.map_err(|error| error.during(CacheOperation::Store))
    }

    async fn store_password(
        &self,
        vin: digital_key_domain::Vin,
        password: ports::PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, ports::CacheError> {
        let password = Arc::new(PairingPassword(password));
        let answer = self.0.store_password(Vin::wrap(vin), password, generation).await;
        answer.map_err(|error| error.during(CacheOperation::StorePassword))
    }

    async fn take_use(
        &self,
        vin: digital_key_domain::Vin,
    ) -> Result<ports::Take, ports::CacheError> {
        let answer = self.0.take_use(Vin::wrap(vin)).await;
        Ok(match answer.map_err(|error| error.during(CacheOperation::TakeUse))? {
            Take::Granted { password, counted } => {
                ports::Take::Granted { password: password.0.clone(), counted }
            }
            Take::NoPassword => ports::Take::NoPassword,
            Take::Exhausted => ports::Take::Exhausted,
        })
    }

    async fn erase_all(&self) -> Result<(), ports::CacheError> {
        self.0.erase_all().await.map_err(|error| error.during(CacheOperation::EraseAll))
    }

    async fn suspend(&self) -> Result<(), ports::CacheError> {
        self.0.suspend().await.map_err(|error| error.during(CacheOperation::Suspend))
    }

    async fn resume(&self) -> Result<(), ports::CacheError> {
        self.0.resume().await.map_err(|error| error.during(CacheOperation::Resume))
    }
}
