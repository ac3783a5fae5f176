//! The canonical numbers of a world's requests and generations.

use std::collections::BTreeMap;

use digital_key_domain::{Generation, Numbering, RequestId, Vin};

/// New numbers for a world: requests in the order of the world's lists, generations by rank.
#[derive(Default)]
pub(crate) struct Canonical {
    ids: Vec<RequestId>,
    generations: BTreeMap<Vin, Vec<Generation>>,
}

impl Canonical {
    /// Gives the next number to a request, unless it has one.
    pub(crate) fn meet_id(&mut self, id: RequestId) {
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }

    pub(crate) fn meet_generations(&mut self, vin: Vin, met: impl IntoIterator<Item = Generation>) {
        // The generation of a vehicle that was never asked for a password is the lowest.
        let known = self.generations.entry(vin).or_insert_with(|| vec![Generation::default()]);
        known.extend(met);
        known.sort_unstable();
        known.dedup();
    }

    pub(crate) fn last(&self) -> RequestId {
        number(self.ids.len())
    }
}

impl Numbering for Canonical {
    fn id(&self, old: RequestId) -> RequestId {
        // A request that nobody can answer any more has the number 0.
        number(self.ids.iter().position(|id| *id == old).map_or(0, |at| at + 1))
    }

    fn generation(&self, vin: Vin, old: Generation) -> Generation {
        let rank = self.generations.get(&vin).and_then(|known| known.binary_search(&old).ok());
        Generation::new(rank.map_or(old.get(), |rank| rank as u64))
    }
}

fn number(at: usize) -> RequestId {
    RequestId::from_number(at as u64)
}
