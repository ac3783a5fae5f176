//! Runs the histories of many seeds.

use std::fmt;
use std::time::{Duration, Instant};

use crate::action::Plan;
use crate::invariant::{Invariant, Violation};
use crate::parts::Parts;
use crate::shrink::shortest;
use crate::simulator::Simulator;

/// One of so many seeds runs twice, in two simulators (invariant 11).
const REPEATED: u64 = 64;

/// The result of many seeds.
#[derive(Debug, Clone)]
pub struct Report {
    /// The number of histories that ran.
    pub histories: u64,
    /// The time that they took.
    pub took: Duration,
    /// The number of faults in them.
    pub faults: u64,
    /// The first seed that failed; no other one runs after it.
    pub failure: Option<Failure>,
}

/// A seed that fails.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What the shortest history violates.
    pub violation: Violation,
    /// The shortest history that still violates it.
    pub shortest: Plan,
    /// The number of actions in the history of the seed.
    pub actions: usize,
    /// Every step of the shortest history.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, violation, shortest, actions, trace } = self;
        writeln!(f, "seed {seed} violates {violation}")?;
        writeln!(f, "the shortest history, {} of {actions} actions:", shortest.actions.len())?;
        for planned in &shortest.actions {
            writeln!(f, "  {:?}, phone {}: {:?}", planned.wait, planned.phone, planned.action)?;
        }
        writeln!(f, "the steps of the cores:")?;
        for step in trace {
            writeln!(f, "  {step}")?;
        }
        write!(f, "again: cargo xtask simulate --seeds 1 --from {seed}")
    }
}

/// Runs the histories of these seeds until one fails. `progress` receives after each the number of
/// histories so far, and the time that they took.
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
        let outcome = simulator.run(&plan);
        report.histories += 1;
        report.faults += outcome.faults;
        let mut violation = outcome.violation;
        if seed.is_multiple_of(REPEATED) && violation.is_none() {
            let again = Simulator::new(parts)?.run(&plan);
            if again.fingerprint != outcome.fingerprint {
                violation = Some(Invariant::SameSeedSameHistory.violated("another history"));
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
    let trace = simulator.run_with_trace(&shortest).trace;
    Failure { seed: plan.seed, violation, actions: plan.actions.len(), shortest, trace }
}
