//! The cache of the digital car key core, kept on disk by sled.
//!
//! [`SledCache`] implements [`Cache`]. Each VIN has one value, which holds its record and its
//! sealed password. One `compare_and_swap` and one flush therefore make a whole change, atomic and
//! durable. A journal beside sled holds the usage counter, too, and gets each use first (RDY-4). If either
//! of them is damaged, the counter never comes back lower; in doubt the password is used up.
//!
//! # The directory
//! | path | content |
//! |---|---|
//! | `lock` | the lock file, held while the cache is open; sled itself takes no lock on iOS and Android |
//! | `db/` | the files of sled |
//! | `witness/` | the journal of the counters: one file for each vehicle, with its generation and its uses |
//! | `corrupt-1/`, … | the newest two databases that could not be read (GEN-7); [`Cache::erase_all`] removes them |
//! | `account` | the account that the cache belongs to, as a salted digest (see [`SledCache::open_for`]) |
//! | `erase-requested/`, `erasing/` | the marks of a requested, interrupted or refused [`Cache::erase_all`]; the next opening erases before it reads. If the disk refuses them, the content of `lock` is the mark |
//! | `forgetting/`, `forgotten-…` | one mark for each vehicle whose [`Cache::erase`] was interrupted or refused; the next opening erases it before it reads |
//! | `unfinished/`, `replaced/` | a new database before it is in place, and the old one before it is removed; the next opening clears both up |
//!
//! VINs and the facts about vehicles are not encrypted. `docs/host-duties.md` of the repository
//! lists what the host must do about the directory, its backups, the data key and suspension.
//!
//! # Limits
//! sled panics on some damaged files. The cache catches the panic and treats it as damage. A
//! program that is built with `panic = "abort"` ends instead.

mod store;
mod records;
mod vehicle;
mod journal;
mod codec;
mod seal;
mod key;
mod owner;
mod database;
mod directory;
mod closing;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{Generation, RecordChange, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheOperation, PairingPassword, StoredPassword, Take};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use database::DatabaseError;
use directory::Directory;
#[cfg(feature = "keyring")]
pub use key::PlatformKey;
pub use key::{DataKey, DataKeySource, FileKey, StaticKey};
use owner::Owner;
use records::Records;
use store::{Store, StoreError};

/// A [`Cache`] in one directory, kept by sled.
///
/// Calls run one at a time on tokio's blocking threads, in the order in which their futures were
/// first polled. A call that is dropped while it waits does nothing. A call that is dropped while
/// it runs is still finished.
///
/// Dropping the cache closes it. Inside a tokio runtime a thread of its own closes it, so that no
/// executor waits for the disk; elsewhere the drop itself does. The next opening of the directory
/// waits for that. To wait for the closing yourself, call [`Cache::suspend`] before the drop.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path();
/// # runtime.block_on(async {
/// use std::sync::Arc;
///
/// use digital_key_cache_sled::{SledCache, StaticKey};
/// use digital_key_domain::{Generation, Vin};
/// use digital_key_ports::{Cache, PairingPassword, Take};
///
/// let vin: Vin = "WBA00000000DEMO03".parse()?;
/// let key = Arc::new(StaticKey::new([7; 32])); // for tests; see DataKeySource
/// let cache = SledCache::open(path, key).await?;
/// cache.store_password(vin, PairingPassword::parse("12345678")?, Generation::new(1)).await?;
/// let Take::Granted { counted, .. } = cache.take_use(vin).await? else {
///     return Err("a fresh password has a use left".into());
/// };
/// assert_eq!(counted.uses.get(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SledCache {
    directory: PathBuf,
    store: Arc<Mutex<Store>>,
}

