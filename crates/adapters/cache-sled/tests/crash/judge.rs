//! Judges the answers of a cache after its files were damaged, or while they could not be read.
//!
//! # Wrong answers
//! These are wrong, whether a loss was reported before or not:
//! - a count in a record or a grant that is lower than the acknowledged one of its generation;
//! - a grant with a count that was granted before, or with one above the budget, over all lives;
//! - a grant with the digits of another generation;
//! - a record that the vehicle never had. Apart from its password and generation, it must be a
//!   record of the history; its generation must be that record's or the newest;
//! - an answer that does not fit the call, a panic, an end by a signal, a hang;
//! - a cache that stays unusable: after a reported loss it must store a new password and grant all
//!   its uses (GEN-7).
//!
//! This is wrong unless a loss was reported before:
//! - a generation that was stored before is stored as a new one, so that its uses begin again
//!   (ERR-4).
//!
//! # Accepted answers
//! - A reported loss ([`CacheErrorKind::Lost`]). The lost data may be gone.
//! - A count that is too high, and a password that is used up or gone.
//! - An older record of the vehicle, or an empty one: the next answers of the backend and the
//!   wallet correct it. The figures count such cases separately.

use std::path::Path;

use digital_key_domain::{Generation, PasswordUse, UsageCounter, VehicleRecord};
use digital_key_ports::CacheErrorKind;

use crate::app::Answer;
use crate::model::{Model, Vehicle};
use crate::plan::{Call, Script, password};
use crate::process::Process;

/// The outcome of a case: the last of these that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// No data was lost.
    Whole,
    /// A count was too high, or a password was gone.
    UsedUp,
    /// A record was an older one.
    Older,
    /// A record was empty, and no loss was reported.
    Gone,
    /// A call was refused as `Unavailable`.
    Refused,
    /// A loss was reported.
    Reported,
}

/// Judges the answers of one case.
pub(crate) struct Judge {
    vehicles: Vec<JudgedVehicle>,
    pub(crate) outcome: Outcome,
}

struct JudgedVehicle {
    number: u16,
    /// The history and the granted counts, from before the damage and after it.
    past: Vehicle,
    /// The record if the damage had no effect.
    expected: VehicleRecord,
    /// The newest generation that was acknowledged.
    newest: u64,
}

impl Judge {
    pub(crate) fn new(model: &Model) -> Self {
        let judged = |((number, record), past): ((u16, &VehicleRecord), &Vehicle)| JudgedVehicle {
            number,
            past: past.clone(),
            expected: record.clone(),
            newest: past.newest(),
        };
        let vehicles = (0..).zip(model.certain()).zip(&model.vehicles).map(judged).collect();
        Self { vehicles, outcome: Outcome::Whole }
    }

    /// Runs a child that inspects the cache, and judges each of its answers.
    ///
    /// The child runs below another command if `below` is not empty. It stores generations that are
    /// newer than the acknowledged ones by `newer`.
    pub(crate) fn watch(
        &mut self,
        below: &[String],
        directory: &Path,
        newer: u64,
    ) -> Result<(), String> {
        let script = Script::Inspect([0, 1, 2].map(|number| self.vehicles[number].newest + newer));
        let process = Process::start(below, directory, &script);
        for call in script.calls() {
            let Some(answer) = process.answer() else {
                return Err(format!("the app ended at {call:?}: {:?}", process.end()));
            };
            self.judge(&call, &answer).map_err(|why| format!("{call:?}, {answer}: {why}"))?;
        }
        process.end()
    }

    /// Returns an error unless all uses of the newest password of each vehicle were granted.
    pub(crate) fn must_work(&self) -> Result<(), String> {
        for JudgedVehicle { number, past, newest, .. } in &self.vehicles {
            let times = past.granted.get(newest).map_or(0, |counts| counts.len());
            if times != usize::from(UsageCounter::LIMIT) {
                return Err(format!("vehicle {number} got a new password {times} times"));
            }
        }
        Ok(())
    }

