//! What the store has promised: it watches each call of the `Cache` port from outside
//! (invariants 1 to 4).
//!
//! For each vehicle it keeps the records that are possible: exactly one if all calls were
//! acknowledged, more after calls that were cut off or failed, since those may have been performed
//! or not. It counts uses on its own, since it judges those who count.

use digital_key_domain::{
    DigitalKeyId, Generation, PasswordUse, RecordChange, UsageCounter, VehicleRecord,
};
use digital_key_ports::{PairingPassword, StoredPassword, Take};

use crate::backend::VEHICLES;
use crate::disk::{Change, Entry, only_generation};
use crate::invariant::{Invariant, Violation};

/// The number of uses that one password has (ERR-3).
const USES: u8 = 3;

/// The ledger of one phone's store.
#[derive(Debug)]
pub(crate) struct Ledger {
    vehicles: [VehicleLedger; VEHICLES],
    grants: Vec<Grant>,
    /// The app has signed out, and the store has not acknowledged that it is erased (GEN-5).
    pub(crate) owes_erasure: bool,
    /// The account that the store was opened for last; none after a sign-out.
    owner: Option<u8>,
    /// Keys of which the store has acknowledged that they are not on this phone.
    pub(crate) denied: Vec<DigitalKeyId>,
}

#[derive(Debug)]
struct VehicleLedger {
    /// The records that are possible.
    possible: Vec<VehicleRecord>,
    /// The highest durable count of each generation.
    counts: Vec<PasswordUse>,
    newest: Generation,
    /// The vehicle left the account, and the store has not acknowledged that it is erased (GEN-9).
    owes_erasure: bool,
    /// What was erased, and the invariant that keeps it from coming back.
    gone: Vec<(Invariant, VehicleRecord)>,
}

impl Default for VehicleLedger {
    fn default() -> Self {
        Self {
            possible: vec![VehicleRecord::default()],
            counts: Vec::new(),
            newest: Generation::default(),
            owes_erasure: false,
            gone: Vec::new(),
        }
    }
}

impl VehicleLedger {
    /// Every record is gone, and must not come back.
    fn erased(&mut self, invariant: Invariant) {
        let has_facts = |record: &VehicleRecord| *record != only_generation(record);
        let gone = self.possible.drain(..).filter(has_facts).map(|record| (invariant, record));
        self.gone.extend(gone);
        *self = Self { gone: std::mem::take(&mut self.gone), ..Self::default() };
    }

    /// Adds records that are possible from now on.
    fn widen(&mut self, records: impl IntoIterator<Item = VehicleRecord>) {
        for record in records {
            if !self.possible.contains(&record) {
                self.possible.push(record);
            }
        }
    }
}

/// A use that was granted.
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
    /// Returns what the call makes of a record.
    fn done(&self, record: &VehicleRecord) -> VehicleRecord {
        let mut record = record.clone();
        match self {
            Self::Change(change) => record.apply(change),
            // ERR-4: an older generation replaces nothing.
            Self::StorePassword(generation) if *generation > record.generation => {
                record.generation = *generation;
                let uses = UsageCounter::new(0);
                record.password = Some(PasswordUse { generation: *generation, uses });
            }
            Self::StorePassword(_) => {}
            Self::TakeUse => record.password = next_use(&record).or(record.password),
        }
        record
    }
}

/// Returns the next use of the cached password, if one is left.
fn next_use(record: &VehicleRecord) -> Option<PasswordUse> {
    let PasswordUse { generation, uses } = record.password?;
    let uses = uses.get();
    (uses < USES).then(|| PasswordUse { generation, uses: UsageCounter::new(uses + 1) })
}

