//! What CI runs: one job after the other, until one fails.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::command::cargo;
use crate::{Failure, codegen, deny, portable, sbom, simulate, size, structure, test_bindings};

/// What takes a line of its own is left out, and `native-tls`, which needs the headers of OpenSSL
/// here and is checked by [`Job::Ios`].
pub(crate) const CLIPPY: &str =
    "clippy --workspace --all-targets --features digital-key-ports/mocks";
const CLIPPY_WITHOUT_TLS: &str =
    "clippy -p digital-key-bff-http --all-targets --no-default-features";
const CLIPPY_WITH_KEY_STORE: &str =
    "clippy -p digital-key-cache-sled --all-targets --features keyring";

/// A job of CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
    /// The library is light enough for a phone.
    Size,
    /// The dependencies keep the rules of deny.toml.
    Deny,
    /// A bill of materials can be written for each crate.
    Sbom,
    /// The sources of the packages are what would be written, and a car is paired from each
    /// language.
    Bindings,
}

/// How a job ended well.
pub(crate) enum Ended {
    /// Everything was checked.
    Passed,
    /// Something could not be checked here, and this is why.
    Skipped(String),
}

impl Ended {
    /// For who asked for this one thing, skipping it is a failure.
    pub(crate) fn or_fail(self) -> Result<(), Failure> {
        match self {
            Self::Passed => Ok(()),
            Self::Skipped(why) => Err(why.into()),
        }
    }
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
                cargo(&format!("run -p digital-key-exploration -- {bounds}")).run()?;
            }
            Self::Simulate => simulate::run(simulate::SEEDS_IN_CI, 0)?,
            Self::Doc => {
                cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings").run()?
            }
            Self::Portable => return portable::check(portable::PORTABLE),
            Self::Ios => return portable::check(portable::IOS),
            Self::Android => return portable::check(portable::ANDROID),
            Self::Size => return size::check(),
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

/// The jobs that pass although something could not be checked here.
pub(crate) struct Lenient(Vec<Job>);

impl Lenient {
    /// From what was written after `--allow-missing`: none without it, all when it names none.
    pub(crate) fn new(named: Option<Vec<Job>>) -> Self {
        match named {
            None => Self(Vec::new()),
            Some(named) if named.is_empty() => Self(Job::value_variants().to_vec()),
            Some(named) => Self(named),
        }
    }

    /// What skipped work counts for.
    fn judge(&self, job: Job, outcome: Result<Ended, Failure>) -> Result<Ended, Failure> {
        match outcome {
            Ok(Ended::Skipped(why)) if !self.0.contains(&job) => {
                let name = job.name();
                Err(format!("{why}; `--allow-missing={name}` passes over it").into())
            }
            other => other,
        }
    }
}

/// Runs these jobs, or all when none is named, and shows how long each took. What cannot be checked
/// here is a failure, unless the job is a lenient one.
pub(crate) fn run(jobs: &[Job], lenient: &Lenient) -> Result<(), Failure> {
    let jobs = if jobs.is_empty() { Job::value_variants() } else { jobs };
    let mut table = Table::default();
    for &job in jobs {
        println!("\n=== {} ===", job.name());
        let start = Instant::now();
        let outcome = lenient.judge(job, job.run());
        table.add(job, start.elapsed(), &outcome);
        if let Err(failure) = outcome {
            println!("\n{}", table.lines);
            return Err(format!("the job {} failed: {failure}", job.name()).into());
        }
    }
    println!("\n{}", table.lines);
    if !table.skipped.is_empty() {
        println!("\nNOT CHECKED HERE: {}", table.skipped.join("; "));
    }
    Ok(())
}

/// The jobs that ended, a line each, and what they could not check.
struct Table {
    lines: String,
    skipped: Vec<String>,
}

impl Default for Table {
    fn default() -> Self {
        let lines = format!("{:<10} {:>8}  result", "job", "seconds");
        Self { lines, skipped: Vec::new() }
    }
}

impl Table {
    fn add(&mut self, job: Job, took: Duration, outcome: &Result<Ended, Failure>) {
        let result = match outcome {
            Ok(Ended::Passed) => "passed",
            Ok(Ended::Skipped(why)) => {
                self.skipped.push(format!("{} ({why})", job.name()));
                &format!("SKIPPED: {why}")
            }
            Err(_) => "FAILED",
        };
        let seconds = took.as_secs_f32();
        self.lines += &format!("\n{:<10} {seconds:>8.1}  {result}", job.name());
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
            table.lines.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [
                vec!["job", "seconds", "result"],
                vec!["fmt", "1.2", "passed"],
                vec!["portable", "0.0", "SKIPPED:", "no", "such", "target"],
                vec!["test", "90.0", "FAILED"],
            ]
        );
        assert_eq!(table.skipped, ["portable (no such target)"]);
    }

    #[test]
    fn what_is_skipped_fails_unless_it_may_be_missing() {
        let passes = |lenient: Option<&[Job]>| {
            let lenient = Lenient::new(lenient.map(<[Job]>::to_vec));
            lenient.judge(Job::Ios, Ok(Ended::Skipped("no library".into()))).is_ok()
        };
        assert!(!passes(None));
        assert!(!passes(Some(&[Job::Deny])));
        assert!(passes(Some(&[Job::Deny, Job::Ios])));
        assert!(passes(Some(&[])), "`--allow-missing` alone means every job");
        assert!(Lenient::new(Some(Vec::new())).judge(Job::Ios, Err("red".into())).is_err());
    }
}
