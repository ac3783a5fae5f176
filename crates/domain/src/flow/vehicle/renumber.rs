//! Gives the numbers that a vehicle remembers new ones.

use super::{Loading, Vehicle};
use crate::Generation;
use crate::flow::{Numbering, RequestId};

impl Vehicle {
    pub(in crate::flow) fn is_loaded(&self) -> bool {
        self.load == Loading::Done
    }

    pub(in crate::flow) fn generations(&self) -> Vec<Generation> {
        let mut all = vec![self.generation, self.record.generation];
        all.extend(self.record.password.map(|password| password.generation));
        all.extend(self.password.map(|open| open.generation));
        all
    }

    pub(in crate::flow) fn renumber(&mut self, numbering: &impl Numbering) {
        let vin = self.vin;
        let id = |id: &mut RequestId| *id = numbering.id(*id);
        let generation = |number: &mut Generation| *number = numbering.generation(vin, *number);
        self.record.renumber(vin, numbering);
        generation(&mut self.generation);
        if let Loading::Asked(asked) = &mut self.load {
            id(asked);
        }
        self.support.iter_mut().for_each(id);
        self.can_create.iter_mut().for_each(id);
        self.takes.iter_mut().for_each(id);
        self.status.iter_mut().for_each(|open| id(&mut open.id));
        self.presence.iter_mut().for_each(|open| id(&mut open.id));
        self.password.iter_mut().for_each(|open| {
            id(&mut open.id);
            generation(&mut open.generation);
        });
    }
}
