//! The store: records that are open, or closed after a failure, or suspended.

use std::fs::{File, TryLockError};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use digital_key_ports::{CacheError, CacheErrorKind, CacheOperation, Cause};

use crate::closing;
use crate::database::Trouble;
use crate::directory::Directory;
use crate::key::DataKeySource;
use crate::records::Records;

/// The store in its directory. Every call blocks.
pub(crate) struct Store {
    directory: Directory,
    keys: Arc<dyn DataKeySource>,
    /// `None` = suspended, or closed because it failed: what it would show then may not be
    /// durable. The next call opens it again.
    ///
    /// It stands before the lock, and so is closed before the lock is given back.
    records: Option<Records>,
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
        Self { directory: Directory::new(directory), keys, records: None, lock: None, lost: false }
    }

    pub(crate) fn resume(&mut self) -> Result<(), Failure> {
        if self.lock.is_none() {
            let lock = self.take_lock()?;
            self.records = Some(self.open()?);
            self.lock = Some(lock);
        }
        Ok(())
    }

    fn take_lock(&self) -> Result<File, TryLockError> {
        match self.directory.lock() {
            // The app may just have dropped a cache of this directory. Only who finds the lock
            // taken waits for that: a closing may itself be waiting for this call.
            Err(TryLockError::WouldBlock) => {
                closing::wait_for(self.directory.path());
                self.directory.lock()
            }
            lock => lock,
        }
    }

    pub(crate) fn suspend(&mut self) {
        self.records = None;
        self.lock = None;
    }

    /// Erases everything, the databases that were put aside included. sled keeps what was removed
    /// in its file, so the file itself has to go. That needs no open database: a suspended store
    /// takes the lock for as long as the erasing lasts, and stays suspended (GEN-5).
    pub(crate) fn erase_all(&mut self) -> Result<(), Failure> {
        self.records = None;
        if self.lock.is_some() {
            self.directory.erase()?;
            self.records = Some(self.open()?);
        } else {
            let _lock = self.take_lock().inspect_err(|_| {
                // The caller learns of the failed lock. This is an attempt beyond that: the next
                // opening erases, should the app be killed before it can repeat the call.
                let _ = self.directory.request_erasing();
            })?;
            self.directory.erase()?;
        }
        self.tell_loss()
    }

    /// Works with the records, which are opened first if a failure has closed them.
    pub(crate) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Records) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        if self.lock.is_none() {
            return Err(Failure::Suspended);
        }
        // Taken out, it is closed on every way that does not put it back.
        let mut records = match self.records.take() {
            Some(records) => records,
            None => self.open()?,
        };
        if let Err(loss) = self.tell_loss() {
            self.records = Some(records);
            return Err(loss);
        }
        match work(&mut records) {
            Err(Trouble::Damaged(_)) => {
                drop(records);
                self.directory.put_aside()?;
                self.lost = true;
                self.records = Some(self.open()?);
                self.lost = false;
                Err(Failure::Lost)
            }
            Err(Trouble::Failed(cause)) => Err(Failure::Unavailable(cause)),
            Err(Trouble::RecordLost) => {
                self.records = Some(records);
                Err(Failure::Lost)
            }
            Ok(answer) => {
                self.records = Some(records);
                Ok(answer)
            }
        }
    }

    /// Opens the database; one that is damaged is put aside for an empty one.
    fn open(&mut self) -> Result<Records, Failure> {
        self.directory.finish()?;
        self.lost |= self.directory.has_lost_database()?;
        let opened = match Records::open(&self.directory, &self.keys) {
            Err(Trouble::Damaged(_)) => {
                self.directory.put_aside()?;
                self.lost = true;
                Records::open(&self.directory, &self.keys)
            }
            opened => opened,
        };
        Ok(opened?)
    }

    fn tell_loss(&mut self) -> Result<(), Failure> {
        if mem::take(&mut self.lost) { Err(Failure::Lost) } else { Ok(()) }
    }
}

impl Failure {
    pub(crate) fn during(self, operation: CacheOperation) -> CacheError {
        match self {
            Self::Busy => CacheError::new(operation, CacheErrorKind::Busy),
            Self::Lost => CacheError::new(operation, CacheErrorKind::Lost),
            Self::Suspended => CacheError::new(operation, CacheErrorKind::Suspended),
            Self::Unavailable(cause) => {
                CacheError::new(operation, CacheErrorKind::Unavailable).with_source(cause)
            }
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
