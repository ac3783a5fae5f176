//! What CI runs: one job after the other, until one fails.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::command::cargo;
use crate::{Failure, codegen, deny, portable, sbom, simulate, structure, test_bindings};

/// What takes a line of its own is left out, and `native-tls`, which needs the headers of OpenSSL
/// here and is checked by [`Job::Ios`].
pub(crate) const CLIPPY: &str =
    "clippy --workspace --all-targets --features digital-key-ports/mocks";
const CLIPPY_WITHOUT_TLS: &str =
    "clippy -p digital-key-bff-http --all-targets --no-default-features";
const CLIPPY_WITH_KEY_STORE: &str =
    "clippy -p digital-key-cache-sled --all-targets --features keyring";

/// A job of CI.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Job {
    /// The formatting is rustfmt's.
    Fmt,
    /// The crates, folders and texts keep the rules of the design.
    Structure,
    /// The generated pages are what would be written.
    Codegen,
    /// clippy has nothing to say.
    Clippy,
    /// The tests pass.
    Test,
    /// The flow machine keeps its promises on every edge of the worlds that take seconds.
    Explore,
    /// The core keeps its promises in histories full of faults.
    Simulate,
    /// The documentation builds without a warning.
    Doc,
    /// The core builds where there is no operating system.
    Portable,
    /// Everything that an app needs builds for iPhones and their simulator.
    Ios,
    /// Everything but wallet and TLS builds for Android.
    Android,
    /// The dependencies keep the rules of deny.toml.
    Deny,
    /// A bill of materials can be written for each crate.
    Sbom,
    /// The sources of the packages are what would be written, and a car is paired from each
    /// language whose compiler is there.
    Bindings,
}

/// How a job ended well.
pub(crate) enum Ended {
    /// Everything was checked.
    Passed,
    /// Something could not be checked here, and this is why.
    Skipped(String),
}

impl Job {
    fn run(self) -> Result<Ended, Failure> {
        match self {
            Self::Fmt => cargo("fmt --all --check").run()?,
            Self::Structure => structure::check()?,
            Self::Codegen => codegen::check(&[])?,
            Self::Clippy => {
                cargo(&format!("{CLIPPY} -- -D warnings")).run()?;
                cargo(&format!("{CLIPPY_WITHOUT_TLS} -- -D warnings")).run()?;
                cargo(&format!("{CLIPPY_WITH_KEY_STORE} -- -D warnings")).run()?;
            }
            // The command of the README, so that the two never differ.
            Self::Test => cargo("test --workspace").run()?,
            Self::Explore => {
                let bounds = "smallest late-success failing-cache";
                cargo(&format!("run -p digital-key-explorer -- {bounds}")).run()?;
            }
            Self::Simulate => simulate::run(simulate::SEEDS_IN_CI, 0)?,
            Self::Doc => {
                cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings").run()?
            }
            Self::Portable => return portable::check(portable::PORTABLE),
            Self::Ios => return portable::check(portable::IOS),
            Self::Android => return portable::check(portable::ANDROID),
            Self::Deny => return deny::check(),
            Self::Sbom => return sbom::check(),
            Self::Bindings => {
                codegen::check(&[codegen::Part::Bindings])?;
                return test_bindings::run(&[], true);
            }
        }
        Ok(Ended::Passed)
    }

    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Runs these jobs, or all when none is named, and shows how long each took.
pub(crate) fn run(jobs: &[Job]) -> Result<(), Failure> {
    let jobs = if jobs.is_empty() { Job::value_variants() } else { jobs };
    let mut table = Table::default();
    for &job in jobs {
        println!("\n=== {} ===", job.name());
        let start = Instant::now();
        let outcome = job.run();
        table.add(job, start.elapsed(), &outcome);
        if let Err(failure) = outcome {
            println!("\n{}", table.0);
            return Err(format!("the job {} failed: {failure}", job.name()).into());
        }
    }
    println!("\n{}", table.0);
    Ok(())
}

/// The jobs that ended, a line each.
struct Table(String);

impl Default for Table {
    fn default() -> Self {
        Self(format!("{:<10} {:>8}  result", "job", "seconds"))
    }
}

impl Table {
    fn add(&mut self, job: Job, took: Duration, outcome: &Result<Ended, Failure>) {
        let result = match outcome {
            Ok(Ended::Passed) => "passed",
            Ok(Ended::Skipped(why)) => &format!("skipped: {why}"),
            Err(_) => "FAILED",
        };
        let seconds = took.as_secs_f32();
        self.0 += &format!("\n{:<10} {seconds:>8.1}  {result}", job.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_what_passed_was_skipped_and_failed() {
        let mut table = Table::default();
        table.add(Job::Fmt, Duration::from_millis(1250), &Ok(Ended::Passed));
        table.add(Job::Portable, Duration::ZERO, &Ok(Ended::Skipped("no such target".into())));
        table.add(Job::Test, Duration::from_secs(90), &Err("red".into()));
        let lines: Vec<Vec<_>> =
            table.0.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [
                vec!["job", "seconds", "result"],
                vec!["fmt", "1.2", "passed"],
                vec!["portable", "0.0", "skipped:", "no", "such", "target"],
                vec!["test", "90.0", "FAILED"],
            ]
        );
    }
}
