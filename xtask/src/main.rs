//! The tasks of this workspace, run as `cargo xtask …`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program writes to its terminal"
)]

mod android;
mod bench;
mod ci;
mod codegen;
mod command;
mod contract;
mod dart;
mod deny;
mod dist;
mod docs;
mod figures;
mod fuzz;
mod http;
mod kotlin;
mod metadata;
mod monitoring;
mod mutants;
mod playground;
mod portable;
mod release;
mod sbom;
mod services;
mod size;
mod structure;
mod swift;
mod symbols;
mod test_bindings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::ci::AllowMissing;
use crate::command::cargo;

/// Why a task failed, as a sentence for the terminal.
type TaskError = Box<dyn std::error::Error>;

/// How a task ended that did not fail.
enum Outcome {
    /// The task did all that it covers.
    Passed,
    /// The task could not do a part, for this reason.
    Skipped(String),
}

impl Outcome {
    /// The outcome of parts that were skipped for these reasons.
    fn skipping(reasons: &[String]) -> Self {
        if reasons.is_empty() { Self::Passed } else { Self::Skipped(reasons.join(", ")) }
    }

    /// Turns a skipped part into an error, unless it is allowed to be missing.
    fn expect_all(self, allow_missing: bool) -> Result<(), TaskError> {
        match self {
            Self::Skipped(reason) if !allow_missing => Err(reason.into()),
            Self::Passed | Self::Skipped(_) => Ok(()),
        }
    }
}