    fn judge(&mut self, call: &Call, answer: &Answer) -> Result<(), String> {
        let vehicles = &mut self.vehicles;
        let outcome = match (call, answer) {
            (_, Answer::Error(CacheErrorKind::Lost)) => Outcome::Reported,
            (_, Answer::Error(CacheErrorKind::Unavailable)) => {
                if let Call::StorePassword(number, generation) = call {
                    // The password may have been stored.
                    vehicles[usize::from(*number)].stored(*generation);
                }
                Outcome::Refused
            }
            (Call::Load(number), Answer::Record(text)) => {
                vehicles[usize::from(*number)].recognise(text)?
            }
            (Call::TakeUse(number), Answer::Granted { generation, uses, digits }) => {
                vehicles[usize::from(*number)].granted(*generation, *uses, digits)?;
                Outcome::Whole
            }
            (Call::StorePassword(number, generation), Answer::Stored) => {
                let vehicle = &mut vehicles[usize::from(*number)];
                if *generation <= vehicle.newest {
                    if self.outcome != Outcome::Reported {
                        return Err("a generation that was stored before was stored anew".into());
                    }
                    // After a reported loss the uses begin again.
                    vehicle.past.granted.remove(generation);
                }
                vehicle.newest = vehicle.newest.max(*generation);
                vehicle.stored(*generation);
                vehicle.expected = after_storing(&vehicle.expected, *generation);
                Outcome::Whole
            }
            (Call::Reopen, Answer::Done)
            // The record shows whether a use is missing.
            | (Call::TakeUse(_), Answer::NoPassword | Answer::Exhausted)
            | (Call::StorePassword(..), Answer::Outdated) => Outcome::Whole,
            _ => return Err("the answer does not fit the call".into()),
        };
        self.outcome = self.outcome.max(outcome);
        Ok(())
    }
}

impl JudgedVehicle {
    fn granted(&mut self, generation: u64, uses: u8, digits: &str) -> Result<(), String> {
        if password(self.number, generation).expose() != digits {
            return Err("these are not the digits of this generation".into());
        }
        let counted =
            PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) };
        self.expected.note_use(counted);
        self.past.grant(generation, uses)
    }

    /// Adds each record of the history with this generation, which may have been stored.
    fn stored(&mut self, generation: u64) {
        let before = self.past.history.clone();
        self.past.history.extend(before.iter().map(|record| after_storing(record, generation)));
    }

    /// Returns which record a text shows: the expected one, the expected one with a higher count or
    /// without its password, or an older one.
    fn recognise(&self, text: &str) -> Result<Outcome, String> {
        let shows = |record: &VehicleRecord| format!("{record:?}") == text;
        if shows(&self.expected) {
            return Ok(Outcome::Whole);
        }
        let may_show = |record: &VehicleRecord| self.forms(record).iter().any(shows);
        if may_show(&self.expected) {
            return Ok(Outcome::UsedUp);
        }
        if may_show(&VehicleRecord::default()) {
            return Ok(Outcome::Gone);
        }
        if self.past.history.iter().any(may_show) {
            return Ok(Outcome::Older);
        }
        Err("the vehicle never had this record, or had it with a higher count".into())
    }

    /// Returns a record without its password and with each count that is not lower than the granted
    /// ones, each with its own generation and with the newest one.
    fn forms(&self, record: &VehicleRecord) -> Vec<VehicleRecord> {
        let mut passwords = vec![None];
        if let Some(password) = record.password {
            let counts = self.past.granted.get(&password.generation.get());
            let lowest = counts.and_then(|counts| counts.last()).copied().unwrap_or(0);
            passwords.extend(
                (lowest..=UsageCounter::LIMIT)
                    .map(|uses| Some(PasswordUse { uses: UsageCounter::new(uses), ..password })),
            );
        }
        let newest = Generation::new(self.newest).max(record.generation);
        passwords
            .into_iter()
            .flat_map(|password| {
                [record.generation, newest].map(|generation| VehicleRecord {
                    password,
                    generation,
                    ..record.clone()
                })
            })
            .collect()
    }
}

fn after_storing(record: &VehicleRecord, generation: u64) -> VehicleRecord {
    let mut record = record.clone();
    record.store_password(Generation::new(generation));
    record
}
