//! What may be in the cache, after every answer of its calls and every missing one.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use digital_key_domain::{Generation, PasswordUse, UsageCounter, VehicleRecord};

use crate::app::{Answer, Failure};
use crate::plan::{Call, VEHICLES, password};

/// The vehicles, by number. A call that was answered leaves one record that a vehicle can have; a
/// call that failed or was never answered leaves both, before and after it, and a use that was not
/// granted may leave the password used up.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) vehicles: Vec<Vehicle>,
    /// How many uses were granted.
    pub(crate) granted: usize,
}

#[derive(Clone)]
pub(crate) struct Vehicle {
    possible: Vec<VehicleRecord>,
    /// All that were ever possible, in the order in which they came.
    pub(crate) history: Vec<VehicleRecord>,
    /// The counts that were given out of each generation, over all lives.
    pub(crate) granted: BTreeMap<u64, BTreeSet<u8>>,
}

impl Model {
    pub(crate) fn new() -> Self {
        let vehicle = || Vehicle {
            possible: vec![VehicleRecord::default()],
            history: vec![VehicleRecord::default()],
            granted: BTreeMap::new(),
        };
        Self { vehicles: (0..VEHICLES).map(|_| vehicle()).collect(), granted: 0 }
    }

    /// Takes an answer in, or says what is wrong with it.
    pub(crate) fn answered(&mut self, call: &Call, answer: &Answer) -> Result<(), String> {
        match (call, answer) {
            (_, Answer::Failed(Failure::Unavailable)) => self.unanswered(call),
            (Call::Suspend | Call::Reopen, Answer::Done) => {}
            (Call::EraseAll | Call::EraseSuspended, Answer::Done) => {
                for vehicle in &mut self.vehicles {
                    vehicle.step(|_| true, |_| VehicleRecord::default())?;
                }
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
                // It can have had uses only if everything was erased since.
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

    /// Takes in that a call may have been carried out, or not.
    pub(crate) fn unanswered(&mut self, call: &Call) {
        match call {
            Call::Load(_) | Call::Suspend | Call::Reopen => {}
            Call::EraseAll | Call::EraseSuspended => {
                for vehicle in &mut self.vehicles {
                    vehicle.may_be(|_| VehicleRecord::default());
                }
            }
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
                // In doubt it is used up.
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

    /// The only record that each vehicle can have; only after answered calls.
    pub(crate) fn certain(&self) -> Vec<&VehicleRecord> {
        let one = |vehicle: &Vehicle| vehicle.possible.len() == 1;
        assert!(self.vehicles.iter().all(one), "some vehicle may have one of several records");
        self.vehicles.iter().map(|vehicle| &vehicle.possible[0]).collect()
    }

    fn vehicle(&mut self, number: u16) -> &mut Vehicle {
        &mut self.vehicles[usize::from(number)]
    }
}

impl Vehicle {
    /// Keeps the records that agree with an answer, and changes them as it says.
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
            return Err(format!("it does not agree with any of {before:#?}"));
        }
        Ok(())
    }

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

    /// The newest generation that was ever stored.
    pub(crate) fn newest(&self) -> u64 {
        self.history.iter().map(|record| record.generation.get()).max().unwrap_or(0)
    }

    /// Takes in a grant: every count once, and no more than there are.
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
