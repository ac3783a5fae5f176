//! A visitor of the numbers in the machine, for an exploration: two states that differ only in
//! numbers are the same state once both are canonical.

use super::machine::Flow;
use super::pairing::Phase;
use super::protocol::{Effect, Question, Request, RequestId};
use super::vehicle::{Loading, Vehicle};
use crate::{Generation, RecordChange, VehicleRecord, Vin};

/// A number in the machine or in an effect.
#[derive(Debug)]
pub enum Number<'a> {
    /// The number of a request.
    Request(&'a mut RequestId),
    /// The number of a password fetch for this vehicle.
    Generation(Vin, &'a mut Generation),
}

impl Flow {
    /// Visits every number that the machine remembers; the first one is that of the newest request.
    pub fn visit_numbers(&mut self, visit: &mut impl FnMut(Number<'_>)) {
        visit(Number::Request(&mut self.last_id));
        for vehicle in self.vehicles.iter_mut() {
            vehicle.visit_numbers(visit);
        }
        if let Some(attempt) = &mut self.attempt {
            visit(Number::Request(&mut attempt.id));
            if let Phase::SheetUp { generation, .. } = &mut attempt.phase {
                visit(Number::Generation(attempt.vin, generation));
            }
        }
        for sheet in self.ended_sheets.iter_mut() {
            sheet.open.iter_mut().for_each(|id| visit(Number::Request(id)));
            visit(Number::Generation(sheet.vin, &mut sheet.generation));
        }
    }

    /// Returns what the machine remembers of a vehicle; `None` = it was never read.
    #[must_use]
    pub fn record(&self, vin: Vin) -> Option<&VehicleRecord> {
        let vehicle = self.vehicles.get(vin)?;
        (vehicle.loading == Loading::Done).then_some(&vehicle.record)
    }
}

impl Vehicle {
    fn visit_numbers(&mut self, visit: &mut impl FnMut(Number<'_>)) {
        self.record.visit_numbers(self.vin, visit);
        visit(Number::Generation(self.vin, &mut self.newest_fetch));
        if let Loading::Asked(id) = &mut self.loading {
            visit(Number::Request(id));
        }
        let ids = self.support.iter_mut().chain(&mut self.can_create_key).chain(&mut self.take);
        let ids = ids.chain(&mut self.abandoned_takes).chain(&mut self.opening_wallet);
        ids.for_each(|id| visit(Number::Request(id)));
        if let Some(open) = &mut self.status {
            visit(Number::Request(&mut open.id));
        }
        if let Some(open) = &mut self.key_check {
            visit(Number::Request(&mut open.id));
        }
        if let Some(open) = &mut self.password {
            visit(Number::Request(&mut open.id));
            visit(Number::Generation(self.vin, &mut open.generation));
        }
    }
}

impl VehicleRecord {
    /// Visits the generations of a vehicle's record.
    pub fn visit_numbers(&mut self, vin: Vin, visit: &mut impl FnMut(Number<'_>)) {
        visit(Number::Generation(vin, &mut self.generation));
        if let Some(password) = &mut self.password {
            visit(Number::Generation(vin, &mut password.generation));
        }
    }
}

impl Effect {
    /// Visits the numbers of an effect.
    pub fn visit_numbers(&mut self, visit: &mut impl FnMut(Number<'_>)) {
        match self {
            Self::Request(Request { id, vin, question }) => {
                visit(Number::Request(id));
                if let Question::StorePassword(generation) = question {
                    visit(Number::Generation(*vin, generation));
                }
            }
            Self::Store { vin, change: RecordChange::Paired { used, .. } } => {
                visit(Number::Generation(*vin, used));
            }
            Self::Store { .. }
            | Self::Erase { .. }
            | Self::EraseAll
            | Self::Report(_)
            | Self::Diagnose(_) => {}
        }
    }
}
