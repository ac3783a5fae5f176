//! A cache in memory, and the disk that it stores its data on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use digital_key_domain::{Generation, RecordChange, StoredPassword, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, Take};

use crate::cache::{CacheHarness, Key};
use crate::{CaseResult, Violation};

/// The disk of a [`MemoryCache`]. It outlives the caches that were opened on it, and fails as a
/// test scripts it. Clones share their state.
///
/// It is also the harness that runs the port's suite on [`MemoryCache`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use digital_key_ports::{Cache, CacheErrorKind};
/// use digital_key_testkit::fake::MemoryDisk;
/// use digital_key_testkit::values::vin;
///
/// let disk = MemoryDisk::new();
/// let cache = disk.open_cache()?;
/// disk.fail_next(1);
/// let error = cache.load(vin(1)).await.unwrap_err();
/// assert_eq!(error.kind(), CacheErrorKind::Unavailable);
/// assert!(cache.load(vin(1)).await.is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

#[derive(Clone, Default)]
struct Disk {
    entries: BTreeMap<Vin, Entry>,
    /// The number of openings so far. Each instance has the number of its opening.
    openings: u64,
    /// The instance that has the store open.
    holder: Option<u64>,
    failing_calls: usize,
    is_full: bool,
    store_is_lost: bool,
    lost_records: BTreeSet<Vin>,
    key: Key,
    calls: Vec<CacheOperation>,
    /// An erasure was requested and has not happened yet: the next opening erases (GEN-5).
    is_erasure_requested: bool,
}

#[derive(Clone, Default)]
struct Entry {
    record: VehicleRecord,
    /// The password of `record.password`, with the key that it would be encrypted with. Present
    /// exactly when `record.password` is.
    secret: Option<(Key, PairingPassword)>,
}

impl MemoryDisk {
    /// Makes an empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a cache on this disk.
    ///
    /// # Errors
    /// [`CacheErrorKind::Busy`] while another one is open and not suspended.
    pub fn open_cache(&self) -> Result<MemoryCache, CacheError> {
        let mut disk = self.lock();
        disk.openings += 1;
        let instance = disk.openings;
        disk.lock_store(instance, CacheOperation::Open)?;
        Ok(MemoryCache { disk: self.clone(), instance })
    }

    /// Makes the next calls fail with [`CacheErrorKind::Unavailable`] and without an effect.
    pub fn fail_next(&self, calls: usize) {
        self.lock().failing_calls = calls;
    }

    /// Makes every call that writes fail with [`CacheErrorKind::Unavailable`], or work again.
    pub fn set_full(&self, is_full: bool) {
        self.lock().is_full = is_full;
    }

    /// Loses all records; the next call fails with [`CacheErrorKind::Lost`].
    pub fn lose_store(&self) {
        let mut disk = self.lock();
        disk.entries.clear();
        disk.store_is_lost = true;
    }

    /// Loses one record; the next call about it fails with [`CacheErrorKind::Lost`].
    pub fn lose_record(&self, vin: Vin) {
        let mut disk = self.lock();
        disk.entries.remove(&vin);
        disk.lost_records.insert(vin);
    }

    /// Returns all calls in their order, failed ones included.
    #[must_use]
    pub fn calls(&self) -> Vec<CacheOperation> {
        self.lock().calls.clone()
    }

    /// Returns a copy of this disk that no instance has open, as a killed app leaves it.
    #[must_use]
    pub fn image(&self) -> Self {
        let image = Disk { holder: None, ..self.lock().clone() };
        Self(Arc::new(Mutex::new(image)))
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    fn lock_store(&mut self, instance: u64, operation: CacheOperation) -> Result<(), CacheError> {
        if self.holder.is_some_and(|holder| holder != instance) {
            return Err(CacheError::new(operation, CacheErrorKind::Busy));
        }
        self.holder = Some(instance);
        if std::mem::take(&mut self.is_erasure_requested) {
            self.entries.clear();
        }
        Ok(())
    }
}

impl fmt::Debug for MemoryDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDisk").field("records", &self.lock().entries.len()).finish()
    }
}

/// A [`Cache`] in memory that keeps the port's contract; see [`MemoryDisk::open_cache`].
#[derive(Debug)]
pub struct MemoryCache {
    disk: MemoryDisk,
    instance: u64,
}

impl MemoryCache {
    /// Makes a cache on an empty disk of its own.
    #[must_use]
    pub fn new() -> Self {
        let holder = Some(0);
        let disk = Disk { holder, ..Disk::default() };
        Self { disk: MemoryDisk(Arc::new(Mutex::new(disk))), instance: 0 }
    }

    /// Returns the disk of this cache.
    #[must_use]
    pub fn disk(&self) -> &MemoryDisk {
        &self.disk
    }

    fn unlock_store(&self) {
        let mut disk = self.disk.lock();
        disk.holder.take_if(|holder| *holder == self.instance);
    }

