//! The store: open, closed after an error, or suspended.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::mem;
use std::path::PathBuf;
use std::sync::Arc;

use digital_key_domain::Vin;
use digital_key_ports::{CacheError, CacheErrorKind, CacheOperation, Cause};

use crate::closing;
use crate::database::DatabaseError;
use crate::directory::Directory;
use crate::key::DataKeySource;
use crate::owner::Owner;
use crate::records::{self, Records};

/// The store in its directory. All calls block.
pub(crate) struct Store {
    directory: Directory,
    keys: Arc<dyn DataKeySource>,
    /// The account that the cache is opened for. `None` = none was named, or it has signed out.
    owner: Option<Owner>,
    /// `None` = suspended, or closed after an error, since the open database might show values
    /// that are not durable. The next call opens it again.
    ///
    /// Declared before the lock so that it drops first: the lock is released last.
    records: Option<Records>,
    /// `None` = suspended.
    lock: Option<File>,
    /// An erasure has failed, perhaps without leaving a mark: no data is read before it has worked.
    must_erase: bool,
    /// Vehicles whose erasure has failed, perhaps without leaving a mark: no data is read before they
    /// are erased.
    must_forget: BTreeSet<Vin>,
    /// Whether a database was lost, and no call has reported that yet (GEN-7).
    lost: bool,
}

/// Why a call of the store failed. [`StoreError::during`] adds the operation.
pub(crate) enum StoreError {
    Busy,
    Lost,
    Suspended,
    Unavailable(Cause),
}

impl Store {
    /// Creates a store that is suspended.
    pub(crate) fn suspended(
        directory: PathBuf,
        keys: Arc<dyn DataKeySource>,
        owner: Option<Owner>,
    ) -> Self {
        let directory = Directory::new(directory);
        Self {
            directory,
            keys,
            owner,
            records: None,
            lock: None,
            must_erase: false,
            must_forget: BTreeSet::new(),
            lost: false,
        }
    }

    /// Takes the lock and opens the records. Does nothing if the store is open.
    pub(crate) fn resume(&mut self) -> Result<(), StoreError> {
        if self.lock.is_none() {
            let lock = self.take_lock()?;
            self.records = Some(self.open()?);
            self.lock = Some(lock);
        }
        Ok(())
    }

    fn take_lock(&self) -> Result<File, TryLockError> {
        match self.directory.lock() {
            // The app may have dropped a cache of this directory a moment ago. Wait for its closing
            // only if the lock is taken: the closing may itself be waiting for this call.
            Err(TryLockError::WouldBlock) => {
                closing::wait_for(self.directory.path());
                self.directory.lock()
            }
            lock => lock,
        }
    }

    /// Closes the records and releases the lock.
    pub(crate) fn suspend(&mut self) {
        self.records = None;
        self.lock = None;
    }

    /// Erases all data, including the databases that were put aside.
    ///
    /// sled keeps removed values in its file, so the file itself is removed. That needs no open
    /// database: a suspended store takes the lock during the erasure and stays suspended (GEN-5).
    pub(crate) fn erase_all(&mut self) -> Result<(), StoreError> {
        self.records = None;
        self.owner = None;
        self.must_erase = true;
        if self.lock.is_some() {
            self.records = Some(self.open()?);
        } else {
            let _lock = self.take_lock().inspect_err(|_| {
                // The caller gets the error of the lock and may repeat the call. If the app is
                // killed before that, the next opening erases.
                let _ = self.directory.request_erasing();
            })?;
            self.erase()?;
        }
        self.report_loss()
    }

    /// Erases a vehicle (GEN-9).
    ///
    /// The mark comes first: once it is durable, neither a crash nor a failure brings the vehicle
    /// back, since each opening erases what is marked before it reads. Without a mark the erasure may
    /// still work; until it has worked, this store reads nothing. A suspended store takes the lock
    /// during the erasure and stays suspended.
    pub(crate) fn erase_vehicle(&mut self, vin: Vin) -> Result<(), StoreError> {
        let _ = self.directory.mark_forgotten(vin);
        self.must_forget.insert(vin);
        self.records = None;
        if self.lock.is_some() {
            self.records = Some(self.open()?);
        } else {
            let _lock = self.take_lock()?;
            self.directory.recover()?;
            self.erase_forgotten()?;
        }
        self.report_loss()
    }

