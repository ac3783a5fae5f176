//! The records that may be in the cache, after each answer and each missing answer.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use digital_key_domain::{Generation, PasswordUse, UsageCounter, VehicleRecord};
use digital_key_ports::CacheErrorKind;

use crate::app::Answer;
use crate::plan::{Call, VEHICLES, password};

/// The possible records of all vehicles.
///
/// After an answered call a vehicle has the record that follows from it. After a call that failed
/// or was never answered, the records before and after it are both possible; after a use that was
/// not granted, the password may be used up, too.
#[derive(Clone)]
pub(crate) struct Model {
    /// The vehicles, by number.
    pub(crate) vehicles: Vec<Vehicle>,
    /// The number of uses that were granted.
    pub(crate) granted: usize,
    /// The account that the app opens the cache for.
    pub(crate) account: Option<u8>,
    /// The accounts that the cache may belong to.
    owners: Vec<Option<u8>>,
}

#[derive(Clone)]
pub(crate) struct Vehicle {
    possible: Vec<VehicleRecord>,
    /// All records that were ever possible, from the oldest to the newest.
    pub(crate) history: Vec<VehicleRecord>,
    /// The counts that were given out for each generation, over all lives.
    pub(crate) granted: BTreeMap<u64, BTreeSet<u8>>,
}

impl Model {
    pub(crate) fn new() -> Self {
        let vehicle = || Vehicle {
            possible: vec![VehicleRecord::default()],
            history: vec![VehicleRecord::default()],
            granted: BTreeMap::new(),
        };
        let vehicles = (0..VEHICLES).map(|_| vehicle()).collect();
        Self { vehicles, granted: 0, account: None, owners: vec![None] }
    }

    /// Applies an answer. Returns what is wrong with an answer that agrees with no possible record.
    pub(crate) fn answered(&mut self, call: &Call, answer: &Answer) -> Result<(), String> {
        if *answer == Answer::Error(CacheErrorKind::Unavailable) {
            self.unanswered(call);
            return Ok(());
        }
        if let Call::OpenFor(account) = call {
            self.account = Some(*account);
        }
        // The call was answered, so the cache is open, and for this account.
        self.open()?;
        match (call, answer) {
            (Call::Suspend | Call::Reopen | Call::OpenFor(_), Answer::Done) => {}
            (Call::EraseAll | Call::EraseSuspended, Answer::Done) => {
                (self.account, self.owners) = (None, vec![None]);
                self.erase()?;
            }
            (Call::Erase(vehicle), Answer::Done) => {
                self.vehicle(*vehicle).step(|_| true, |_| VehicleRecord::default())?;
            }
            (Call::Store(vehicle, change), Answer::Done) => {
                self.vehicle(*vehicle)
                    .step(|_| true, |old| changed(old, |record| record.apply(change)))?;
            }
            (Call::StorePassword(vehicle, generation), Answer::Stored) => {
                let generation = Generation::new(*generation);
                let vehicle = self.vehicle(*vehicle);
                vehicle.step(
                    |old| generation > old.generation,
                    |old| changed(old, |record| _ = record.store_password(generation)),
                )?;
                // Earlier grants of this generation are from before an erasure.
                vehicle.granted.remove(&generation.get());
            }
            (Call::StorePassword(vehicle, generation), Answer::Outdated) => {
                let generation = Generation::new(*generation);
                self.vehicle(*vehicle)
                    .step(|old| generation <= old.generation, VehicleRecord::clone)?;
            }
            (Call::TakeUse(number), Answer::Granted { generation, uses, digits }) => {
                if password(*number, *generation).expose() != digits {
                    return Err(format!("{digits} is not the password of {generation}"));
                }
                let use_of = |uses| PasswordUse {
                    generation: Generation::new(*generation),
                    uses: UsageCounter::new(uses),
                };
                let before = uses.checked_sub(1).map(use_of);
                let taken = use_of(*uses);
                let vehicle = self.vehicle(*number);
                vehicle.step(
                    |old| old.password == before,
                    |old| changed(old, |record| record.note_use(taken)),
                )?;
                vehicle.grant(*generation, *uses)?;
                self.granted += 1;
            }
            (Call::TakeUse(vehicle), Answer::NoPassword) => {
                self.vehicle(*vehicle).step(|old| old.password.is_none(), VehicleRecord::clone)?;
            }
            (Call::TakeUse(vehicle), Answer::Exhausted) => {
                self.vehicle(*vehicle).step(
                    |old| old.password.is_some_and(|password| password.uses.is_exhausted()),
                    VehicleRecord::clone,
                )?;
            }
            (Call::Load(vehicle), Answer::Record(text)) => {
                self.vehicle(*vehicle)
                    .step(|record| format!("{record:?}") == *text, VehicleRecord::clone)?;
            }
            (call, answer) => return Err(format!("{call:?} was answered with {answer}")),
        }
        Ok(())
    }

