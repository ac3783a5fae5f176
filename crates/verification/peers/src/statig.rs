//! The rules of the plain machine as a hierarchical machine of statig, with a state for each page and one
//! superstate for what holds on all of them.
//!
//! It leaves out what the plain machine leaves out, and the view. statig lends the event to the states, so
//! that an answer is cloned before it is kept.

use digital_key_domain::{Effect, Event, Intent, Question, Tap};
use statig::prelude::*;

use crate::plain::{Facts, Learned};

#[derive(Default)]
pub struct Machine {
    facts: Facts,
}

pub fn start() -> StateMachine<Machine> {
    Machine::default().state_machine()
}

/// Plays the events once, and panics if they end elsewhere.
pub fn expect_overview(events: &[Event]) {
    let mut machine = start();
    for event in events {
        machine.handle_with_context(event, &mut Vec::new());
    }
    assert!(matches!(machine.state(), State::Overview {}));
}

#[state_machine(initial = "State::vehicle_tab()")]
impl Machine {
    #[state(superstate = "vehicle")]
    fn vehicle_tab(&mut self, context: &mut Vec<Effect>, event: &Event) -> Outcome<State> {
        match (self.facts.vin, event) {
            (Some(vin), Event::Intent(Intent::Tap(Tap::Entry))) => {
                self.facts.ask_for_welcome(vin, context);
                Transition(State::welcome(false, false))
            }
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn welcome(
        &mut self,
        status: &mut bool,
        can_create: &mut bool,
        context: &mut Vec<Effect>,
        event: &Event,
    ) -> Outcome<State> {
        match event {
            Event::Replied { .. } => {
                match self.learn(event, context) {
                    Learned::Status => *status = true,
                    Learned::KeyCanBeCreated => *can_create = true,
                    _ => {}
                }
                Handled
            }
            Event::Intent(Intent::Tap(Tap::Continue))
                if *status && *can_create && self.facts.record.password.is_some() =>
            {
                Transition(State::grab_your_two_keys())
            }
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn grab_your_two_keys(event: &Event) -> Outcome<State> {
        match event {
            Event::Intent(Intent::Tap(Tap::Continue)) => {
                Transition(State::ready_to_pair(false, false))
            }
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn ready_to_pair(
        &mut self,
        checked: &mut bool,
        pairing: &mut bool,
        context: &mut Vec<Effect>,
        event: &Event,
    ) -> Outcome<State> {
        match (self.facts.vin, event) {
            (_, Event::Intent(Intent::Tap(Tap::TickBox))) => {
                *checked = true;
                Handled
            }
            (Some(vin), Event::Intent(Intent::Tap(Tap::Continue))) if *checked && !*pairing => {
                *pairing = true;
                self.facts.ask(vin, Question::TakeUse, context);
                Handled
            }
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn tutorial1(event: &Event) -> Outcome<State> {
        match event {
            Event::Intent(Intent::Tap(Tap::Continue)) => Transition(State::tutorial2()),
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn tutorial2(&mut self, context: &mut Vec<Effect>, event: &Event) -> Outcome<State> {
        match (self.facts.vin, event) {
            (Some(vin), Event::Intent(Intent::Tap(Tap::Continue))) => {
                self.facts.ask_for_overview(vin, context);
                Transition(State::overview())
            }
            _ => Super,
        }
    }

    #[state(superstate = "vehicle")]
    fn overview() -> Outcome<State> {
        Super
    }

    #[superstate]
    fn vehicle(&mut self, context: &mut Vec<Effect>, event: &Event) -> Outcome<State> {
        match event {
            Event::Intent(Intent::SelectVehicle(vin)) => {
                self.facts.select(*vin, context);
                Handled
            }
            Event::Replied { .. } => match self.learn(event, context) {
                Learned::Paired => Transition(State::tutorial1()),
                _ => Handled,
            },
            _ => Handled,
        }
    }
}

impl Machine {
    /// Never inlined: two states call it, and statig takes longer with a copy in each.
    #[inline(never)]
    fn learn(&mut self, event: &Event, effects: &mut Vec<Effect>) -> Learned {
        match event {
            Event::Replied { id, vin, reply } if self.facts.vin == Some(*vin) => {
                self.facts.on_reply(*id, *vin, reply.clone(), effects)
            }
            _ => Learned::Ignored,
        }
    }
}
