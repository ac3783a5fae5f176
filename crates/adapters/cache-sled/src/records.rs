//! The records of an open cache: the values of sled, checked against the journal and the data key.
//!
//! A use is written to the journal alone. sled gets the count with the next change of the record, and
//! the higher count is the true one. A new password is written to sled first. Until the journal is
//! written, too, it holds an older generation, which means that no use of the new password was given
//! out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::{io, iter};

use digital_key_domain::{
    Generation, PasswordUse, RecordChange, StoredPassword, UsageCounter, VehicleRecord, Vin,
};
use digital_key_ports::{PairingPassword, Take};
use sled::IVec;

use crate::codec::{decode, encode, is_unsealed};
use crate::database::{Database, DatabaseError};
use crate::directory::Directory;
use crate::journal::{Count, CounterJournal, JournalEntry};
use crate::key::{DataKey, DataKeySource};
use crate::seal::Sealed;
use crate::vehicle::CachedVehicle;

/// The records of an open cache. All calls block.
pub(crate) struct Records {
    database: Database,
    journal: CounterJournal,
    keys: Arc<dyn DataKeySource>,
    /// `None` = the source returned no key.
    key: Option<DataKey>,
}

/// What sled and the journal hold for one vehicle.
struct VehicleState {
    /// The value in sled, as it was read.
    value: Option<IVec>,
    /// The decoded value, reconciled with the journal.
    vehicle: CachedVehicle,
    journal_entry: JournalEntry,
}

impl Records {
    /// Opens the database, and asks the source for the data key.
    pub(crate) fn open(
        directory: &Directory,
        keys: &Arc<dyn DataKeySource>,
    ) -> Result<Self, DatabaseError> {
        let database = open_database(directory)?;
        let key = keys.data_key().ok();
        Ok(Self {
            database,
            journal: CounterJournal::new(directory.journal()),
            keys: Arc::clone(keys),
            key,
        })
    }

    /// Reads the record of a vehicle.
    pub(crate) fn load(&self, vin: Vin) -> Result<VehicleRecord, DatabaseError> {
        Ok(self.read(vin)?.vehicle.into_record(vin, self.key.as_ref()))
    }

    /// Applies a change to the record of a vehicle, durably.
    pub(crate) fn store(&self, vin: Vin, change: &RecordChange) -> Result<(), DatabaseError> {
        let VehicleState { value, vehicle, .. } = self.read(vin)?;
        let mut changed = vehicle.clone();
        changed.apply(change);
        if changed == vehicle { self.flush() } else { self.write(vin, value, &changed) }
    }

    /// Stores a password of a newer generation, sealed and durable (WEL-3, ERR-4).
    pub(crate) fn store_password(
        &mut self,
        vin: Vin,
        password: &PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, DatabaseError> {
        let VehicleState { value, mut vehicle, mut journal_entry } = self.read(vin)?;
        let newest = vehicle.record.generation;
        let stored = vehicle.record.store_password(generation);
        if stored != StoredPassword::Stored {
            self.flush()?;
            return Ok(stored);
        }
        let key = match self.key.take() {
            Some(key) => key,
            None => self.keys.data_key().map_err(DatabaseError::Unavailable)?,
        };
        let key = self.key.insert(key);
        let sealed =
            Sealed::new(password, key, vin, generation).map_err(DatabaseError::Unavailable)?;
        vehicle.sealed = Some(sealed);
        if !journal_entry.is_complete() {
            // The doubt is written first: if this call is interrupted, the old password stays used
            // up.
            let used_up = Count { generation: newest, uses: UsageCounter::EXHAUSTED };
            journal_entry = self.journal.begin(vin, used_up).map_err(journal_error)?;
        }
        self.write(vin, value, &vehicle)?;
        let fresh = Count { generation, uses: UsageCounter::default() };
        journal_entry.raise(vin, fresh).map_err(journal_error)?;
        Ok(stored)
    }

    /// Takes one use of the password, durably (RDY-4).
    pub(crate) fn take_use(&self, vin: Vin) -> Result<Take, DatabaseError> {
        let VehicleState { mut vehicle, mut journal_entry, .. } = self.read(vin)?;
        let take = vehicle.take_use(vin, self.key.as_ref());
        self.flush()?;
        if let Take::Granted { counted: PasswordUse { generation, uses }, .. } = take {
            journal_entry.raise(vin, Count { generation, uses }).map_err(journal_error)?;
        }
        Ok(take)
    }

    /// Reads the state of a vehicle. A value that cannot be decoded is removed, so that its loss is
    /// reported once.
    fn read(&self, vin: Vin) -> Result<VehicleState, DatabaseError> {
        let value = self.database.get(vin)?;
        let Ok(vehicle) = value.as_deref().map(decode).transpose() else {
            self.database.compare_and_swap(vin, value.as_ref(), None)?;
            self.database.flush()?;
            return Err(DatabaseError::RecordLost);
        };
        let mut vehicle = vehicle.unwrap_or_default();
        let journal_entry = self.journal.read(vin).map_err(journal_error)?;
        vehicle.reconcile(&journal_entry);
        Ok(VehicleState { value, vehicle, journal_entry })
    }

    /// Replaces the value of a vehicle, durably.
    fn write(
        &self,
        vin: Vin,
        old: Option<IVec>,
        vehicle: &CachedVehicle,
    ) -> Result<(), DatabaseError> {
        if !self.database.compare_and_swap(vin, old.as_ref(), Some(encode(vehicle)?))? {
            return Err(DatabaseError::Unavailable("another program changed the database".into()));
        }
        self.flush()
    }

    /// Flushes the database. Called even without a change: a process that was killed before its
    /// flush may have left a value that is visible but not durable.
    fn flush(&self) -> Result<(), DatabaseError> {
        self.database.flush()
    }
}

/// Writes the database anew without these vehicles (GEN-9): sled keeps removed values in its file.
pub(crate) fn rebuild_without(
    directory: &Directory,
    vins: &BTreeSet<Vin>,
) -> Result<(), DatabaseError> {
    let path = directory.database();
    if !path.try_exists()? {
        return Ok(());
    }
    let database = Database::open(&path)?;
    let values = database.values()?;
    drop(database);
    let is_kept =
        |value: &(IVec, IVec)| vins.iter().all(|vin| vin.as_str().as_bytes() != &*value.0);
    Database::create(&directory.unfinished(), values.into_iter().filter(is_kept))?;
    Ok(directory.put_into_place()?)
}

/// Opens the database, and creates it if it is missing.
///
/// A database with unsealed passwords of an older version of the app is written anew, since sled
/// would keep the passwords in its file.
fn open_database(directory: &Directory) -> Result<Database, DatabaseError> {
    let path = directory.database();
    let is_old = !directory.journal().try_exists()?;
    if !path.try_exists()? {
        Database::create(&directory.unfinished(), iter::empty())?;
        directory.put_into_place()?;
    } else if is_old {
        let database = Database::open(&path)?;
        let mut values = database.values()?;
        if !values.iter().any(|(_, value)| is_unsealed(value)) {
            return Ok(database);
        }
        drop(database);
        for (_, value) in &mut values {
            // A value that cannot be decoded stays, so that its loss is reported later.
            if let Ok(vehicle) = decode(value) {
                *value = encode(&vehicle)?.into();
            }
        }
        Database::create(&directory.unfinished(), values.into_iter())?;
        directory.put_into_place()?;
    }
    Database::open(&path)
}

/// Returns an error of the journal as `Unavailable`, and never as damage: the database is not put
/// aside because of the journal.
fn journal_error(error: io::Error) -> DatabaseError {
    DatabaseError::Unavailable(error.into())
}
