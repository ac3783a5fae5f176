//! What the store has promised: it watches each call of the `Cache` port from outside
//! (invariants 1 to 4).
//!
//! For each vehicle it keeps what the record may be: exactly one when all calls were acknowledged,
//! more while some were cut off or failed, since those may have been done or not.

use digital_key_domain::{DigitalKeyId, Generation, PasswordUse, RecordChange, VehicleRecord};
use digital_key_ports::{PairingPassword, StoredPassword, Take};

use crate::backend::VEHICLES;
use crate::disk::{Change, Entry, only_generation};
use crate::invariant::{Invariant, Violation};

/// The promises of one phone's store.
#[derive(Debug)]
pub(crate) struct Ledger {
    vehicles: [Promises; VEHICLES],
    grants: Vec<Grant>,
    /// The app has signed out, and the store has not acknowledged that it is erased (GEN-5).
    pub(crate) owes_erasure: bool,
    /// Keys of which the store has acknowledged that they are not on this phone.
    pub(crate) denied: Vec<DigitalKeyId>,
}

#[derive(Debug)]
struct Promises {
    /// What the record may be.
    possible: Vec<VehicleRecord>,
    /// The highest durable count of each generation.
    counts: Vec<PasswordUse>,
    newest: Generation,
}

impl Default for Promises {
    fn default() -> Self {
        Self {
            possible: vec![VehicleRecord::default()],
            counts: Vec::new(),
            newest: Generation::default(),
        }
    }
}

impl Promises {
    /// Also these are possible from now on.
    fn widen(&mut self, records: impl IntoIterator<Item = VehicleRecord>) {
        for record in records {
            if !self.possible.contains(&record) {
                self.possible.push(record);
            }
        }
    }
}

/// A use that was given out.
#[derive(Debug, PartialEq, Eq)]
struct Grant {
    vehicle: usize,
    password: Option<usize>,
    counted: PasswordUse,
}

/// A call of the store.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Change(RecordChange),
    StorePassword(Generation),
    TakeUse,
}

impl Call {
    /// What the call makes of a record.
    fn done(&self, record: &VehicleRecord) -> VehicleRecord {
        let mut record = record.clone();
        match self {
            Self::Change(change) => record.apply(change),
            Self::StorePassword(generation) => {
                record.apply(&RecordChange::PasswordStored(*generation));
            }
            Self::TakeUse => {
                if let Some(counted) = next_use(&record) {
                    record.apply(&RecordChange::UseTaken(counted));
                }
            }
        }
        record
    }
}

fn next_use(record: &VehicleRecord) -> Option<PasswordUse> {
    let PasswordUse { generation, uses } = record.password?;
    Some(PasswordUse { generation, uses: uses.next_use()? })
}

