//! The store of one phone: a volatile image that the running app sees, and a durable one that is
//! left when it is killed.
//!
//! The store answers damage as the contract of the port allows. How files are damaged, and how an
//! adapter notices it, is tested with the adapter. Damage that costs acknowledged facts is answered
//! once with `Lost`, and the newest generation may still be known. Doubt about a counter makes the
//! password used up. A missing key makes the passwords absent. A count that is lower than it was is
//! never allowed.

use std::collections::VecDeque;

use digital_key_domain::{PasswordUse, RecordChange, UsageCounter, VehicleRecord};
use digital_key_ports::{CacheError, CacheErrorKind, CacheOperation, PairingPassword};

use crate::action::{Damage, StoreFault};
use crate::backend::VEHICLES;

/// A flaw of the store, for planted faults.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StoreFlaw {
    /// It has none.
    #[default]
    Sound,
    /// A use is granted before its count is flushed.
    GrantsBeforeFlush,
    /// What was stored is not flushed.
    ForgetsFlush,
    /// A password is stored although its generation is not newer.
    TakesOldGenerations,
    /// What was stored for another account is not erased.
    KeepsOtherAccounts,
}

/// What is stored about one vehicle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) record: VehicleRecord,
    /// Present exactly if `record.password` is.
    pub(crate) secret: Option<PairingPassword>,
}

impl Entry {
    /// Loses everything but the newest generation (ERR-4).
    fn lose(&mut self) {
        *self = Self { record: only_generation(&self.record), secret: None };
    }

    /// Applies a change; none of them brings a password.
    pub(crate) fn apply(&mut self, change: &RecordChange) {
        self.record.apply(change);
        if self.record.password.is_none() {
            self.secret = None;
        }
    }
}

/// Returns what is left of a lost record whose newest generation is still known (ERR-4).
pub(crate) fn only_generation(record: &VehicleRecord) -> VehicleRecord {
    VehicleRecord { generation: record.generation, ..VehicleRecord::default() }
}

type Image = [Entry; VEHICLES];

#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) flaw: StoreFlaw,
    pub(crate) volatile: Image,
    pub(crate) durable: Image,
    openings: u64,
    /// The instance that holds the store.
    pub(crate) holder: Option<u64>,
    store_is_lost: bool,
    lost_records: [bool; VEHICLES],
    /// An erasure was requested and has not succeeded: the next opening erases.
    pub(crate) must_erase: bool,
    /// Vehicles whose erasure was begun and has not succeeded: the next opening erases them.
    pub(crate) must_forget: [bool; VEHICLES],
    /// The account that the store was opened for; none after a sign-out.
    owner: Option<u8>,
    pub(crate) is_full: bool,
    pub(crate) is_locked: bool,
    pub(crate) faults: VecDeque<StoreFault>,
}

impl Disk {
    pub(crate) fn new(flaw: StoreFlaw) -> Self {
        Self { flaw, ..Self::default() }
    }

    /// Opens the store for an account and returns the number of the instance. `None` = for the account
    /// that it belongs to.
    pub(crate) fn open(&mut self, account: Option<u8>) -> Result<u64, CacheError> {
        let operation = CacheOperation::Open;
        if std::mem::take(&mut self.is_locked) {
            return Err(CacheError::new(operation, CacheErrorKind::Busy));
        }
        self.openings += 1;
        self.acquire(self.openings, operation)?;
        if account.is_some() && self.owner != account {
            if self.flaw != StoreFlaw::KeepsOtherAccounts {
                self.durable = Image::default();
            }
            self.owner = account;
        }
        self.discard_unflushed();
        Ok(self.openings)
    }

    pub(crate) fn acquire(
        &mut self,
        instance: u64,
        operation: CacheOperation,
    ) -> Result<(), CacheError> {
        if self.holder.is_some_and(|holder| holder != instance) {
            return Err(CacheError::new(operation, CacheErrorKind::Busy));
        }
        self.holder = Some(instance);
        if std::mem::take(&mut self.must_erase) {
            self.durable = Image::default();
            self.owner = None;
            self.discard_unflushed();
        }
        for (vehicle, must_forget) in self.must_forget.iter_mut().enumerate() {
            if std::mem::take(must_forget) {
                self.durable[vehicle] = Entry::default();
                self.volatile[vehicle] = Entry::default();
            }
        }
        Ok(())
    }