/// The tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures the named subjects, or all, beside what a team would use in their place, and writes each
    /// into its section of docs/generated/performance.md. Needs two cores and a quiet machine; `step`
    /// needs npm, `bff` nginx and wrk, and `boundary` Java and the compilers for Kotlin and Dart. `build`
    /// takes minutes a round, and `load` two minutes.
    Bench {
        subjects: Vec<bench::Subject>,
        /// How often each program has its turn.
        #[arg(long, default_value_t = 7)]
        rounds: usize,
        /// How many phones pair in the load test.
        #[arg(long, default_value_t = 100_000)]
        phones: usize,
        /// How long each measurement of the BFF takes, in seconds.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
        /// Prints the figures, also on a busy machine, and writes no page.
        #[arg(long)]
        print_only: bool,
    },
    /// Runs what CI runs: all jobs, or the named ones.
    Ci {
        /// The jobs, in the order in which they run.
        jobs: Vec<ci::Job>,
        /// Lets the named jobs pass when something that they need is not installed; all jobs when
        /// none is named.
        #[arg(long, value_name = "JOB,…", num_args = 0.., require_equals = true)]
        #[arg(value_delimiter = ',')]
        allow_missing: Option<Vec<ci::Job>>,
    },
    /// Writes the generated files: all that are quick to write, or the named parts.
    Codegen {
        parts: Vec<codegen::Part>,
        /// Writes no file, and fails when one is stale.
        #[arg(long)]
        check: bool,
    },
    /// Measures the figures of docs/generated/trust.md: all of them, or the named ones.
    Figures { measurements: Vec<figures::Measurement> },
    /// Runs the fuzz targets of the readers of foreign input: all of them, or the named ones.
    Fuzz {
        targets: Vec<String>,
        /// How long each target runs, in seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Writes a bill of materials for each crate into the folder `sbom` of the target folder.
    Sbom,
    /// Crashes the cache in many ways and many times; CI takes a sample of it.
    Crash,
    /// Writes the packages for client teams into the folder `dist` of the target folder: all of
    /// them, or the named ones. Checksums and the bill of materials come with each.
    Dist {
        parts: Vec<dist::Part>,
        /// Skips a package whose compiler or tools are not installed.
        #[arg(long)]
        allow_missing: bool,
    },
    /// Builds the site of the documentation, with the playground inside, and checks its links. Needs
    /// mdbook, and what the playground needs.
    Docs,
    /// Applies the fixes of clippy and rustfmt.
    Fixup,
    /// Runs the mutation tests of the domain and the app, and writes docs/generated/mutants.md.
    /// Needs cargo-mutants, and an hour.
    Mutants {
        /// Writes the page from the last run.
        #[arg(long)]
        page_only: bool,
    },
    /// Builds the playground, and serves it on loopback. Needs npm and the standard library of
    /// wasm32-unknown-unknown.
    Playground {
        /// Tests it instead, in Chromium, and copies the pictures that the tests take into
        /// docs/pictures.
        #[arg(long)]
        pictures: bool,
    },
    /// Prepares and publishes a version.
    Release {
        #[command(subcommand)]
        step: ReleaseStep,
    },
    /// Simulates seeded histories of phones, backend and faults, and checks the invariants after
    /// each step; prints the shortest history of the first seed that fails.
    Simulate {
        /// How many histories.
        #[arg(long, default_value_t = ci::SEEDS)]
        seeds: u64,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Puts the BFF under load for a million requests and ends it fifty times; CI takes a sample.
    Soak {
        /// How many requests.
        #[arg(long, default_value_t = 1_000_000)]
        requests: u64,
        /// How often the service is ended under load.
        #[arg(long, default_value_t = 50)]
        ends: u64,
    },
    /// Prints the size of the library that an app links, by crate; fails above the limit.
    Size,
    /// Pairs a car from the named languages, or from all, each with its real compiler.
    TestBindings {
        languages: Vec<test_bindings::Language>,
        /// Skips a language whose compiler is not installed.
        #[arg(long)]
        allow_missing: bool,
    },
}

#[derive(Subcommand)]
enum ReleaseStep {
    /// Sets the version, writes the changelog and the generated files, compares the public items
    /// with the last release, packages every crate, and lists what a client team must change.
    Prepare {
        /// The version, such as 0.2.0.
        version: String,
    },
    /// Publishes every crate, in the order of their dependencies. Uploads only with `--execute`.
    Publish {
        /// Uploads.
        #[arg(long)]
        execute: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Bench { subjects, rounds, phones, seconds, print_only } => {
            bench::run(&subjects, &bench::Effort { rounds, phones, seconds, print_only })
        }
        Task::Ci { jobs, allow_missing } => ci::run(&jobs, &AllowMissing::new(allow_missing)),
        Task::Codegen { parts, check: true } => codegen::check(&parts),
        Task::Codegen { parts, check: false } => codegen::write(&parts),
        Task::Figures { measurements } => figures::write(&measurements),
        Task::Fuzz { targets, seconds } => fuzz::run(&targets, seconds),
        Task::Sbom => sbom::write(),
        Task::Crash => crash(),
        Task::Dist { parts, allow_missing } => {
            dist::write(&parts).and_then(|outcome| outcome.expect_all(allow_missing))
        }
        Task::Docs => docs::write(),
        Task::Fixup => fixup(),
        Task::Mutants { page_only } => mutants::run(page_only),
        Task::Playground { pictures: true } => playground::take_pictures(),
        Task::Playground { pictures: false } => playground::serve(),
        Task::Release { step: ReleaseStep::Prepare { version } } => release::prepare(&version),
        Task::Release { step: ReleaseStep::Publish { execute } } => release::publish(execute),
        Task::Simulate { seeds, from } => ci::simulate(seeds, from),
        Task::Soak { requests, ends } => soak(requests, ends),
        Task::Size => size::check().and_then(|outcome| outcome.expect_all(false)),
        Task::TestBindings { languages, allow_missing } => {
            test_bindings::run(&languages).and_then(|outcome| outcome.expect_all(allow_missing))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn crash() -> Result<(), TaskError> {
    // With one thread the test runner would put a test's name in front of its figures.
    cargo("test -p digital-key-cache-sled --test crash -- --nocapture --test-threads=2")
        .env("DIGITAL_KEY_KILLS", "300")
        .env("DIGITAL_KEY_SIGN_OUTS", "300")
        .env("DIGITAL_KEY_FORGETS", "300")
        .env("DIGITAL_KEY_DAMAGES", "400")
        .env("DIGITAL_KEY_FAULTS", "1000")
        .run()
}

fn soak(requests: u64, ends: u64) -> Result<(), TaskError> {
    let tests = "memory_does_not_grow no_request_is_lost ten_thousand_idle";
    cargo("test --release -p digital-key-bff --test service -- --nocapture --test-threads=1")
        .args(tests)
        .env("DIGITAL_KEY_BFF_TEST_REQUESTS", &requests.to_string())
        .env("DIGITAL_KEY_BFF_TEST_ENDS", &ends.to_string())
        .run()
}

fn fixup() -> Result<(), TaskError> {
    cargo(&format!("{} --fix --allow-dirty --allow-staged", ci::CLIPPY)).run()?;
    cargo("fmt --all").run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_may_miss_something_only_after_the_option() {
        for (arguments, jobs) in [
            ("xtask ci ios", None),
            ("xtask ci --allow-missing ios", Some(0)),
            ("xtask ci --allow-missing=ios,deny", Some(2)),
        ] {
            let parsed = Arguments::try_parse_from(arguments.split(' ')).unwrap();
            let Task::Ci { allow_missing, .. } = parsed.task else { panic!("another task") };
            assert_eq!(allow_missing.map(|jobs| jobs.len()), jobs, "{arguments}");
        }
    }
}
