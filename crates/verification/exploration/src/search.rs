//! The search: breadth first, so that a counterexample is as short as it can be.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use crate::Action;
use crate::bounds::Bounds;
use crate::invariants::{self, Violation};
use crate::world::{Rules, World};

/// What an exploration saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// What the bounds are called.
    pub name: &'static str,
    /// How many states there are.
    pub states: usize,
    /// How many things that can happen were tried.
    pub edges: usize,
    /// The length of the longest shortest way to a state.
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

/// A state is known by its hash: with a million states, two of them share one in fewer than one of
/// ten million runs.
type Fingerprint = u64;

/// How a state was reached first.
#[derive(Clone, Copy)]
struct Origin {
    parent: Fingerprint,
    /// Which of the parent's actions.
    action: u16,
    depth: u16,
}

/// Visits every state within the bounds.
///
/// # Errors
/// The shortest [`Counterexample`], as soon as something does not hold.
pub fn explore(bounds: &Bounds, rules: &impl Rules) -> Result<Report, Counterexample> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut start = World::new(bounds);
    start.normalise();
    let first = hasher.hash_one(&start);
    let mut origins: HashMap<Fingerprint, Origin> = HashMap::new();
    origins.insert(first, Origin { parent: first, action: 0, depth: 0 });
    let mut frontier = VecDeque::from([(first, start)]);
    let (mut edges, mut depth) = (0, 0);
    while let Some((parent, world)) = frontier.pop_front() {
        let at = origins.get(&parent).map_or(0, |origin| origin.depth);
        for (number, action) in (0..).zip(world.actions(bounds)) {
            let mut next = world.clone();
            let checked = happen(&mut next, &action, bounds, rules);
            edges += 1;
            let checked = checked.and_then(|()| {
                next.normalise();
                let fingerprint = hasher.hash_one(&next);
                if origins.contains_key(&fingerprint) {
                    return Ok(());
                }
                origins.insert(fingerprint, Origin { parent, action: number, depth: at + 1 });
                depth = depth.max(usize::from(at) + 1);
                let checked = invariants::check_state(&next, rules);
                frontier.push_back((fingerprint, next));
                checked
            });
            if let Err(violation) = checked {
                let mut events = way_to(parent, &origins, bounds, rules);
                events.push(action.to_string());
                return Err(Counterexample { violation, events });
            }
        }
    }
    Ok(Report { name: bounds.name, states: origins.len(), edges, depth })
}

/// Lets one thing happen and checks it. Where no call of the cache may wait, those that it causes
/// are made at once.
fn happen(
    world: &mut World,
    action: &Action,
    bounds: &Bounds,
    rules: &impl Rules,
) -> Result<(), Violation> {
    let before = world.clone();
    if let Some(step) = world.act(action, bounds, rules)? {
        invariants::check(&before, &step, world, rules)?;
    }
    if bounds.waiting_calls == 0 && !world.lane.is_empty() {
        return happen(world, &Action::CacheCall, bounds, rules);
    }
    Ok(())
}

/// The events from the beginning to a state, by doing them again.
fn way_to(
    state: Fingerprint,
    origins: &HashMap<Fingerprint, Origin>,
    bounds: &Bounds,
    rules: &impl Rules,
) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut at = state;
    while let Some(origin) = origins.get(&at).filter(|origin| origin.depth > 0) {
        numbers.push(origin.action);
        at = origin.parent;
    }
    let mut world = World::new(bounds);
    world.normalise();
    let mut events = Vec::new();
    for number in numbers.into_iter().rev() {
        if let Some(action) = world.actions(bounds).get(usize::from(number)) {
            events.push(action.to_string());
            let _ = happen(&mut world, action, bounds, rules);
            world.normalise();
        }
    }
    events
}