    /// Opens the cache for the account of the app: the records of another account are gone (GEN-5).
    fn open(&mut self) -> Result<(), String> {
        if !self.owners.contains(&self.account) {
            self.erase()?;
        } else if self.owners.len() > 1 {
            self.may_be_erased();
        }
        self.owners = vec![self.account];
        Ok(())
    }

    fn erase(&mut self) -> Result<(), String> {
        self.vehicles
            .iter_mut()
            .try_for_each(|vehicle| vehicle.step(|_| true, |_| VehicleRecord::default()))
    }

    fn may_be_erased(&mut self) {
        for vehicle in &mut self.vehicles {
            vehicle.may_be(|_| VehicleRecord::default());
        }
    }

    /// Applies a call of which it is unknown whether it was carried out.
    pub(crate) fn unanswered(&mut self, call: &Call) {
        match call {
            Call::Load(_) | Call::Suspend | Call::StaySuspended | Call::Reopen => {}
            Call::RequestErasure | Call::EraseAll | Call::EraseSuspended => {
                self.account = None;
                self.owners.push(None);
                self.may_be_erased();
            }
            Call::OpenFor(account) => {
                self.account = Some(*account);
                self.owners.extend([None, self.account]);
                self.may_be_erased();
            }
            Call::Erase(vehicle) => self.vehicle(*vehicle).may_be(|_| VehicleRecord::default()),
            Call::Store(vehicle, change) => {
                self.vehicle(*vehicle).may_be(|old| changed(old, |record| record.apply(change)));
            }
            Call::StorePassword(vehicle, generation) => {
                let generation = Generation::new(*generation);
                self.vehicle(*vehicle)
                    .may_be(|old| changed(old, |record| _ = record.store_password(generation)));
            }
            Call::TakeUse(vehicle) => {
                let vehicle = self.vehicle(*vehicle);
                vehicle.may_be(|old| {
                    changed(old, |record| {
                        record.take_use();
                    })
                });
                // In doubt the cache uses the password up.
                vehicle.may_be(|old| {
                    changed(old, |record| {
                        if let Some(password) = &mut record.password {
                            password.uses = password.uses.max(UsageCounter::EXHAUSTED);
                        }
                    })
                });
            }
        }
    }

    /// Returns the only possible record of each vehicle. Panics if a vehicle has several.
    pub(crate) fn certain(&self) -> Vec<&VehicleRecord> {
        let one = |vehicle: &Vehicle| vehicle.possible.len() == 1;
        assert!(self.vehicles.iter().all(one), "a vehicle has several possible records");
        self.vehicles.iter().map(|vehicle| &vehicle.possible[0]).collect()
    }

    fn vehicle(&mut self, number: u16) -> &mut Vehicle {
        &mut self.vehicles[usize::from(number)]
    }
}

impl Vehicle {
    /// Keeps the records that agree with an answer, and applies its change to them.
    fn step(
        &mut self,
        agrees: impl Fn(&VehicleRecord) -> bool,
        change: impl Fn(&VehicleRecord) -> VehicleRecord,
    ) -> Result<(), String> {
        let before = mem::take(&mut self.possible);
        for record in before.iter().filter(|record| agrees(record)) {
            self.add(change(record));
        }
        if self.possible.is_empty() {
            return Err(format!("the answer agrees with none of {before:#?}"));
        }
        Ok(())
    }

    /// Adds what a change would make of each possible record.
    fn may_be(&mut self, change: impl Fn(&VehicleRecord) -> VehicleRecord) {
        for record in self.possible.clone() {
            self.add(change(&record));
        }
    }

    fn add(&mut self, record: VehicleRecord) {
        if !self.possible.contains(&record) {
            self.possible.push(record.clone());
        }
        if self.history.last() != Some(&record) {
            self.history.push(record);
        }
    }

    /// Returns the newest generation that was ever stored.
    pub(crate) fn newest(&self) -> u64 {
        self.history.iter().map(|record| record.generation.get()).max().unwrap_or(0)
    }

    /// Applies a grant. Returns an error unless its count is higher than each earlier one and
    /// within the budget.
    pub(crate) fn grant(&mut self, generation: u64, uses: u8) -> Result<(), String> {
        let counts = self.granted.entry(generation).or_default();
        let highest = counts.last().copied().unwrap_or(0);
        if uses > UsageCounter::LIMIT {
            return Err(format!("use {uses} of generation {generation} was granted"));
        }
        if uses <= highest {
            return Err(format!(
                "use {uses} of generation {generation} was granted after use {highest}"
            ));
        }
        counts.insert(uses);
        Ok(())
    }
}

fn changed(record: &VehicleRecord, change: impl Fn(&mut VehicleRecord)) -> VehicleRecord {
    let mut record = record.clone();
    change(&mut record);
    record
}
