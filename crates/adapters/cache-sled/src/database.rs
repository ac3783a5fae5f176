//! The sled database. All calls of sled are made here, and their errors are classified.

use std::cell::Cell;
use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use digital_key_domain::Vin;
use digital_key_ports::Cause;
use sled::IVec;

use crate::directory::sync_tree;

/// The size of sled's page cache in bytes. A few hundred records fit; sled's default is 1 GiB.
const CACHE_CAPACITY: u64 = 1024 * 1024;
/// The longest wait until sled's threads release a closed database. It takes them microseconds.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);

/// An open database. Dropping it waits until sled has released its files.
pub(crate) struct Database {
    /// Declared first so that it drops first; the drop of `SledFile` waits for sled's lock.
    sled: Sled,
    file: SledFile,
    /// Makes the files durable that the opening has written. `None` once that is known to be done.
    initial_sync: Cell<Option<JoinHandle<io::Result<()>>>>,
    /// Whether each visible value is known to be durable. `false` after the opening: a process that
    /// was killed before its flush may have left a value that is visible but not durable.
    flushed: Cell<bool>,
}

/// Why a call of the database failed.
pub(crate) enum DatabaseError {
    /// The value of this VIN could not be read and was removed.
    RecordLost,
    /// The database cannot be read, neither now nor later.
    Damaged(Cause),
    /// The system refused: no space, an I/O error. The call may work later.
    Unavailable(Cause),
}

impl Database {
    /// Opens the database at this path, and starts to make all its files durable.
    ///
    /// sled writes a new snapshot when it opens, but syncs only its log. A power cut could then
    /// leave a database that cannot be opened. Reads do not wait for the sync;
    /// [`Database::flush`] does.
    pub(crate) fn open(path: &Path) -> Result<Self, DatabaseError> {
        remove_partial_snapshots(path);
        let sled = catch_panic(|| {
            sled::Config::new()
                .path(path)
                .cache_capacity(CACHE_CAPACITY)
                // Each change has a flush of its own; iOS and Android have no flusher anyway.
                .flush_every_ms(None)
                .open()
        })?;
        let file = SledFile(File::open(path.join("db"))?);
        let path = path.to_owned();
        let sync = thread::spawn(move || sync_tree(&path));
        let initial_sync = Cell::new(Some(sync));
        Ok(Self { sled: Sled(Some(sled)), file, initial_sync, flushed: Cell::new(false) })
    }

    /// Creates a database with these values at this path, with all its files durable.
    pub(crate) fn create(
        path: &Path,
        values: impl Iterator<Item = (IVec, IVec)>,
    ) -> Result<(), DatabaseError> {
        let database = Self::open(path)?;
        for (vin, value) in values {
            database.sled.call(|sled| sled.insert(vin, value))?;
        }
        database.flush()?;
        drop(database);
        Ok(sync_tree(path)?)
    }

    /// Returns all values, each with its VIN.
    pub(crate) fn values(&self) -> Result<Vec<(IVec, IVec)>, DatabaseError> {
        self.sled.call(|sled| sled.iter().collect())
    }

    /// Returns the value of a vehicle.
    pub(crate) fn get(&self, vin: Vin) -> Result<Option<IVec>, DatabaseError> {
        self.sled.call(|sled| sled.get(vin.as_str()))
    }

    /// Replaces the value of a vehicle if it still is `old`, and returns whether it was.
    ///
    /// The new value is durable only after [`Database::flush`].
    pub(crate) fn compare_and_swap(
        &self,
        vin: Vin,
        old: Option<&IVec>,
        new: Option<Vec<u8>>,
    ) -> Result<bool, DatabaseError> {
        self.flushed.set(false);
        let swapped = self.sled.call(|sled| sled.compare_and_swap(vin.as_str(), old, new))?;
        Ok(swapped.is_ok())
    }

