//! The search: breadth first, so that a counterexample is as short as it can be.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use digital_key_domain::{Effect, Event, Flow, Verdict};

use crate::action::Action;
use crate::invariants::{check_edge, check_state};
use crate::state::State;
use crate::state_space::{RealRules, Rules, StateSpace};
use crate::{Bounds, Violation};

/// What an exploration has visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The name of the bounds.
    pub name: &'static str,
    /// The number of states.
    pub states: usize,
    /// The number of things that can happen, counted in each state.
    pub edges: usize,
    /// The number of edges from the first state to the farthest one.
    pub depth: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, states, edges, depth } = self;
        write!(f, "{name}: {states} states, {edges} edges, at most {depth} events deep")
    }
}

/// The shortest way to something that must not happen.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// What does not hold.
    pub violation: Violation,
    /// What happened, from the beginning.
    pub events: Vec<String>,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} after {} events:", self.violation, self.events.len())?;
        for (number, event) in (1..).zip(&self.events) {
            writeln!(f, "{number:>3}. {event}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Counterexample {}

/// One step of the machine, as an observer of [`explore_with`] sees it.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'a> {
    /// The machine before the step.
    pub before: &'a Flow,
    /// What happened.
    pub event: &'a Event,
    /// What the machine made of it.
    pub verdict: Verdict,
    /// The effects that it caused.
    pub effects: &'a [Effect],
    /// The machine after the step.
    pub after: &'a Flow,
}

/// Visits every state within the bounds.
///
/// # Errors
/// Returns the shortest [`Counterexample`] as soon as something does not hold.
pub fn explore(bounds: &Bounds, rules: &dyn Rules) -> Result<Report, Counterexample> {
    explore_with(bounds, rules, &mut |_| {})
}

/// Visits every state within the bounds, and calls `observe` with every step of the machine.
///
/// # Errors
/// Returns the shortest [`Counterexample`] as soon as something does not hold.
pub fn explore_with(
    bounds: &Bounds,
    rules: &dyn Rules,
    observe: &mut dyn FnMut(Edge<'_>),
) -> Result<Report, Counterexample> {
    let space = StateSpace { bounds, rules };
    let mut visited = Visited::default();
    let mut edges = 0;
    let first = space.first();
    check_state(&first, rules)
        .map_err(|violation| Counterexample { violation, events: Vec::new() })?;
    let mut frontier = VecDeque::from([(visited.begin(&first), first)]);
    while let Some((parent, state)) = frontier.pop_front() {
        for (number, action) in (0..).zip(space.actions(&state)) {
            edges += 1;
            let checked = follow(space, &state, &action, observe).and_then(|mut next| {
                next.canonicalize();
                if let Some(fingerprint) = visited.add(&next, parent, number) {
                    check_state(&next, rules)?;
                    frontier.push_back((fingerprint, next));
                }
                Ok(())
            });
            if let Err(violation) = checked {
                let mut way = visited.way_to(parent, space);
                way.push(action);
                let events = way.iter().map(Action::to_string).collect();
                return Err(Counterexample { violation, events });
            }
        }
    }
    let (states, depth) = (visited.origins.len(), visited.depth.into());
    Ok(Report { name: bounds.name, states, edges, depth })
}

/// Returns the shortest way from the first state to one in which the machine is as wanted; `None` if
/// there is none within the bounds, or if something does not hold on the way.
pub fn shortest_way(
    bounds: &Bounds,
    is_wanted: &mut dyn FnMut(&Flow) -> bool,
) -> Option<Vec<Action>> {
    let space = StateSpace { bounds, rules: &RealRules };
    let mut visited = Visited::default();
    let first = space.first();
    let mut frontier = VecDeque::from([(visited.begin(&first), first)]);
    while let Some((parent, state)) = frontier.pop_front() {
        if is_wanted(&state.flow) {
            return Some(visited.way_to(parent, space));
        }
        for (number, action) in (0..).zip(space.actions(&state)) {
            let mut next = follow(space, &state, &action, &mut |_| {}).ok()?;
            next.canonicalize();
            if let Some(fingerprint) = visited.add(&next, parent, number) {
                frontier.push_back((fingerprint, next));
            }
        }
    }
    None
}

/// Lets one thing happen, checks it, and returns the next state. Where no call of the cache may
/// wait, those that it causes are made at once.
fn follow(
    space: StateSpace<'_>,
    before: &State,
    action: &Action,
    observe: &mut dyn FnMut(Edge<'_>),
) -> Result<State, Violation> {
    let mut after = before.clone();
    if let Some(step) = space.apply(action, &mut after)? {
        observe(Edge {
            before: &before.flow,
            event: &step.event,
            verdict: step.verdict,
            effects: &step.effects,
            after: &after.flow,
        });
        check_edge(before, &step, &after, space.rules)?;
    }
    if space.bounds.waiting_calls == 0 && !after.waiting_calls.is_empty() {
        return follow(space, &after, &Action::CacheCall, observe);
    }
    Ok(after)
}

/// A hash that stands for a state: with a million states, two of them share one in fewer than one
/// of ten million runs.
type Fingerprint = u64;

/// The states that were reached.
#[derive(Default)]
struct Visited {
    hasher: BuildHasherDefault<DefaultHasher>,
    origins: HashMap<Fingerprint, Origin>,
    depth: u16,
}

/// How a state was reached first.
#[derive(Clone, Copy)]
struct Origin {
    parent: Fingerprint,
    /// The place of the edge among the parent's actions.
    action: u16,
    depth: u16,
}

impl Visited {
    fn begin(&mut self, first: &State) -> Fingerprint {
        let fingerprint = self.hasher.hash_one(first);
        self.origins.insert(fingerprint, Origin { parent: fingerprint, action: 0, depth: 0 });
        fingerprint
    }

    /// Returns `None` if the state is known.
    fn add(&mut self, state: &State, parent: Fingerprint, action: u16) -> Option<Fingerprint> {
        let fingerprint = self.hasher.hash_one(state);
        if self.origins.contains_key(&fingerprint) {
            return None;
        }
        let depth = self.origins.get(&parent).map_or(0, |origin| origin.depth) + 1;
        self.origins.insert(fingerprint, Origin { parent, action, depth });
        self.depth = self.depth.max(depth);
        Some(fingerprint)
    }

    /// Returns what happens from the beginning to a state, by following it again.
    fn way_to(&self, state: Fingerprint, space: StateSpace<'_>) -> Vec<Action> {
        let mut numbers = Vec::new();
        let mut at = state;
        while let Some(origin) = self.origins.get(&at).filter(|origin| origin.depth > 0) {
            numbers.push(origin.action);
            at = origin.parent;
        }
        let mut state = space.first();
        let mut way = Vec::new();
        for number in numbers.into_iter().rev() {
            let actions = space.actions(&state);
            let Some(action) = actions.get(usize::from(number)) else { break };
            let Ok(next) = follow(space, &state, action, &mut |_| {}) else { break };
            way.push(action.clone());
            state = next;
            state.canonicalize();
        }
        way
    }
}
