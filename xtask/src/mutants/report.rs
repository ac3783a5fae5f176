//! What a run of cargo-mutants came to, and the page about it.

use std::fmt::Write;

use serde::Deserialize;

use super::argued::ARGUED;

/// `outcomes.json` of cargo-mutants, as far as the page needs it.
#[derive(Deserialize)]
pub(super) struct Outcomes {
    pub(super) outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) scenario: Scenario,
    pub(super) summary: Summary,
}

#[derive(Deserialize)]
pub(super) enum Scenario {
    Baseline,
    Mutant { name: String },
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summary {
    /// The code without a mistake passes.
    Success,
    CaughtMutant,
    MissedMutant,
    /// It does not compile.
    Unviable,
    /// The tests did not end, which is noticed as well.
    Timeout,
    /// The code without a mistake fails.
    Failure,
}

/// What became of the mistakes in one crate.
pub(super) struct Crate {
    name: &'static str,
    /// How many mistakes there are to try.
    all: usize,
    caught: usize,
    timed_out: usize,
    unviable: usize,
    /// Their names, without line and column.
    missed: Vec<String>,
}

impl Crate {
    pub(super) fn new(name: &'static str, outcomes: Outcomes, all: usize) -> Self {
        let mut tally =
            Self { name, all, caught: 0, timed_out: 0, unviable: 0, missed: Vec::new() };
        for Outcome { scenario, summary } in outcomes.outcomes {
            let Scenario::Mutant { name } = scenario else { continue };
            match summary {
                Summary::CaughtMutant => tally.caught += 1,
                Summary::Timeout => tally.timed_out += 1,
                Summary::Unviable => tally.unviable += 1,
                Summary::MissedMutant | Summary::Success | Summary::Failure => {
                    tally.missed.push(without_place(&name));
                }
            }
        }
        tally
    }

    /// The share of mistakes that were noticed among those that compile, in percent.
    fn score(&self) -> f64 {
        let noticed = (self.caught + self.timed_out) as f64;
        let all = noticed + self.missed.len() as f64;
        if all == 0.0 { 100.0 } else { 100.0 * noticed / all }
    }

    /// How many mistakes were tried.
    fn tried(&self) -> usize {
        self.caught + self.timed_out + self.unviable + self.missed.len()
    }

    /// The mistakes that nobody notices and nobody argues for, where that is a failure.
    pub(super) fn unargued(&self) -> impl Iterator<Item = &str> {
        let binding = self.name == "digital-key-domain";
        let missed = self.missed.iter().map(String::as_str);
        missed.filter(move |name| binding && why(name).is_none())
    }
}

/// Why it is right that this mistake is not noticed.
fn why(mutant: &str) -> Option<&'static str> {
    ARGUED.iter().find(|(name, _)| *name == mutant).map(|(_, why)| *why)
}

/// `src/vin.rs:86:9: replace …` without the line and the column, which move with every change.
pub(super) fn without_place(name: &str) -> String {
    match name.split_once(".rs:") {
        Some((file, rest)) => {
            let what = rest.splitn(3, ':').last().unwrap_or(rest);
            format!("{file}.rs:{what}")
        }
        None => name.to_owned(),
    }
}

/// The page.
pub(super) fn page(crates: &[Crate]) -> String {
    let mut page = String::from(
        "# Mutation testing\n\n\
         `cargo xtask mutants` writes this page: it puts small mistakes into the code, one by one, \
         and runs the tests of the crate. A mistake after which the tests do not end counts as \
         noticed; one that does not compile does not count.\n\n\
         | crate | mistakes tried | noticed | of these without end | do not compile | missed | score |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    for it in crates {
        let (noticed, tried) = (it.caught + it.timed_out, it.tried());
        let Crate { name, timed_out, unviable, missed, .. } = it;
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| `{name}` | {tried} | {noticed} | {timed_out} | {unviable} | {} | {:.1} % |",
            missed.len(),
            it.score()
        );
    }
    for it in crates.iter().filter(|it| it.tried() < it.all) {
        let (tried, Crate { name, all, .. }) = (it.tried(), it);
        let _ = writeln!(
            page,
            "\nThe run over `{name}` was broken off: {tried} of its {all} mistakes were tried."
        );
    }
    for it in crates.iter().filter(|it| !it.missed.is_empty()) {
        let _ = write!(
            page,
            "\n## Missed in `{}`\n\n| mistake | why it may stay |\n|---|---|\n",
            it.name
        );
        let mut missed = it.missed.clone();
        missed.sort();
        for name in missed {
            let argument = why(&name).unwrap_or("not argued");
            let _ = writeln!(page, "| `{}` | {argument} |", name.replace('|', "\\|"));
        }
    }
    page
}
