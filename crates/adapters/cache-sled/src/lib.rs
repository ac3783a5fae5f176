//! The cache of the digital car key core, kept on disk by sled.
//!
//! [`SledCache`] implements [`Cache`]. Each VIN has one value that holds its record and its
//! password, so that one `compare_and_swap` and one flush are the whole of an atomic, durable
//! change (RDY-4).
//!
//! # The directory
//! | path | what it is |
//! |---|---|
//! | `lock` | held as long as the cache is open: sled itself takes no lock on iOS and Android |
//! | `db/` | sled's files |
//! | `corrupt-1/`, … | databases that could not be read (GEN-7), the newest two; [`Cache::erase_all`] removes them |
//! | `erasing/` | what an interrupted [`Cache::erase_all`] has left; the next opening removes it |
//!
//! Give it a directory of its own on a local file system. On iOS: in the app's private container
//! (iOS kills an app that holds a file lock in a shared one while it is suspended), excluded from
//! backup, with the protection class "until first user authentication"; and call
//! [`Cache::suspend`] when the app goes to the background.
//!
//! # Limits
//! The password is not encrypted, so the directory is as secret as the password.
//!
//! sled panics on some damaged files. That is caught and counts as damage, which a program that
//! is built with `panic = "abort"` goes without.

mod database;
mod directory;
mod key;
mod record;
mod store;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{Generation, RecordChange, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheOperation, PairingPassword, StoredPassword, Take};
use tokio::sync::Mutex;

pub use key::{DataKey, DataKeySource, FileKey, StaticKey};
use store::{Failure, Store};

/// The [`Cache`] in a directory, kept by sled.
///
/// Calls are worked off one at a time, in the order in which their futures were first polled, on
/// tokio's blocking threads. A call that is dropped while it waits does nothing; once at work it
/// is finished.
///
/// Dropping the cache closes it, which may wait for a moment on the disk; [`Cache::suspend`]
/// before that moves the waiting off the executor, and also waits for a dropped call that is
/// still at work.
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
    /// Opens the cache in this directory, which is created if it is not there.
    ///
    /// A database that cannot be read is put aside: the cache is then empty, and the next call is
    /// answered with [`CacheError::Lost`] (GEN-7).
    ///
    /// # Errors
    /// [`CacheError::Busy`] while another instance, in this process or another, has the directory
    /// open; [`CacheError::Unavailable`] when the file system refuses.
    ///
    /// # Panics
    /// Outside a tokio runtime, like every call of the cache.
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
        self.work(CacheOperation::Load, move |store| store.load(vin)).await
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.work(CacheOperation::Store, move |store| {
            store.update(vin, |entry| entry.apply(&change))
        })
        .await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.work(CacheOperation::StorePassword, move |store| {
            store.update(vin, |entry| entry.store_password(&password, generation))
        })
        .await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.work(CacheOperation::TakeUse, move |store| store.update(vin, record::Entry::take_use))
            .await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::EraseAll, Store::erase_all).await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::Suspend, Store::suspend).await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.work(CacheOperation::Resume, Store::resume).await
    }
}

impl fmt::Debug for SledCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SledCache").field(&self.directory).finish()
    }
}
