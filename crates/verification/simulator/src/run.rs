//! Runs the histories of many seeds.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::action::Plan;
use crate::history::Outcome;
use crate::invariant::{Invariant, Violation};
use crate::parts::Parts;
use crate::shrink::shortest;
use crate::simulator::Simulator;
use crate::trace::RunRecording;

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
    /// The recordings of its runs.
    pub recordings: Vec<RunRecording>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, violation, shortest, actions, trace, recordings: _ } = self;
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

/// Runs the histories of these seeds on all cores until one fails. `progress` receives after each the
/// number of histories so far, and the time that they took.
///
/// # Errors
/// The runtime could not be made.
pub fn run(
    parts: Parts,
    from: u64,
    seeds: u64,
    progress: impl FnMut(u64, Duration) + Send,
) -> Result<Report, Box<dyn std::error::Error>> {
    let simulator = Simulator::new(parts)?;
    let start = Instant::now();
    let seeds = Seeds { next: from.into(), end: from.saturating_add(seeds).into() };
    let sum = Mutex::new(Sum { histories: 0, faults: 0, first: None, progress });
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let run_some = || run_some(parts, &seeds, &sum, start);
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run_some)).collect();
        running.into_iter().try_for_each(|thread| match thread.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let Sum { histories, faults, first, .. } =
        sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    let failure =
        first.map(|(seed, violation)| failure(&simulator, &Simulator::plan(seed), &violation));
    Ok(Report { histories, took: start.elapsed(), faults, failure })
}

/// The seeds that wait for a thread.
struct Seeds {
    next: AtomicU64,
    /// The seed that is not run any more: the last one, or the first that failed.
    end: AtomicU64,
}

impl Seeds {
    fn take(&self) -> Option<u64> {
        let seed = self.next.fetch_add(1, Relaxed);
        (seed < self.end.load(Relaxed)).then_some(seed)
    }

    /// Lets the threads run the seeds before this one only.
    fn stop_at(&self, seed: u64) {
        self.end.fetch_min(seed, Relaxed);
    }
}

/// What all threads have found.
struct Sum<P> {
    histories: u64,
    faults: u64,
    /// The first seed that failed.
    first: Option<(u64, Violation)>,
    progress: P,
}

/// Runs histories on this thread until no seed is left.
fn run_some(
    parts: Parts,
    seeds: &Seeds,
    sum: &Mutex<Sum<impl FnMut(u64, Duration)>>,
    start: Instant,
) -> Result<(), String> {
    let simulator = Simulator::new(parts).map_err(|error| error.to_string())?;
    while let Some(seed) = seeds.take() {
        let (faults, violation) = run_one(&simulator, parts, seed)?;
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.histories += 1;
        sum.faults += faults;
        if let Some(violation) = violation {
            seeds.stop_at(seed);
            if sum.first.as_ref().is_none_or(|(first, _)| seed < *first) {
                sum.first = Some((seed, violation));
            }
        }
        let histories = sum.histories;
        (sum.progress)(histories, start.elapsed());
    }
    Ok(())
}

/// Runs the history of a seed, and returns its faults and what it violates.
fn run_one(
    simulator: &Simulator,
    parts: Parts,
    seed: u64,
) -> Result<(u64, Option<Violation>), String> {
    let plan = Simulator::plan(seed);
    let outcome = simulator.run(&plan);
    let mut violation = outcome.violation;
    if seed.is_multiple_of(REPEATED) && violation.is_none() {
        let other = Simulator::new(parts).map_err(|error| error.to_string())?;
        if other.run(&plan).fingerprint != outcome.fingerprint {
            violation = Some(Invariant::SameSeedSameHistory.violated("another history"));
        }
    }
    Ok((outcome.faults, violation))
}

fn failure(simulator: &Simulator, plan: &Plan, violation: &Violation) -> Failure {
    let (shortest, violation) = shortest(simulator, plan, violation);
    let Outcome { trace, recordings, .. } = simulator.run_with_trace(&shortest);
    Failure { seed: plan.seed, violation, actions: plan.actions.len(), shortest, trace, recordings }
}
