//! The sled database: every call of sled is made here, and its failures are sorted.

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

use crate::directory::sync_everything;

/// A few hundred records fit; sled's own default is 1 GiB.
const CACHE_CAPACITY: u64 = 1024 * 1024;
/// How long sled's threads may take to let go of a closed database; it is a matter of
/// microseconds.
const LETTING_GO: Duration = Duration::from_secs(1);

/// An open database. Dropping it waits until sled has let go of its files.
pub(crate) struct Database {
    /// It stands before the file, and so is closed when the file's drop waits for that.
    sled: Sled,
    file: SledFile,
    /// Makes the files durable that the opening has written; `None` once that is known to be done.
    sealing: Cell<Option<JoinHandle<io::Result<()>>>>,
    /// Whether this handle has made durable all that can be seen. Not so at first: a process that
    /// was killed before its flush may have left a value there.
    flushed: Cell<bool>,
}

/// Why sled did not do what it was asked.
pub(crate) enum Trouble {
    /// The value of this VIN could not be read and is removed.
    RecordLost,
    /// The database cannot be read, now or later.
    Damaged(Cause),
    /// The world did not let it: no space, an I/O error. It may work later.
    Failed(Cause),
}

impl Database {
    /// Opens the database at this path, and begins to make every file of it durable: sled itself
    /// syncs its log only, writes a new snapshot when it opens, and a power cut could leave a
    /// database that cannot be opened. A read need not wait for that; [`Database::flush`] does.
    pub(crate) fn open(path: &Path) -> Result<Self, Trouble> {
        remove_half_snapshots(path);
        let sled = guarded(|| {
            sled::Config::new()
                .path(path)
                .cache_capacity(CACHE_CAPACITY)
                // Every change is flushed by itself; iOS and Android have no flusher anyway.
                .flush_every_ms(None)
                .open()
        })?;
        let file = SledFile(File::open(path.join("db"))?);
        let path = path.to_owned();
        let sealing = thread::spawn(move || sync_everything(&path));
        let sealing = Cell::new(Some(sealing));
        Ok(Self { sled: Sled(Some(sled)), file, sealing, flushed: Cell::new(false) })
    }

    /// Makes an empty database at this path, or one with these values, with every file durable.
    pub(crate) fn create(
        path: &Path,
        values: impl Iterator<Item = (IVec, IVec)>,
    ) -> Result<(), Trouble> {
        let database = Self::open(path)?;
        for (vin, value) in values {
            database.sled.call(|sled| sled.insert(vin, value))?;
        }
        database.flush()?;
        drop(database);
        Ok(sync_everything(path)?)
    }

    /// All values, each with its VIN.
    pub(crate) fn values(&self) -> Result<Vec<(IVec, IVec)>, Trouble> {
        self.sled.call(|sled| sled.iter().collect())
    }

    pub(crate) fn get(&self, vin: Vin) -> Result<Option<IVec>, Trouble> {
        self.sled.call(|sled| sled.get(vin.as_str()))
    }

    /// Replaces the value of a vehicle if it still is `old`; durable after
    /// [`Database::flush`] only.
    pub(crate) fn compare_and_swap(
        &self,
        vin: Vin,
        old: Option<&IVec>,
        new: Option<Vec<u8>>,
    ) -> Result<bool, Trouble> {
        self.flushed.set(false);
        let swapped = self.sled.call(|sled| sled.compare_and_swap(vin.as_str(), old, new))?;
        Ok(swapped.is_ok())
    }

    /// Makes everything durable that can be seen. It costs nothing when this handle has done that
    /// and has written nothing since.
    pub(crate) fn flush(&self) -> Result<(), Trouble> {
        if self.flushed.get() {
            return Ok(());
        }
        if let Some(sealing) = self.sealing.take() {
            sealing.join().map_err(|_| Trouble::Failed("the sealing was broken off".into()))??;
        }
        self.sled.call(|sled| sled.flush())?;
        if cfg!(target_os = "linux") {
            // There sled only calls sync_file_range, which leaves the data in the disk's cache. The
            // length of the file counts as data, its times do not.
            self.file.0.sync_data()?;
        }
        self.flushed.set(true);
        Ok(())
    }
}

/// An open sled; `None` only while it is dropped.
struct Sled(Option<sled::Db>);

impl Sled {
    fn call<T>(&self, call: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, Trouble> {
        let Some(sled) = &self.0 else { return Err(Trouble::Failed("sled is closed".into())) };
        guarded(|| call(sled))
    }
}

impl Drop for Sled {
    /// sled syncs its file when it is dropped, and panics when that fails. Nothing is lost by it:
    /// whatever was answered is durable.
    fn drop(&mut self) {
        let sled = self.0.take();
        let _ = guarded(|| {
            drop(sled);
            Ok(())
        });
    }
}

/// The file `db` of sled.
struct SledFile(File);

impl Drop for SledFile {
    /// A thread of sled may hold the database a moment longer than its last handle did; sled's
    /// own lock on its file tells when that is over.
    fn drop(&mut self) {
        let deadline = Instant::now() + LETTING_GO;
        while matches!(self.0.try_lock(), Err(TryLockError::WouldBlock))
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Removes snapshots that a crash has left half-written: sled would take one for the newest and
/// refuse the whole database. The log and the older snapshot hold everything that they would.
fn remove_half_snapshots(path: &Path) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "generating") {
            // Whatever this fails of, sled meets it too and says so.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Calls sled, which panics on some damaged files and some failures of the disk.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Trouble> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => Ok(result?),
        Err(_) => Err(Trouble::Damaged("sled panicked".into())),
    }
}

impl From<sled::Error> for Trouble {
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

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        // With these, what is there is not what sled wrote.
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
        if damaged { Self::Damaged(error.into()) } else { Self::Failed(error.into()) }
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_7_a_panic_of_sled_is_damage_and_its_words_are_not_repeated() {
        let trouble = guarded::<()>(|| panic!("page holds 12345678"));
        let Err(Trouble::Damaged(cause)) = trouble else {
            panic!("not taken for damage");
        };
        assert!(!format!("{cause} {cause:?}").contains("12345678"));
    }

    #[test]
    fn only_what_will_not_heal_is_damage() {
        let damage = |kind: io::ErrorKind| {
            matches!(Trouble::from(io::Error::from(kind)), Trouble::Damaged(_))
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