/// A call that is under way: what the record may have been before it.
#[must_use]
pub(crate) struct Begun {
    vehicle: usize,
    before: Vec<VehicleRecord>,
    call: Call,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            vehicles: Default::default(),
            grants: Vec::new(),
            owes_erasure: false,
            denied: Vec::new(),
        }
    }

    /// A call begins: from now on it may have been done.
    pub(crate) fn begin(&mut self, vehicle: usize, call: Call) -> Begun {
        if let Call::Change(
            RecordChange::Presence { key, on_this_phone: true } | RecordChange::Paired { key, .. },
        ) = &call
        {
            self.denied.retain(|denied| denied != key);
        }
        let promises = &mut self.vehicles[vehicle];
        let before = promises.possible.clone();
        promises.widen(before.iter().map(|record| call.done(record)));
        Begun { vehicle, before, call }
    }

    /// The call was acknowledged: it has been done.
    pub(crate) fn acknowledged(&mut self, begun: Begun) {
        let Begun { vehicle, before, call } = begun;
        if let Call::Change(RecordChange::Presence { key, on_this_phone: false }) = &call {
            self.denied.push(key.clone());
        }
        let promises = &mut self.vehicles[vehicle];
        promises.possible.clear();
        promises.widen(before.iter().map(|record| call.done(record)));
    }

    /// A password was stored, or was not new.
    pub(crate) fn stored_password(
        &mut self,
        mut begun: Begun,
        generation: Generation,
        answer: StoredPassword,
    ) -> Result<(), Violation> {
        begun.before.retain(|record| match answer {
            StoredPassword::Stored => record.generation < generation,
            StoredPassword::Outdated { newest } => {
                record.generation == newest && generation <= newest
            }
        });
        if begun.before.is_empty() {
            return Err(Invariant::CountNeverFalls.violated(format!(
                "{answer:?} is no answer to generation {} here",
                generation.get()
            )));
        }
        self.acknowledged(begun);
        Ok(())
    }

    /// A take was answered: what was given out is counted, durably (invariants 1 and 2).
    pub(crate) fn took(
        &mut self,
        mut begun: Begun,
        answer: &Take,
        durable: &Entry,
    ) -> Result<(), Violation> {
        let vehicle = begun.vehicle;
        if let Take::Granted { password, counted } = answer {
            self.grant(vehicle, password, *counted)?;
            let is_durable = durable.record.password.is_some_and(|durable| {
                durable.generation == counted.generation && durable.uses >= counted.uses
            });
            if !is_durable {
                return Err(Invariant::GrantIsDurable.violated(format!(
                    "use {} was given out while {:?} was durable",
                    counted.uses.get(),
                    durable.record.password
                )));
            }
        }
        begun.before.retain(|record| match answer {
            Take::Granted { counted, .. } => next_use(record) == Some(*counted),
            Take::NoPassword => record.password.is_none(),
            Take::Exhausted => record.password.is_some_and(|password| password.uses.is_exhausted()),
        });
        if begun.before.is_empty() {
            return Err(Invariant::AcknowledgedSurvives.violated(format!(
                "a take was answered with {answer:?}, and the store has acknowledged {:?}",
                self.vehicles[vehicle].possible
            )));
        }
        self.acknowledged(begun);
        Ok(())
    }

    fn grant(
        &mut self,
        vehicle: usize,
        password: &PairingPassword,
        counted: PasswordUse,
    ) -> Result<(), Violation> {
        let grant = Grant { vehicle, password: crate::backend::number_of(password), counted };
        let same_password = self.grants.iter().filter(|other| other.password == grant.password);
        if self.grants.contains(&grant) || same_password.count() >= 3 {
            return Err(Invariant::ThreeGrants.violated(format!(
                "use {} of generation {} was given out again",
                counted.uses.get(),
                counted.generation.get()
            )));
        }
        self.grants.push(grant);
        Ok(())
    }

    /// A record was read: it is what was acknowledged (invariant 4).
    pub(crate) fn loaded(&self, vehicle: usize, record: &VehicleRecord) -> Result<(), Violation> {
        let possible = &self.vehicles[vehicle].possible;
        if possible.contains(record) {
            return Ok(());
        }
        Err(Invariant::AcknowledgedSurvives
            .violated(format!("the store holds {record:?} and has acknowledged {possible:?}")))
    }

    /// The app starts again on what is durable.
    pub(crate) fn reopened(
        &mut self,
        vehicle: usize,
        record: &VehicleRecord,
    ) -> Result<(), Violation> {
        self.loaded(vehicle, record)?;
        self.vehicles[vehicle].possible = vec![record.clone()];
        Ok(())
    }

    /// The store was damaged in a way that it need not tell.
    pub(crate) fn damaged(&mut self, vehicle: usize, change: Change) {
        let promises = &mut self.vehicles[vehicle];
        promises.possible.iter_mut().for_each(|record| change.apply(record));
    }

    /// The store says that it was lost: the record of this vehicle is, others may be.
    pub(crate) fn lost(&mut self, vehicle: Option<usize>) {
        for (number, promises) in self.vehicles.iter_mut().enumerate() {
            promises.may_be_empty(Some(number) == vehicle);
        }
        self.denied.clear();
    }

    /// Erasing begins: from now on nothing may be there.
    pub(crate) fn erasing(&mut self) {
        self.owes_erasure = true;
        self.lost(None);
    }

    /// Erasing was acknowledged: nothing is there (GEN-5).
    pub(crate) fn erased(&mut self) {
        self.owes_erasure = false;
        self.vehicles = Default::default();
    }

    /// The durable count has not fallen (invariant 3).
    pub(crate) fn count(&mut self, vehicle: usize, durable: &Entry) -> Result<(), Violation> {
        let promises = &mut self.vehicles[vehicle];
        let VehicleRecord { password, generation, .. } = &durable.record;
        let fallen = |what: String| Err(Invariant::CountNeverFalls.violated(what));
        if *generation < promises.newest {
            return fallen(format!("from generation {:?} to {generation:?}", promises.newest));
        }
        promises.newest = *generation;
        let Some(password) = password else { return Ok(()) };
        match promises.counts.iter_mut().find(|count| count.generation == password.generation) {
            Some(count) if count.uses > password.uses => {
                fallen(format!("from {count:?} to {password:?}"))
            }
            Some(count) => {
                count.uses = password.uses;
                Ok(())
            }
            None => {
                promises.counts.push(*password);
                Ok(())
            }
        }
    }
}

impl Promises {
    /// It is gone for sure, or may be, and with it the counts; its newest generation may be known
    /// still (ERR-4).
    fn may_be_empty(&mut self, is_sure: bool) {
        let generations: Vec<_> = self.possible.iter().map(only_generation).collect();
        if is_sure {
            self.possible.clear();
        }
        self.widen(generations);
        self.widen([VehicleRecord::default()]);
        self.counts.clear();
        self.newest = Generation::default();
    }
}
