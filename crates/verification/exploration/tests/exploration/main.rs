//! The machine keeps its promises in every state, and the exploration finds a planted mistake.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm)]

mod promises;
mod offers;
mod pairing;
mod late_answers;
mod vehicle;
mod dead_ends;
mod everywhere;

use digital_key_domain::{Effect, Event, Flow, Request, Verdict};
use digital_key_exploration::{Bounds, Rules, Violation, explore};

/// A mistake, as what it does to one step.
struct Mistake<F>(F);

impl<F: Fn(&mut Flow, Event, &mut Vec<Effect>) -> Verdict> Rules for Mistake<F> {
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        (self.0)(flow, event, effects)
    }
}

/// Returns what the exploration finds when the machine makes this mistake.
fn finds(
    bounds: &Bounds,
    mistake: impl Fn(&mut Flow, Event, &mut Vec<Effect>) -> Verdict,
) -> Violation {
    explore(bounds, &Mistake(mistake)).unwrap_err().violation
}

/// Returns the call of a request.
fn call(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Request(Request { question, .. }) => Some(question.call()),
        Effect::Store { .. }
        | Effect::Erase { .. }
        | Effect::EraseAll
        | Effect::Report(_)
        | Effect::Diagnose(_) => None,
    }
}

/// Returns the smallest bounds, with an owner key when the status names one.
fn with_an_owner_key() -> Bounds {
    Bounds { status: Bounds::every_answer().status, ..Bounds::smallest() }
}
