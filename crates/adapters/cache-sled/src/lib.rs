//! The cache of the digital car key core, kept on disk by sled.
//!
//! [`SledCache`] implements [`Cache`]. Each VIN has one value that holds its record and its
//! sealed password, so that one `compare_and_swap` and one flush are the whole of an atomic,
//! durable change (RDY-4). A witness beside sled holds the counter a second time: whichever file
//! is damaged, it never comes back lower, and in doubt the password is used up.
//!
//! # The directory
//! | path | what it is |
//! |---|---|
//! | `lock` | held as long as the cache is open: sled itself takes no lock on iOS and Android |
//! | `db/` | sled's files |
//! | `witness/` | one file a vehicle, with its generation and its count |
//! | `corrupt-1/`, … | databases that could not be read (GEN-7), the newest two; [`Cache::erase_all`] removes them |
//! | `erasing/` | an interrupted or refused [`Cache::erase_all`]; the next opening erases before it reads |
//! | `unfinished/`, `replaced/` | a database that was not in place yet, and the one before it; the next opening clears them up |
//!
//! What the host must do about the directory, its backups, the data key and suspension stands in
//! `docs/host-duties.md` of the repository.
//!
//! VINs and the facts about vehicles are not encrypted.
//!
//! # Limits
//! sled panics on some damaged files. That is caught and counts as damage, which a program that
//! is built with `panic = "abort"` goes without.

mod closing;
mod database;
mod directory;
mod entry;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod key;
mod record;
mod records;
mod seal;
mod store;
mod witness;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{Generation, RecordChange, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheOperation, PairingPassword, StoredPassword, Take};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use database::Trouble;
#[cfg(feature = "keyring")]
pub use key::PlatformKey;
pub use key::{DataKey, DataKeySource, FileKey, StaticKey};
use records::Records;
use store::{Failure, Store};

/// The [`Cache`] in a directory, kept by sled.
///
/// Calls are worked off one at a time, in the order in which their futures were first polled, on
/// tokio's blocking threads. A call that is dropped while it waits does nothing; once at work it
/// is finished.
///
/// Dropping the cache closes it: in a tokio runtime on a thread of its own, so that no executor
/// waits for the disk, and otherwise at once. An opening that follows waits for that.
/// [`Cache::suspend`] before the drop returns when everything is closed.
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
/// let key = Arc::new(StaticKey::new([7; 32])); // a test's; see DataKeySource for a real one
/// let cache = SledCache::open(path, key).await?;
/// cache.store_password(vin, PairingPassword::parse("12345678")?, Generation::new(1)).await?;
/// let Take::Granted { counted, .. } = cache.take_use(vin).await? else {
///     return Err("a fresh password has three uses".into());
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
    /// Opens the cache in this directory, which is created if it is not there; passwords are sealed
    /// with the key of this source (GEN-6).
    ///
    /// Without a key it opens too: then the cached password is absent, and storing one is
    /// [`Unavailable`].
    ///
    /// A database that cannot be read is put aside: the cache is then empty, and the next call is
    /// answered with [`Lost`] (GEN-7).
    ///
    /// # Errors
    /// [`Busy`] while another instance, in this process or another, has the directory open;
    /// [`Unavailable`] when the file system refuses.
    ///
    /// # Panics
    /// Outside a tokio runtime, like every call of the cache.
    ///
    /// [`Busy`]: digital_key_ports::CacheErrorKind::Busy
    /// [`Lost`]: digital_key_ports::CacheErrorKind::Lost
    /// [`Unavailable`]: digital_key_ports::CacheErrorKind::Unavailable
    pub async fn open(
        directory: impl AsRef<Path>,
        keys: Arc<dyn DataKeySource>,
    ) -> Result<Self, CacheError> {
        let directory = directory.as_ref().to_owned();
        let store = Arc::new(Mutex::new(Store::suspended(directory.clone(), keys)));
        let cache = Self { directory, store };
        cache.work(CacheOperation::Open, Store::resume).await?;
        Ok(cache)
    }

    async fn with_records<T: Send + 'static>(
        &self,
        operation: CacheOperation,
        work: impl FnOnce(&mut Records) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, CacheError> {
        self.work(operation, |store| store.work(work)).await
    }

    /// Works on the store, on a blocking thread; the store stays locked until the work is done,
    /// even when this future is dropped.
    async fn work<T: Send + 'static>(
        &self,
        operation: CacheOperation,
        work: impl FnOnce(&mut Store) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, CacheError> {
        let mut store = Arc::clone(&self.store).lock_owned().await;
        tokio::task::spawn_blocking(move || work(&mut store))
            .await
            // What a panic said is not repeated: it might hold a secret.
            .unwrap_or_else(|_| Err(Failure::Unavailable("the work was broken off".into())))
            .map_err(|failure| failure.during(operation))
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

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::EraseAll, Store::erase_all).await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::Suspend, |store| {
            store.suspend();
            Ok(())
        })
        .await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::Resume, Store::resume).await
    }
}

impl Drop for SledCache {
    fn drop(&mut self) {
        // Elsewhere the store is closed where it is dropped.
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
