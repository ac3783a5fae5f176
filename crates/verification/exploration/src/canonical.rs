//! Canonical numbers: two states that differ only in numbers become equal.
//!
//! A request that can still be answered gets a number by its place in the state, any other request
//! the number 0. The generations of a vehicle become their ranks.

use digital_key_domain::{Generation, Number, RequestId, Vin};

use crate::state::State;

/// The numbers that occur in a state.
#[derive(Default)]
struct Numbers {
    /// The requests that can still be answered, in the order of their places.
    requests: Vec<RequestId>,
    /// The generations of each vehicle, sorted.
    generations: Vec<(Vin, Generation)>,
}

impl State {
    /// Gives requests and generations their canonical numbers.
    pub(crate) fn canonicalize(&mut self) {
        let mut numbers = Numbers::default();
        self.visit_surroundings(&mut |number| match number {
            Number::Request(id) => numbers.add_request(*id),
            Number::Generation(vin, generation) => numbers.add_generation(vin, *generation),
        });
        self.flow.visit_numbers(&mut |number| {
            if let Number::Generation(vin, generation) = number {
                numbers.add_generation(vin, *generation);
            }
        });
        numbers.generations.sort_unstable();
        numbers.generations.dedup();

        self.visit_surroundings(&mut |number| numbers.rename(number));
        // The machine's counter of requests is visited first. It stands at the number of requests,
        // so that the next one gets a number of its own.
        let mut counter = Some(number(numbers.requests.len()));
        self.flow.visit_numbers(&mut |number| match (number, counter.take()) {
            (Number::Request(id), Some(last)) => *id = last,
            (number, _) => numbers.rename(number),
        });
    }

    fn visit_surroundings(&mut self, visit: &mut impl FnMut(Number<'_>)) {
        for effect in &mut self.waiting_calls {
            effect.visit_numbers(visit);
        }
        self.open.iter_mut().for_each(|request| visit(Number::Request(&mut request.id)));
        self.sheets.iter_mut().for_each(|sheet| visit(Number::Request(&mut sheet.id)));
        for (vin, record) in &mut self.cache {
            record.visit_numbers(*vin, visit);
        }
    }
}

impl Numbers {
    fn add_request(&mut self, id: RequestId) {
        if id != number(0) && !self.requests.contains(&id) {
            self.requests.push(id);
        }
    }

    fn add_generation(&mut self, vin: Vin, generation: Generation) {
        // 0 is the generation of a vehicle that never asked for a password; it stays 0.
        self.generations.extend([(vin, Generation::default()), (vin, generation)]);
    }

    fn rename(&self, old: Number<'_>) {
        match old {
            Number::Request(id) => {
                *id = number(self.requests.iter().position(|it| it == id).map_or(0, |at| at + 1));
            }
            Number::Generation(vin, generation) => {
                let older = |(of, it): &&(Vin, Generation)| *of == vin && *it < *generation;
                *generation = Generation::new(self.generations.iter().filter(older).count() as u64);
            }
        }
    }
}

fn number(at: usize) -> RequestId {
    RequestId::new(at as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;
    use crate::state_space::StateSpace;
    use crate::{Bounds, RealRules};
    use digital_key_domain::{Effect, Intent};

    fn selected(bounds: &Bounds, order: [usize; 2]) -> State {
        let space = StateSpace { bounds, rules: &RealRules };
        let mut state = space.first();
        for vehicle in order {
            let select = Action::Intent(Intent::SelectVehicle(bounds.vehicles[vehicle]));
            space.apply(&select, &mut state).unwrap();
            state.canonicalize();
        }
        state
    }

    fn ids(state: &State) -> Vec<RequestId> {
        let mut ids = Vec::new();
        for effect in &state.waiting_calls {
            if let Effect::Request(request) = effect {
                ids.push(request.id);
            }
        }
        ids
    }

    #[test]
    fn a_request_after_the_renaming_has_a_number_of_its_own() {
        let bounds = Bounds { waiting_calls: 2, ..Bounds::two_vehicles() };
        assert_eq!(ids(&selected(&bounds, [0, 1])), [number(1), number(2)]);
    }

    #[test]
    fn a_request_that_nobody_can_answer_has_the_number_0() {
        let bounds = Bounds { waiting_calls: 2, ..Bounds::two_vehicles() };
        let mut state = selected(&bounds, [0, 1]);
        state.waiting_calls.remove(0);
        state.canonicalize();
        assert_eq!(ids(&state), [number(1)]);
        let mut numbers = Vec::new();
        state.flow.visit_numbers(&mut |visited| {
            if let Number::Request(id) = visited {
                numbers.push(*id);
            }
        });
        assert_eq!(numbers, [number(1), number(0), number(1)], "the counter, and two loads");
    }

    #[test]
    fn generations_become_their_ranks() {
        let vin = Bounds::smallest().vehicles[0];
        let mut numbers = Numbers::default();
        for generation in [7, 9, 7] {
            numbers.add_generation(vin, Generation::new(generation));
        }
        numbers.generations.sort_unstable();
        numbers.generations.dedup();
        for (old, rank) in [(0, 0), (7, 1), (9, 2)] {
            let mut generation = Generation::new(old);
            numbers.rename(Number::Generation(vin, &mut generation));
            assert_eq!(generation.get(), rank);
        }
    }
}
