//! Measures the product beside what a team would use in its place, in one run.
//!
//! The measured programs take turns, each pinned to a core, and a ratio is the median over the rounds, so
//! that a slow moment of the machine hits all of them. Each subject writes its own section of the page.

mod bff;
mod boundary;
mod build;
mod contestant;
mod load;
mod machine;
mod memory;
mod page;
mod pair;
mod step;
mod wrk;

use clap::ValueEnum;

use crate::{Outcome, TaskError};
use machine::{Foreign, Machine};
use pair::Pair;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// A step of the flow machine beside other state machines.
    Step,
    /// The BFF beside nginx.
    Bff,
    /// An intent up to the view that shows it beside a bare actor.
    Dispatch,
    /// A durable take of a use beside two plain writes.
    Take,
    /// The first build of the command beside that of an earlier commit.
    Build,
    /// The memory of the core beside a bare actor.
    Memory,
    /// Many phones in one process that pair through a real BFF.
    Load,
    /// A view in Python, Kotlin and Dart beside a bare hand-over between threads.
    Boundary,
}

/// How much is measured.
pub(crate) struct Effort {
    /// How often each program has its turn.
    pub(crate) rounds: usize,
    /// How many phones pair in the load test.
    pub(crate) phones: usize,
    /// How long wrk runs for one measurement of the BFF.
    pub(crate) seconds: u64,
    pub(crate) print_only: bool,
}

/// The cores to which programs are pinned.
const CORES: [usize; 2] = [0, 1];

/// Measures these subjects, or all when none is named; prints their tables and writes them into the page.
pub(crate) fn run(subjects: &[Subject], effort: &Effort) -> Result<(), TaskError> {
    let machine = Machine::of_this_run()?;
    let subjects = if subjects.is_empty() { Subject::value_variants() } else { subjects };
    for subject in subjects {
        let mut foreign = Foreign::new(effort.print_only);
        let section = match subject {
            Subject::Step => step::measure(effort, &mut foreign)?,
            Subject::Bff => bff::measure(effort, foreign)?,
            Subject::Dispatch => Pair::DISPATCH.measure(effort, &mut foreign)?,
            Subject::Take => Pair::TAKE.measure(effort, &mut foreign)?,
            Subject::Build => build::measure(effort, &mut foreign)?,
            Subject::Memory => memory::measure()?,
            Subject::Load => load::measure(effort, &foreign)?,
            Subject::Boundary => boundary::measure(effort, &mut foreign)?,
        };
        println!("\n{machine}\n{}", section.table);
        if !effort.print_only {
            page::write(&machine, &section)?;
        }
    }
    Ok(())
}

/// Plays each machine of [`Subject::Step`] once, lets a few phones pair, runs the programs in other languages
/// for a moment, and writes no page.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    memory::check()?;
    load::check()?;
    let mut missing = Vec::new();
    for outcome in [step::check()?, boundary::check()?] {
        if let Outcome::Skipped(reason) = outcome {
            missing.push(reason);
        }
    }
    Ok(Outcome::skipping(&missing))
}