    /// Makes a call, which fails as the script says.
    fn call<T>(
        &self,
        operation: CacheOperation,
        vin: Option<Vin>,
        call: impl FnOnce(&mut BTreeMap<Vin, Entry>, Key) -> T,
    ) -> Result<T, CacheError> {
        let mut disk = self.disk.lock();
        disk.calls.push(operation);
        let is_erasing = matches!(operation, CacheOperation::Erase | CacheOperation::EraseAll);
        match disk.holder {
            Some(holder) if holder == self.instance => {}
            // A suspended cache can be erased, unless another instance holds the store.
            None if is_erasing => {}
            Some(_) if is_erasing => {
                return Err(CacheError::new(operation, CacheErrorKind::Busy));
            }
            _ => return Err(CacheError::new(operation, CacheErrorKind::Suspended)),
        }
        if disk.failing_calls > 0 {
            disk.failing_calls -= 1;
            return Err(CacheError::new(operation, CacheErrorKind::Unavailable)
                .with_source("scripted to fail"));
        }
        if disk.is_full && operation != CacheOperation::Load {
            return Err(CacheError::new(operation, CacheErrorKind::Unavailable)
                .with_source("scripted to be full"));
        }
        let record_is_lost = vin.is_some_and(|vin| disk.lost_records.remove(&vin));
        if std::mem::take(&mut disk.store_is_lost) || record_is_lost {
            return Err(CacheError::new(operation, CacheErrorKind::Lost));
        }
        let key = disk.key;
        if key == Key::Missing && operation == CacheOperation::StorePassword {
            return Err(CacheError::new(operation, CacheErrorKind::Unavailable)
                .with_source("there is no key"));
        }
        Ok(call(&mut disk.entries, key))
    }
}

impl Default for MemoryCache {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for MemoryCache {
    fn drop(&mut self) {
        self.unlock_store();
    }
}

impl Entry {
    /// Applies a change, which never adds a password.
    fn apply(&mut self, change: &RecordChange) {
        self.record.apply(change);
        if self.record.password.is_none() {
            self.secret = None;
        }
    }

    fn into_record(self, key: Key) -> VehicleRecord {
        let password = self.record.password.filter(|_| self.password(key).is_some());
        VehicleRecord { password, ..self.record }
    }

    /// Returns the password if this key decrypts it.
    fn password(&self, key: Key) -> Option<&PairingPassword> {
        self.secret
            .as_ref()
            .filter(|(encrypted_with, _)| *encrypted_with == key)
            .map(|(_, password)| password)
    }

    fn store_password(
        &mut self,
        key: Key,
        password: PairingPassword,
        generation: Generation,
    ) -> StoredPassword {
        let stored = self.record.store_password(generation);
        if stored == StoredPassword::Stored {
            self.secret = Some((key, password));
        }
        stored
    }

    fn take_use(&mut self, key: Key) -> Take {
        match self.password(key).cloned() {
            Some(password) => Take::new(self.record.take_use(), password),
            None => Take::NoPassword,
        }
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        self.call(CacheOperation::Load, Some(vin), |entries, key| {
            entries.get(&vin).cloned().unwrap_or_default().into_record(key)
        })
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.call(CacheOperation::Store, Some(vin), |entries, _| {
            entries.entry(vin).or_default().apply(&change);
        })
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.call(CacheOperation::StorePassword, Some(vin), |entries, key| {
            entries.entry(vin).or_default().store_password(key, password, generation)
        })
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.call(CacheOperation::TakeUse, Some(vin), |entries, key| {
            entries.get_mut(&vin).map_or(Take::NoPassword, |entry| entry.take_use(key))
        })
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        self.call(CacheOperation::Erase, Some(vin), |entries, _| drop(entries.remove(&vin)))
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.call(CacheOperation::EraseAll, None, |entries, _| entries.clear())?;
        self.disk.lock().is_erasure_requested = false;
        Ok(())
    }

    fn request_erasure(&self) {
        self.disk.lock().is_erasure_requested = true;
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.unlock_store();
        Ok(())
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.disk.lock().lock_store(self.instance, CacheOperation::Resume)
    }
}

impl CacheHarness for MemoryDisk {
    type Cache = MemoryCache;

    async fn open(&self) -> Result<MemoryCache, CacheError> {
        self.open_cache()
    }

    fn debug_text(&self, cache: &MemoryCache) -> String {
        format!("{cache:?} {cache:#?}")
    }

    async fn crash(&self) -> CaseResult {
        // Every write ends before its call does, so the killed app has no write in flight.
        self.lock().holder = None;
        Ok(())
    }

    async fn fail_writes(&self, fail: bool) -> CaseResult {
        self.set_full(fail);
        Ok(())
    }

    async fn make_record_unreadable(&self, vin: Vin) -> CaseResult {
        self.lose_record(vin);
        Ok(())
    }

    async fn make_store_unreadable(&self) -> CaseResult {
        self.lose_store();
        Ok(())
    }

    async fn set_key(&self, key: Key) -> CaseResult {
        self.lock().key = key;
        Ok(())
    }

    async fn stored_bytes(&self) -> Result<Vec<u8>, Violation> {
        let disk = self.lock();
        let texts =
            disk.entries.iter().map(|(vin, entry)| format!("{} {:?} ", vin.as_str(), entry.record));
        Ok(texts.collect::<String>().into_bytes())
    }
}