    pub(crate) fn release(&mut self, instance: u64) {
        self.holder.take_if(|holder| *holder == instance);
    }

    /// Begins a call. Returns its fault, unless it fails at once.
    pub(crate) fn begin(
        &mut self,
        instance: u64,
        operation: CacheOperation,
        vehicle: Option<usize>,
    ) -> Result<Option<StoreFault>, CacheError> {
        let erases = matches!(operation, CacheOperation::Erase | CacheOperation::EraseAll);
        match self.holder {
            Some(holder) if holder == instance => {}
            // A suspended store can be erased, unless another instance holds it.
            None if erases => {}
            Some(_) if erases => {
                return Err(CacheError::new(operation, CacheErrorKind::Busy));
            }
            _ => return Err(CacheError::new(operation, CacheErrorKind::Suspended)),
        }
        let record_is_lost =
            vehicle.is_some_and(|vehicle| std::mem::take(&mut self.lost_records[vehicle]));
        if std::mem::take(&mut self.store_is_lost) || record_is_lost {
            return Err(CacheError::new(operation, CacheErrorKind::Lost));
        }
        if self.is_full && operation != CacheOperation::Load {
            return Err(CacheError::new(operation, CacheErrorKind::Unavailable)
                .with_source("the disk is full"));
        }
        Ok(self.faults.pop_front())
    }

    /// Everything is erased: the store belongs to no account.
    pub(crate) fn erased(&mut self) {
        self.must_erase = false;
        self.must_forget = [false; VEHICLES];
        self.owner = None;
    }

    pub(crate) fn flush(&mut self) {
        self.durable.clone_from(&self.volatile);
    }

    /// Forgets what was written and not flushed.
    pub(crate) fn discard_unflushed(&mut self) {
        self.volatile.clone_from(&self.durable);
    }

    /// The app was killed: the store is released, and what was not flushed is gone, or not.
    pub(crate) fn crash(&mut self, unflushed_survives: bool) {
        self.holder = None;
        match unflushed_survives {
            true => self.flush(),
            false => self.discard_unflushed(),
        }
    }

    /// Returns `true` if a record is lost and no call has reported it yet.
    pub(crate) fn is_lost(&self, vehicle: usize) -> bool {
        self.store_is_lost || self.lost_records[vehicle]
    }

    /// Damages the files. Returns the changes of the records that are not lost.
    pub(crate) fn damage(&mut self, damage: Damage) -> [Option<Change>; VEHICLES] {
        let mut changes = [None; VEHICLES];
        match damage {
            Damage::TornWrite => {
                self.durable = Image::default();
                self.store_is_lost = true;
            }
            Damage::Rollback => {
                self.durable.iter_mut().for_each(Entry::lose);
                self.store_is_lost = true;
            }
            Damage::CorruptRecord { vehicle } => {
                self.durable[vehicle].lose();
                self.lost_records[vehicle] = true;
            }
            Damage::CounterInDoubt { vehicle } => changes[vehicle] = Some(Change::UsedUp),
            Damage::KeyMissing => changes = [Some(Change::NoPassword); VEHICLES],
        }
        for (entry, change) in self.durable.iter_mut().zip(changes) {
            if let Some(change) = change {
                change.apply(&mut entry.record);
                entry.secret.take_if(|_| entry.record.password.is_none());
            }
        }
        self.discard_unflushed();
        changes
    }
}

/// The change of a record that is damaged and not lost: it can only count too much.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    UsedUp,
    NoPassword,
}

impl Change {
    pub(crate) fn apply(self, record: &mut VehicleRecord) {
        match (self, record.password) {
            (Self::NoPassword, _) => record.password = None,
            (Self::UsedUp, Some(PasswordUse { generation, uses })) => {
                let uses = uses.max(UsageCounter::EXHAUSTED);
                record.password = Some(PasswordUse { generation, uses });
            }
            (Self::UsedUp, None) => {}
        }
    }
}
