//! Judges what a cache says whose files were damaged, or could not be read for a while.
//!
//! # What is silently wrong
//! Each of these, whether a loss was reported before it or not:
//! - a count lower than the acknowledged one of its generation, in a record or in a grant;
//! - a password that is given out with a count that was given out before, or more than three
//!   times in one generation, over all lives;
//! - digits that are not those of the granted generation;
//! - a record that the vehicle never had: its password and its generation aside, it must be one
//!   from its history; the generation must be that one's, or the newest;
//! - an answer that does not belong to the call, a panic, an end by a signal, a hang;
//! - a cache that stays unusable: a loss is told, and then a new password is stored and given out
//!   three times (GEN-7).
//!
//! And this one, unless a loss was reported before it:
//! - a generation that was stored before is taken for a new one, so that its uses would begin again
//!   (ERR-4).
//!
//! # What is not
//! - A loss that is reported ([`Failure::Lost`]); what was reported may be gone.
//! - A use that is counted too much, and a password that is used up or gone.
//! - An older record of the vehicle, or none at all: the next answers of the backend and the wallet
//!   heal it. Such cases are counted for themselves.

use std::path::Path;

use digital_key_domain::{Generation, PasswordUse, UsageCounter, VehicleRecord};

use crate::app::{Answer, Failure};
use crate::model::{Model, Vehicle};
use crate::plan::{Call, Script, password};
use crate::process::Process;

/// What was seen of a case; the last that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// Everything was there.
    Whole,
    /// Uses were counted too much, or a password was gone.
    UsedUp,
    /// A record was one from earlier on.
    Older,
    /// A record was empty, and no loss was told.
    Gone,
    /// A call was refused: the system let it not.
    Refused,
    /// A loss was told.
    Reported,
}

pub(crate) struct Judge {
    vehicles: Vec<Judged>,
    pub(crate) seen: Seen,
}

struct Judged {
    number: u16,
    /// Its history, and the counts that were given out; what was before the damage included.
    past: Vehicle,
    /// Its record if the damage did nothing.
    expected: VehicleRecord,
    /// The newest generation that was acknowledged.
    newest: u64,
}

impl Judge {
    pub(crate) fn new(model: &Model) -> Self {
        let judged = |((number, record), past): ((u16, &VehicleRecord), &Vehicle)| Judged {
            number,
            past: past.clone(),
            expected: record.clone(),
            newest: past.newest(),
        };
        let vehicles = (0..).zip(model.certain()).zip(&model.vehicles).map(judged).collect();
        Self { vehicles, seen: Seen::Whole }
    }

    /// Lets a child look at everything, below these words of another program if there are any, and
    /// judges every answer that it gets. The newest generations, as the child takes them, are so
    /// much newer than those that were acknowledged.
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

    /// Whether the last password that was stored was given out three times, for each vehicle.
    pub(crate) fn must_work(&self) -> Result<(), String> {
        for Judged { number, past, newest, .. } in &self.vehicles {
            let times = past.granted.get(newest).map_or(0, |counts| counts.len());
            if times != usize::from(UsageCounter::LIMIT) {
                return Err(format!("vehicle {number} got a new password {times} times"));
            }
        }
        Ok(())
    }

    fn judge(&mut self, call: &Call, answer: &Answer) -> Result<(), String> {
        let vehicles = &mut self.vehicles;
        let seen = match (call, answer) {
            (_, Answer::Failed(Failure::Lost)) => Seen::Reported,
            (_, Answer::Failed(Failure::Unavailable)) => {
                if let Call::StorePassword(number, generation) = call {
                    // It may have been stored.
                    vehicles[usize::from(*number)].stored(*generation);
                }
                Seen::Refused
            }
            (Call::Load(number), Answer::Record(text)) => {
                vehicles[usize::from(*number)].recognise(text)?
            }
            (Call::TakeUse(number), Answer::Granted { generation, uses, digits }) => {
                vehicles[usize::from(*number)].granted(*generation, *uses, digits)?;
                Seen::Whole
            }
            (Call::StorePassword(number, generation), Answer::Stored) => {
                let vehicle = &mut vehicles[usize::from(*number)];
                if *generation <= vehicle.newest {
                    if self.seen != Seen::Reported {
                        return Err("a generation that was stored before was stored anew".into());
                    }
                    // What was told to be lost begins again.
                    vehicle.past.granted.remove(generation);
                }
                vehicle.newest = vehicle.newest.max(*generation);
                vehicle.stored(*generation);
                vehicle.expected = after_storing(&vehicle.expected, *generation);
                Seen::Whole
            }
            (Call::Reopen, Answer::Done)
            // Whether a use is missing shows in the record.
            | (Call::TakeUse(_), Answer::NoPassword | Answer::Exhausted)
            | (Call::StorePassword(..), Answer::Outdated) => Seen::Whole,
            _ => return Err("this is no answer to it".into()),
        };
        self.seen = self.seen.max(seen);
        Ok(())
    }
}

impl Judged {
    fn granted(&mut self, generation: u64, uses: u8, digits: &str) -> Result<(), String> {
        if password(self.number, generation).expose() != digits {
            return Err("these are not its digits".into());
        }
        let counted =
            PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) };
        self.expected.note_use(counted);
        self.past.grant(generation, uses)
    }

    /// Whatever its record is, it may now have this generation.
    fn stored(&mut self, generation: u64) {
        let before = self.past.history.clone();
        self.past.history.extend(before.iter().map(|record| after_storing(record, generation)));
    }

    /// Which record this is: the expected one, that with a use too much or without its password,
    /// or one from the history.
    fn recognise(&self, text: &str) -> Result<Seen, String> {
        let shows = |record: &VehicleRecord| format!("{record:?}") == text;
        if shows(&self.expected) {
            return Ok(Seen::Whole);
        }
        let may_show = |record: &VehicleRecord| self.forms(record).iter().any(shows);
        if may_show(&self.expected) {
            return Ok(Seen::UsedUp);
        }
        if may_show(&VehicleRecord::default()) {
            return Ok(Seen::Gone);
        }
        if self.past.history.iter().any(may_show) {
            return Ok(Seen::Older);
        }
        Err("the vehicle never had this record, or with a higher count".into())
    }

    /// A record with every use of its password that is not lower than what was given out, and
    /// without its password; each with its generation, and with the newest.
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
