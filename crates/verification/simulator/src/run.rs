//! Lives through many seeds.

use std::fmt;
use std::time::{Duration, Instant};

use crate::action::Plan;
use crate::invariant::{Invariant, Violation};
use crate::parts::Parts;
use crate::shrink::shortest;
use crate::simulator::Simulator;

/// Every so many seeds one is lived through again, in a world of its own (invariant 11).
const AGAIN: u64 = 64;

/// What many seeds came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// How many histories were lived through.
    pub histories: u64,
    /// How long that took.
    pub took: Duration,
    /// How many faults happened in them.
    pub faults: u64,
    /// The first seed that failed; no other one is tried after it.
    pub failure: Option<Failure>,
}

/// A seed that fails.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What was violated, in the shortest history.
    pub violation: Violation,
    /// The shortest history that still violates it.
    pub shortest: Plan,
    /// How many actions the history of the seed has.
    pub actions: usize,
    /// Every step of the shortest history, in words.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, violation, shortest, actions, story } = self;
        writeln!(f, "seed {seed} violates {violation}")?;
        writeln!(f, "the shortest history, {} of {actions} actions:", shortest.actions.len())?;
        for planned in &shortest.actions {
            writeln!(f, "  {:?}, phone {}: {:?}", planned.wait, planned.phone, planned.action)?;
        }
        writeln!(f, "what the cores made of it:")?;
        for step in story {
            writeln!(f, "  {step}")?;
        }
        write!(f, "again: cargo xtask simulate --seeds 1 --from {seed}")
    }
}

/// Lives through the histories of these seeds until one fails. `progress` is told after each how
/// many are done.
///
/// # Errors
/// The runtime could not be made.
pub fn run(
    parts: Parts,
    from: u64,
    seeds: u64,
    mut progress: impl FnMut(u64, Duration),
) -> Result<Report, Box<dyn std::error::Error>> {
    let simulator = Simulator::new(parts)?;
    let start = Instant::now();
    let mut report = Report { histories: 0, took: Duration::ZERO, faults: 0, failure: None };
    for seed in from..from.saturating_add(seeds) {
        let plan = Simulator::plan(seed);
        let outcome = simulator.live(&plan);
        report.histories += 1;
        report.faults += outcome.faults;
        let mut violation = outcome.violation;
        if seed.is_multiple_of(AGAIN) && violation.is_none() {
            let again = Simulator::new(parts)?.live(&plan);
            if again.trace != outcome.trace {
                violation = Some(Invariant::SameSeedSameTrace.violated("another trace"));
            }
        }
        if let Some(violation) = violation {
            report.failure = Some(failure(&simulator, &plan, &violation));
            break;
        }
        progress(report.histories, start.elapsed());
    }
    report.took = start.elapsed();
    Ok(report)
}

fn failure(simulator: &Simulator, plan: &Plan, violation: &Violation) -> Failure {
    let (shortest, violation) = shortest(simulator, plan, violation);
    let story = simulator.tell(&shortest).story;
    Failure { seed: plan.seed, violation, actions: plan.actions.len(), shortest, story }
}
