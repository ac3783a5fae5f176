//! Makes states equal that differ only in numbers, so that an exploration ends.

use super::{Flow, RequestId};
use crate::{Generation, VehicleRecord, Vin};

/// New numbers for old ones. Equal numbers stay equal; generations of one vehicle keep their order.
pub trait Numbering {
    /// The new number of a request.
    fn id(&self, old: RequestId) -> RequestId;
    /// The new number of a vehicle's generation.
    fn generation(&self, vin: Vin, old: Generation) -> Generation;
}

impl RequestId {
    /// The request with this number.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

impl VehicleRecord {
    /// Gives every generation its new number.
    pub fn renumber(&mut self, vin: Vin, numbering: &impl Numbering) {
        self.generation = numbering.generation(vin, self.generation);
        if let Some(password) = &mut self.password {
            password.generation = numbering.generation(vin, password.generation);
        }
    }
}

impl Flow {
    /// Gives every request and every generation its new number; `last` is the newest request.
    pub fn renumber(&mut self, last: RequestId, numbering: &impl Numbering) {
        self.last_id = last;
        for vehicle in self.vehicles.values_mut() {
            vehicle.renumber(numbering);
        }
        if let Some(attempt) = &mut self.attempt {
            attempt.renumber(numbering);
        }
        self.ended_sheets.retain_mut(|sheet| sheet.renumber(numbering));
    }

    /// The generations of a vehicle that the machine remembers.
    pub fn generations(&self, vin: Vin) -> Vec<Generation> {
        let of_attempt = self.attempt.iter().filter(|attempt| attempt.vin() == vin);
        let of_attempt = of_attempt.filter_map(super::Attempt::generation);
        let ended = self.ended_sheets.iter().filter(|sheet| sheet.vin == vin);
        self.vehicles
            .get(&vin)
            .into_iter()
            .flat_map(|vehicle| vehicle.generations())
            .chain(of_attempt)
            .chain(ended.map(super::EndedSheet::generation))
            .collect()
    }

    /// What the machine remembers of a vehicle; `None` when it was never read.
    #[must_use]
    pub fn record(&self, vin: Vin) -> Option<&VehicleRecord> {
        self.vehicles.get(&vin).filter(|vehicle| vehicle.is_loaded()).map(|vehicle| &vehicle.record)
    }
}