impl SledCache {
    /// Opens the cache in this directory, and creates the directory if it is missing.
    ///
    /// Passwords are sealed with the key of the source (GEN-6). The cache opens without a key, too;
    /// a cached password is then absent, and storing one fails with [`Unavailable`].
    ///
    /// A database that cannot be read is put aside. The cache is then empty, and the next call
    /// fails with [`Lost`] (GEN-7).
    ///
    /// # Errors
    /// Returns [`Busy`] while another instance, in this process or another, has the directory open,
    /// and [`Unavailable`] when the file system refuses.
    ///
    /// # Panics
    /// Panics outside a tokio runtime, like every call of the cache.
    ///
    /// [`Busy`]: digital_key_ports::CacheErrorKind::Busy
    /// [`Lost`]: digital_key_ports::CacheErrorKind::Lost
    /// [`Unavailable`]: digital_key_ports::CacheErrorKind::Unavailable
    pub async fn open(
        directory: impl AsRef<Path>,
        keys: Arc<dyn DataKeySource>,
    ) -> Result<Self, CacheError> {
        Self::open_with(directory.as_ref(), keys, None).await
    }

    /// Opens the cache like [`SledCache::open`], for this account: an opaque id that the host chooses.
    ///
    /// What was stored for any other account, or without one, is erased before anything is read
    /// (GEN-5). In the same way [`SledCache::open`] erases what was stored for a named account. After
    /// [`Cache::erase_all`] the cache belongs to no account until it is opened for the next one.
    ///
    /// The directory holds a salted digest of the id, and not the id.
    ///
    /// # Errors
    /// Like [`SledCache::open`]. A cache that the disk does not let erase is not opened.
    ///
    /// # Panics
    /// Panics outside a tokio runtime, like every call of the cache.
    pub async fn open_for(
        directory: impl AsRef<Path>,
        keys: Arc<dyn DataKeySource>,
        account: &str,
    ) -> Result<Self, CacheError> {
        Self::open_with(directory.as_ref(), keys, Some(Owner::new(account))).await
    }

    async fn open_with(
        directory: &Path,
        keys: Arc<dyn DataKeySource>,
        owner: Option<Owner>,
    ) -> Result<Self, CacheError> {
        let directory = directory.to_owned();
        let store = Arc::new(Mutex::new(Store::suspended(directory.clone(), keys, owner)));
        let cache = Self { directory, store };
        cache.with_store(CacheOperation::Open, Store::resume).await?;
        Ok(cache)
    }

    /// Runs work on the open records, on a blocking thread.
    async fn with_records<T: Send + 'static>(
        &self,
        operation: CacheOperation,
        work: impl FnOnce(&mut Records) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, CacheError> {
        self.with_store(operation, |store| store.with_records(work)).await
    }

    /// Runs work on the store, on a blocking thread. The store stays locked until the work is
    /// done, even if this future is dropped.
    async fn with_store<T: Send + 'static>(
        &self,
        operation: CacheOperation,
        work: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, CacheError> {
        let mut store = Arc::clone(&self.store).lock_owned().await;
        tokio::task::spawn_blocking(move || work(&mut store))
            .await
            // The message of a panic might hold a secret, so it is dropped.
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the call panicked".into())))
            .map_err(|error| error.during(operation))
    }
}

#[async_trait]
impl Cache for SledCache {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.with_records(CacheOperation::Load, move |records| records.load(vin)).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.with_records(CacheOperation::Store, move |records| records.store(vin, &change)).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.with_records(CacheOperation::StorePassword, move |records| {
            records.store_password(vin, &password, generation)
        })
        .await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.with_records(CacheOperation::TakeUse, move |records| records.take_use(vin)).await
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.with_store(CacheOperation::Erase, move |store| store.erase_vehicle(vin)).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.with_store(CacheOperation::EraseAll, Store::erase_all).await
    }

    fn request_erasure(&self) {
        // If the disk refuses each mark, the erasure itself follows.
        let _ = Directory::new(self.directory.clone()).request_erasing();
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.with_store(CacheOperation::Suspend, |store| {
            store.suspend();
            Ok(())
        })
        .await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.with_store(CacheOperation::Resume, Store::resume).await
    }
}

impl Drop for SledCache {
    fn drop(&mut self) {
        // Without a runtime the drop of the store closes it, on this thread.
        if Handle::try_current().is_ok() {
            let store = Arc::clone(&self.store);
            closing::in_background(&self.directory, move || store.blocking_lock().suspend());
        }
    }
}

impl fmt::Debug for SledCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SledCache").field(&self.directory).finish()
    }
}
