//! The store: a database that is open, or closed after a failure, or suspended.

use std::fs::{File, TryLockError};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use digital_key_domain::{VehicleRecord, Vin};
use digital_key_ports::{CacheError, CacheOperation, Cause};
use sled::IVec;

use crate::database::{Database, Trouble};
use crate::directory::Directory;
use crate::key::{DataKey, DataKeySource};
use crate::record::{Entry, Unreadable};

/// The store in its directory. Every call blocks.
pub(crate) struct Store {
    directory: Directory,
    keys: Arc<dyn DataKeySource>,
    /// `None` = suspended, or the source has none to give.
    key: Option<DataKey>,
    /// `None` = suspended, or closed because it failed: what it would show then may not be
    /// durable. The next call opens it again.
    ///
    /// It stands before the lock, and so is closed before the lock is given back.
    database: Option<Database>,
    /// `None` = suspended.
    lock: Option<File>,
    /// A database was put aside, and no call has been answered with that yet (GEN-7).
    lost: bool,
}

/// Why a call failed; the name of the call is still missing.
pub(crate) enum Failure {
    Busy,
    Lost,
    Suspended,
    Unavailable(Cause),
}

impl Store {
    pub(crate) fn suspended(directory: PathBuf, keys: Arc<dyn DataKeySource>) -> Self {
        Self {
            directory: Directory::new(directory),
            keys,
            key: None,
            database: None,
            lock: None,
            lost: false,
        }
    }

    pub(crate) fn resume(&mut self) -> Result<(), Failure> {
        if self.lock.is_none() {
            let lock = self.directory.lock()?;
            self.database = Some(self.open()?);
            self.key = self.keys.data_key().ok();
            self.lock = Some(lock);
        }
        Ok(())
    }

    pub(crate) fn suspend(&mut self) -> Result<(), Failure> {
        self.database = None;
        self.key = None;
        self.lock = None;
        Ok(())
    }

    pub(crate) fn load(&mut self, vin: Vin) -> Result<VehicleRecord, Failure> {
        self.with_database(|database| {
            let (_, entry) = read(database, vin)?;
            Ok(entry.into_record())
        })
    }

    /// Changes the entry of a vehicle as one atomic step; what the change answers is handed on
    /// once the entry is durable.
    pub(crate) fn update<T>(
        &mut self,
        vin: Vin,
        change: impl Fn(&mut Entry) -> T,
    ) -> Result<T, Failure> {
        self.with_database(|database| {
            let answer = loop {
                let (value, before) = read(database, vin)?;
                let mut after = before.clone();
                let answer = change(&mut after);
                let unchanged = after == before;
                if unchanged
                    || database.compare_and_swap(vin, value.as_ref(), Some(after.encode()?))?
                {
                    break answer;
                }
            };
            // Also without a change: a process that was killed before its flush may have left
            // the value there, seen and not durable.
            database.flush()?;
            Ok(answer)
        })
    }

    /// Erases everything, the databases that were put aside included. sled keeps what was removed
    /// in its file, so the file itself has to go.
    pub(crate) fn erase_all(&mut self) -> Result<(), Failure> {
        if self.lock.is_none() {
            return Err(Failure::Suspended);
        }
        self.database = None;
        self.directory.erase()?;
        self.database = Some(self.open()?);
        self.tell_loss()
    }

    fn with_database<T>(
        &mut self,
        work: impl FnOnce(&Database) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        if self.lock.is_none() {
            return Err(Failure::Suspended);
        }
        // Taken out, it is closed on every way that does not put it back.
        let database = match self.database.take() {
            Some(database) => database,
            None => self.open()?,
        };
        if let Err(loss) = self.tell_loss() {
            self.database = Some(database);
            return Err(loss);
        }
        match work(&database) {
            Err(Trouble::Damaged(_)) => {
                drop(database);
                self.directory.put_aside()?;
                Err(Failure::Lost)
            }
            Err(Trouble::Failed(cause)) => Err(Failure::Unavailable(cause)),
            Err(Trouble::RecordLost) => {
                self.database = Some(database);
                Err(Failure::Lost)
            }
            Ok(answer) => {
                self.database = Some(database);
                Ok(answer)
            }
        }
    }

    /// Opens the database; one that is damaged is put aside for an empty one.
    fn open(&mut self) -> Result<Database, Failure> {
        self.directory.finish_erasing()?;
        let path = self.directory.database();
        let opened = match Database::open(&path) {
            Err(Trouble::Damaged(_)) => {
                self.directory.put_aside()?;
                self.lost = true;
                Database::open(&path)
            }
            opened => opened,
        };
        Ok(opened?)
    }

    fn tell_loss(&mut self) -> Result<(), Failure> {
        if mem::take(&mut self.lost) { Err(Failure::Lost) } else { Ok(()) }
    }
}

/// Reads the value of a vehicle and what it says. One that cannot be read is removed, so that its
/// loss is told once.
fn read(database: &Database, vin: Vin) -> Result<(Option<IVec>, Entry), Trouble> {
    let value = database.get(vin)?;
    match value.as_deref().map(Entry::decode).transpose() {
        Ok(entry) => Ok((value, entry.unwrap_or_default())),
        Err(Unreadable) => {
            database.compare_and_swap(vin, value.as_ref(), None)?;
            database.flush()?;
            Err(Trouble::RecordLost)
        }
    }
}

impl Failure {
    pub(crate) fn during(self, operation: CacheOperation) -> CacheError {
        match self {
            Self::Busy => CacheError::Busy { operation },
            Self::Lost => CacheError::Lost { operation },
            Self::Suspended => CacheError::Suspended { operation },
            Self::Unavailable(cause) => CacheError::Unavailable { operation, cause },
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::RecordLost => Self::Lost,
            Trouble::Damaged(cause) | Trouble::Failed(cause) => Self::Unavailable(cause),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<TryLockError> for Failure {
    fn from(error: TryLockError) -> Self {
        match error {
            TryLockError::WouldBlock => Self::Busy,
            TryLockError::Error(error) => error.into(),
        }
    }
}
