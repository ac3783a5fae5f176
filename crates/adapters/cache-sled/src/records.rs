//! The records of an open cache: sled's values, with what the witness and the data key say.
//!
//! A use is written to sled and to the witness at the same time, and the higher count is the true
//! one. A fresh password is written to sled first: until the witness has it too, the witness is
//! behind with an older generation, and that says that no use of the new one was given out.

use std::sync::Arc;
use std::thread;
use std::{io, iter};

use digital_key_domain::{
    Generation, PasswordUse, RecordChange, StoredPassword, UsageCounter, VehicleRecord, Vin,
};
use digital_key_ports::{PairingPassword, Take};
use sled::IVec;

use crate::database::{Database, Trouble};
use crate::directory::Directory;
use crate::entry::Entry;
use crate::key::{DataKey, DataKeySource};
use crate::record::{decode, encode, is_unsealed};
use crate::seal::Sealed;
use crate::witness::{Count, Testimony, Witness};

pub(crate) struct Records {
    database: Database,
    witness: Witness,
    keys: Arc<dyn DataKeySource>,
    /// `None` = the source had none to give.
    key: Option<DataKey>,
}

/// What is known about one vehicle.
struct Known {
    value: Option<IVec>,
    entry: Entry,
    testimony: Testimony,
}

impl Records {
    pub(crate) fn open(
        directory: &Directory,
        keys: &Arc<dyn DataKeySource>,
    ) -> Result<Self, Trouble> {
        let database = open_database(directory)?;
        let key = keys.data_key().ok();
        Ok(Self {
            database,
            witness: Witness::new(directory.witness()),
            keys: Arc::clone(keys),
            key,
        })
    }

    pub(crate) fn load(&self, vin: Vin) -> Result<VehicleRecord, Trouble> {
        Ok(self.read(vin)?.entry.into_record(vin, self.key.as_ref()))
    }

    pub(crate) fn store(&self, vin: Vin, change: &RecordChange) -> Result<(), Trouble> {
        let known = self.read(vin)?;
        let mut entry = known.entry.clone();
        entry.apply(change);
        if entry == known.entry { self.flush() } else { self.write(vin, known.value, &entry) }
    }

    pub(crate) fn store_password(
        &mut self,
        vin: Vin,
        password: &PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, Trouble> {
        let Known { value, mut entry, mut testimony } = self.read(vin)?;
        let newest = entry.record.generation;
        let stored = entry.record.store_password(generation);
        if stored != StoredPassword::Stored {
            self.flush()?;
            return Ok(stored);
        }
        let key = match self.key.take() {
            Some(key) => key,
            None => self.keys.data_key().map_err(Trouble::Failed)?,
        };
        let key = self.key.insert(key);
        let sealed = Sealed::new(password, key, vin, generation).map_err(Trouble::Failed)?;
        entry.sealed = Some(sealed);
        if !testimony.is_whole() {
            // The doubt is kept first: if this is broken off, the old password stays used up.
            let doubt = Count { generation: newest, uses: UsageCounter::EXHAUSTED };
            testimony = self.witness.begin(vin, doubt).map_err(witness_failed)?;
        }
        self.write(vin, value, &entry)?;
        let fresh = Count { generation, uses: UsageCounter::default() };
        testimony.raise(vin, fresh).map_err(witness_failed)?;
        Ok(stored)
    }

    pub(crate) fn take_use(&self, vin: Vin) -> Result<Take, Trouble> {
        let Known { value, mut entry, mut testimony } = self.read(vin)?;
        let take = entry.take_use(vin, self.key.as_ref());
        if let Take::Granted { counted: PasswordUse { generation, uses }, .. } = take {
            // Both at the same time: the higher one counts, and the use is given out only when
            // both are durable.
            thread::scope(|scope| {
                let raise = move || testimony.raise(vin, Count { generation, uses });
                let raising = thread::Builder::new().spawn_scoped(scope, raise);
                let raising = raising.map_err(witness_failed)?;
                let written = self.write(vin, value, &entry);
                let raised = raising.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
                raised.map_err(witness_failed).and(written)
            })?;
        } else {
            self.flush()?;
        }
        Ok(take)
    }

    /// Reads what is known about a vehicle. A value that cannot be read is removed, so that its
    /// loss is told once.
    fn read(&self, vin: Vin) -> Result<Known, Trouble> {
        let value = self.database.get(vin)?;
        let Ok(entry) = value.as_deref().map(decode).transpose() else {
            self.database.compare_and_swap(vin, value.as_ref(), None)?;
            self.database.flush()?;
            return Err(Trouble::RecordLost);
        };
        let mut entry = entry.unwrap_or_default();
        let testimony = self.witness.read(vin).map_err(witness_failed)?;
        entry.heed(&testimony);
        Ok(Known { value, entry, testimony })
    }

    /// Replaces the value of a vehicle, durably.
    fn write(&self, vin: Vin, old: Option<IVec>, entry: &Entry) -> Result<(), Trouble> {
        if !self.database.compare_and_swap(vin, old.as_ref(), Some(encode(entry)?))? {
            return Err(Trouble::Failed("another program changed the database".into()));
        }
        self.flush()
    }

    /// Also without a change: a process that was killed before its flush may have left a value
    /// that can be seen and is not durable.
    fn flush(&self) -> Result<(), Trouble> {
        self.database.flush()
    }
}

/// Opens the database, which is made if there is none. One in which an older version of the app has
/// left passwords that are not sealed is written anew, since sled would keep them in its file.
fn open_database(directory: &Directory) -> Result<Database, Trouble> {
    let path = directory.database();
    let is_old = !directory.witness().try_exists()?;
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
            // What cannot be read stays, so that its loss is told.
            if let Ok(entry) = decode(value) {
                *value = encode(&entry)?.into();
            }
        }
        Database::create(&directory.unfinished(), values.into_iter())?;
        directory.put_into_place()?;
    }
    Database::open(&path)
}

/// sled is not concerned: nothing is put aside for it.
fn witness_failed(error: io::Error) -> Trouble {
    Trouble::Failed(error.into())
}