/// A call that has begun, with the records that were possible before it.
#[must_use]
pub(crate) struct PendingCall {
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
            owner: None,
            denied: Vec::new(),
        }
    }

    /// A call begins: from now on it may have been performed.
    pub(crate) fn begin(&mut self, vehicle: usize, call: Call) -> PendingCall {
        if let Call::Change(
            RecordChange::Presence { key, on_this_phone: true } | RecordChange::Paired { key, .. },
        ) = &call
        {
            self.denied.retain(|denied| denied != key);
        }
        let known = &mut self.vehicles[vehicle];
        let before = known.possible.clone();
        known.widen(before.iter().map(|record| call.done(record)));
        PendingCall { vehicle, before, call }
    }

    /// The call was acknowledged: it has been performed.
    pub(crate) fn acknowledged(&mut self, pending: PendingCall) {
        let PendingCall { vehicle, before, call } = pending;
        if let Call::Change(RecordChange::Presence { key, on_this_phone: false }) = &call {
            self.denied.push(key.clone());
        }
        let known = &mut self.vehicles[vehicle];
        known.possible.clear();
        known.widen(before.iter().map(|record| call.done(record)));
    }

    /// A password was stored, or was outdated.
    pub(crate) fn stored_password(
        &mut self,
        mut pending: PendingCall,
        generation: Generation,
        answer: StoredPassword,
    ) -> Result<(), Violation> {
        pending.before.retain(|record| match answer {
            StoredPassword::Stored => record.generation < generation,
            StoredPassword::Outdated { newest } => {
                record.generation == newest && generation <= newest
            }
        });
        if pending.before.is_empty() {
            return Err(Invariant::CountNeverFalls.violated(format!(
                "{answer:?} is no answer to generation {} here",
                generation.get()
            )));
        }
        self.acknowledged(pending);
        Ok(())
    }

    /// A take was answered: a use that was granted is durably counted (invariants 1 and 2).
    pub(crate) fn took(
        &mut self,
        mut pending: PendingCall,
        answer: &Take,
        durable: &Entry,
    ) -> Result<(), Violation> {
        let vehicle = pending.vehicle;
        if let Take::Granted { password, counted } = answer {
            self.grant(vehicle, password, *counted)?;
            let is_durable = durable.record.password.is_some_and(|durable| {
                durable.generation == counted.generation && durable.uses >= counted.uses
            });
            if !is_durable {
                return Err(Invariant::GrantIsDurable.violated(format!(
                    "use {} was granted while {:?} was durable",
                    counted.uses.get(),
                    durable.record.password
                )));
            }
        }
        pending.before.retain(|record| match answer {
            Take::Granted { counted, .. } => next_use(record) == Some(*counted),
            Take::NoPassword => record.password.is_none(),
            Take::Exhausted => record.password.is_some() && next_use(record).is_none(),
        });
        if pending.before.is_empty() {
            return Err(Invariant::AcknowledgedSurvives.violated(format!(
                "a take was answered with {answer:?}, and the store has acknowledged {:?}",
                self.vehicles[vehicle].possible
            )));
        }
        self.acknowledged(pending);
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
        if self.grants.contains(&grant) || same_password.count() >= usize::from(USES) {
            return Err(Invariant::ThreeGrants.violated(format!(
                "use {} of generation {} was granted again",
                counted.uses.get(),
                counted.generation.get()
            )));
        }
        self.grants.push(grant);
        Ok(())
    }

    /// A record was read: it must be a possible one (invariant 4).
    pub(crate) fn loaded(&self, vehicle: usize, record: &VehicleRecord) -> Result<(), Violation> {
        let VehicleLedger { possible, gone, .. } = &self.vehicles[vehicle];
        if possible.contains(record) {
            return Ok(());
        }
        if let Some((invariant, _)) = gone.iter().find(|(_, gone)| gone == record) {
            return Err(invariant.violated(format!("the store holds {record:?} again")));
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

    /// The store was damaged in a way that it need not report.
    pub(crate) fn damaged(&mut self, vehicle: usize, change: Change) {
        let known = &mut self.vehicles[vehicle];
        known.possible.iter_mut().for_each(|record| change.apply(record));
    }

    /// The store reports that it was lost: the record of this vehicle is lost, others may be.
    pub(crate) fn lost(&mut self, vehicle: Option<usize>) {
        for (number, known) in self.vehicles.iter_mut().enumerate() {
            known.may_be_empty(Some(number) == vehicle);
        }
        self.denied.clear();
    }

    /// Erasing begins: from now on every record may be gone.
    pub(crate) fn erasing(&mut self) {
        self.owes_erasure = true;
        self.lost(None);
    }

    /// Erasing was acknowledged: every record is gone (GEN-5).
    pub(crate) fn erased(&mut self) {
        self.owes_erasure = false;
        self.owner = None;
        self.vehicles.iter_mut().for_each(|known| known.erased(Invariant::SignedOutIsGone));
    }

    /// The app opened the store for an account: after a sign-out, or for another account, every record is
    /// gone (GEN-5). Returns `true` if they are.
    pub(crate) fn opened_for(&mut self, account: u8) -> bool {
        let is_gone = self.owes_erasure || self.owner != Some(account);
        if is_gone {
            self.erased();
            self.denied.clear();
        }
        // The app that began to erase a vehicle has ended.
        self.vehicles.iter_mut().for_each(|known| known.owes_erasure = false);
        self.owner = Some(account);
        is_gone
    }

    /// The erasing of a vehicle begins: from now on its record may be gone.
    pub(crate) fn forgetting(&mut self, vehicle: usize) {
        let known = &mut self.vehicles[vehicle];
        known.may_be_empty(false);
        known.owes_erasure = true;
    }

    /// The erasing of a vehicle was acknowledged: its record is gone (GEN-9).
    pub(crate) fn forgotten(&mut self, vehicle: usize) {
        self.vehicles[vehicle].erased(Invariant::ForgottenIsGone);
    }

    /// Returns `true` if the vehicle was forgotten, and the store has not acknowledged that.
    pub(crate) fn owes_erasure_of(&self, vehicle: usize) -> bool {
        self.vehicles[vehicle].owes_erasure
    }

    /// Checks that the durable count has not fallen (invariant 3).
    pub(crate) fn count(&mut self, vehicle: usize, durable: &Entry) -> Result<(), Violation> {
        let known = &mut self.vehicles[vehicle];
        let VehicleRecord { password, generation, .. } = &durable.record;
        let fallen = |what: String| Err(Invariant::CountNeverFalls.violated(what));
        if *generation < known.newest {
            return fallen(format!("from generation {:?} to {generation:?}", known.newest));
        }
        known.newest = *generation;
        let Some(password) = password else { return Ok(()) };
        match known.counts.iter_mut().find(|count| count.generation == password.generation) {
            Some(count) if count.uses > password.uses => {
                fallen(format!("from {count:?} to {password:?}"))
            }
            Some(count) => {
                count.uses = password.uses;
                Ok(())
            }
            None => {
                known.counts.push(*password);
                Ok(())
            }
        }
    }
}

impl VehicleLedger {
    /// The record is gone, or may be, and with it the counts. Its newest generation may still be known
    /// (ERR-4).
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