    /// Erases the vehicles that are marked. A damaged database goes with them: it may hold them.
    fn erase_forgotten(&mut self) -> Result<(), StoreError> {
        let mut forgotten = self.directory.forgotten()?;
        forgotten.extend(&self.must_forget);
        if forgotten.is_empty() {
            return Ok(());
        }
        match records::rebuild_without(&self.directory, &forgotten) {
            Err(DatabaseError::Damaged(_)) => {
                self.directory.put_aside()?;
                self.lost = true;
            }
            rebuilt => rebuilt?,
        }
        self.directory.remove_forgotten(&forgotten)?;
        self.must_forget.clear();
        Ok(())
    }

    /// Runs work on the records, and opens them first if an error has closed them.
    pub(crate) fn with_records<T>(
        &mut self,
        work: impl FnOnce(&mut Records) -> Result<T, DatabaseError>,
    ) -> Result<T, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::Suspended);
        }
        // Taken out of the store, so that each path that does not put them back closes them.
        let mut records = match self.records.take() {
            Some(records) => records,
            None => self.open()?,
        };
        if let Err(loss) = self.report_loss() {
            self.records = Some(records);
            return Err(loss);
        }
        match work(&mut records) {
            Err(DatabaseError::Damaged(_)) => {
                drop(records);
                self.directory.put_aside()?;
                self.lost = true;
                self.records = Some(self.open()?);
                self.lost = false;
                Err(StoreError::Lost)
            }
            Err(DatabaseError::Unavailable(cause)) => Err(StoreError::Unavailable(cause)),
            Err(DatabaseError::RecordLost) => {
                self.records = Some(records);
                Err(StoreError::Lost)
            }
            Ok(answer) => {
                self.records = Some(records);
                Ok(answer)
            }
        }
    }

    /// Opens the records. A damaged database is put aside, and an empty one takes its place (GEN-7).
    fn open(&mut self) -> Result<Records, StoreError> {
        if self.must_erase {
            self.erase()?;
        }
        self.directory.recover()?;
        self.take_possession()?;
        self.erase_forgotten()?;
        self.lost |= self.directory.has_lost_database()?;
        let opened = match Records::open(&self.directory, &self.keys) {
            Err(DatabaseError::Damaged(_)) => {
                self.directory.put_aside()?;
                self.lost = true;
                Records::open(&self.directory, &self.keys)
            }
            opened => opened,
        };
        Ok(opened?)
    }

    fn erase(&mut self) -> Result<(), StoreError> {
        self.directory.erase()?;
        self.must_erase = false;
        self.must_forget.clear();
        Ok(())
    }

    /// Erases what was stored for another account, before any of it is read (GEN-5). An opening without
    /// an account is one for the account without a name.
    fn take_possession(&self) -> Result<(), StoreError> {
        let stored = self.directory.owner()?;
        let is_ours = match (&self.owner, &stored) {
            (None, None) => true,
            (Some(owner), Some(stored)) => owner.is(stored),
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_ours {
            self.directory.erase()?;
            if let Some(owner) = &self.owner {
                let sealed = owner.seal().map_err(StoreError::Unavailable)?;
                self.directory.set_owner(&sealed)?;
            }
        }
        Ok(())
    }

    /// Returns the loss of a database as an error, once (GEN-7).
    fn report_loss(&mut self) -> Result<(), StoreError> {
        if mem::take(&mut self.lost) { Err(StoreError::Lost) } else { Ok(()) }
    }
}

impl StoreError {
    /// Returns this error as the port's error of an operation.
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

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::RecordLost => Self::Lost,
            DatabaseError::Damaged(cause) | DatabaseError::Unavailable(cause) => {
                Self::Unavailable(cause)
            }
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<TryLockError> for StoreError {
    fn from(error: TryLockError) -> Self {
        match error {
            TryLockError::WouldBlock => Self::Busy,
            TryLockError::Error(error) => error.into(),
        }
    }
}