    /// Makes all visible values durable. Returns at once if they are known to be durable.
    pub(crate) fn flush(&self) -> Result<(), DatabaseError> {
        if self.flushed.get() {
            return Ok(());
        }
        if let Some(sync) = self.initial_sync.take() {
            let panicked = |_| DatabaseError::Unavailable("the sync of the files panicked".into());
            sync.join().map_err(panicked)??;
        }
        self.sled.call(|sled| sled.flush())?;
        if cfg!(target_os = "linux") {
            // On Linux sled calls only sync_file_range, which leaves the data in the disk's cache.
            // fdatasync covers the length of the file, too; its times do not matter.
            self.file.0.sync_data()?;
        }
        self.flushed.set(true);
        Ok(())
    }
}

/// An open sled. `None` only while it is dropped.
struct Sled(Option<sled::Db>);

impl Sled {
    /// Calls sled, and turns a panic into an error.
    fn call<T>(&self, call: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, DatabaseError> {
        let Some(sled) = &self.0 else {
            return Err(DatabaseError::Unavailable("sled is closed".into()));
        };
        catch_panic(|| call(sled))
    }
}

impl Drop for Sled {
    /// Drops sled and catches its panic: sled syncs its file when it is dropped, and panics when
    /// that fails. No data is lost, since each answered change is durable already.
    fn drop(&mut self) {
        let sled = self.0.take();
        let _ = catch_panic(|| {
            drop(sled);
            Ok(())
        });
    }
}

/// The file `db` of sled.
struct SledFile(File);

impl Drop for SledFile {
    /// Waits until sled has released its lock on the file. A thread of sled may hold the database
    /// for a moment after the last handle is dropped.
    fn drop(&mut self) {
        let deadline = Instant::now() + RELEASE_TIMEOUT;
        while matches!(self.0.try_lock(), Err(TryLockError::WouldBlock))
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Removes snapshots that a crash has left half-written. sled would take such a snapshot for the
/// newest one and refuse the whole database. The log and the older snapshot hold the same data.
fn remove_partial_snapshots(path: &Path) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "generating") {
            // If this fails, sled fails on the same file and reports it.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Runs a call of sled, and returns a panic as damage: sled panics on some damaged files and on
/// some failures of the disk.
fn catch_panic<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, DatabaseError> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => Ok(result?),
        Err(_) => Err(DatabaseError::Damaged("sled panicked".into())),
    }
}

impl From<sled::Error> for DatabaseError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) => error.into(),
            sled::Error::CollectionNotFound(_)
            | sled::Error::Unsupported(_)
            | sled::Error::ReportableBug(_)
            | sled::Error::Corruption { .. } => Self::Damaged(error.into()),
        }
    }
}

impl From<io::Error> for DatabaseError {
    fn from(error: io::Error) -> Self {
        // With these kinds, the files are not as sled wrote them.
        let damaged = matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::NotFound
                | io::ErrorKind::AlreadyExists
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotADirectory
        );
        if damaged { Self::Damaged(error.into()) } else { Self::Unavailable(error.into()) }
    }
}

impl From<serde_json::Error> for DatabaseError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_7_a_panic_of_sled_is_damage_and_its_message_is_dropped() {
        let result = catch_panic::<()>(|| panic!("page holds 12345678"));
        let Err(DatabaseError::Damaged(cause)) = result else {
            panic!("the panic is not damage");
        };
        assert!(!format!("{cause} {cause:?}").contains("12345678"));
    }

    #[test]
    fn only_a_permanent_error_is_damage() {
        let damage = |kind: io::ErrorKind| {
            matches!(DatabaseError::from(io::Error::from(kind)), DatabaseError::Damaged(_))
        };
        assert!(damage(io::ErrorKind::UnexpectedEof));
        for kind in [
            io::ErrorKind::StorageFull,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::Interrupted,
            io::ErrorKind::Other,
        ] {
            assert!(!damage(kind), "{kind}");
        }
    }
}
