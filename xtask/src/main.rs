//! The chores of this workspace, run as `cargo xtask …`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the one who runs it"
)]

mod ci;
mod codegen;
mod command;
mod deny;
mod dist;
mod figures;
mod fuzz;
mod kotlin;
mod metadata;
mod mutants;
mod portable;
mod release;
mod sbom;
mod simulate;
mod size;
mod structure;
mod test_bindings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::ci::Lenient;
use crate::command::cargo;

/// What can go wrong in a chore, told to the one who runs it.
type Failure = Box<dyn std::error::Error>;

/// The chores of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Runs what CI runs: all jobs, or those that are named.
    Ci {
        /// The jobs, in the order in which they run.
        jobs: Vec<ci::Job>,
        /// Lets these jobs pass, or all, when something that they need is not installed here.
        #[arg(long, value_name = "JOB,…", num_args = 0.., require_equals = true)]
        #[arg(value_delimiter = ',')]
        allow_missing: Option<Vec<ci::Job>>,
    },
    /// Writes the pages of docs/generated, or the parts that are named.
    Codegen {
        parts: Vec<codegen::Part>,
        /// Writes nothing, and fails when a page is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Measures what docs/generated/trust.md says: all of it, or what is named.
    Figures { names: Vec<String> },
    /// Gives the readers of foreign input what libFuzzer makes up: all targets, or those that are
    /// named.
    Fuzz {
        targets: Vec<String>,
        /// How long each target runs, in seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Writes to target/sbom what each crate is built from.
    Sbom,
    /// Crashes the cache in many ways and many times; CI takes a sample of it.
    Crash,
    /// Writes the packages for client teams to target/dist: all, or those that are named.
    Dist {
        parts: Vec<dist::Part>,
        /// Passes over what has no compiler or tool here.
        #[arg(long)]
        allow_missing: bool,
    },
    /// Lets clippy and rustfmt correct what they can.
    Fixup,
    /// Puts mistakes into the domain and the app, and writes what the tests noticed to
    /// docs/generated. Needs cargo-mutants, and an hour.
    Mutants {
        /// Writes the page from the last run.
        #[arg(long)]
        page_only: bool,
    },
    /// Prepares and publishes a version.
    Release {
        #[command(subcommand)]
        step: ReleaseStep,
    },
    /// Lives through seeded histories of phones, backend and faults, and checks what must always
    /// hold; tells the shortest history of the first seed that fails.
    Simulate {
        /// How many histories.
        #[arg(long, default_value_t = simulate::SEEDS_IN_CI)]
        seeds: u64,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Prints what the library weighs that an app links, by crate group; fails when it is too heavy.
    Size,
    /// Pairs a car from these languages, or from all, each with its real compiler.
    TestBindings {
        languages: Vec<test_bindings::Language>,
        /// Passes over a language whose compiler is not installed.
        #[arg(long)]
        allow_missing: bool,
    },
}

#[derive(Subcommand)]
enum ReleaseStep {
    /// Sets the version, writes the changelog and the generated files, compares the public items
    /// with the last release, packages every crate, and says what a client team must change.
    Prepare {
        /// The version, such as 0.2.0.
        version: String,
    },
    /// Publishes every crate, in the order of their dependencies; uploads nothing unless told to.
    Publish {
        /// Uploads.
        #[arg(long)]
        execute: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Ci { jobs, allow_missing } => ci::run(&jobs, &Lenient::new(allow_missing)),
        Chore::Codegen { parts, check: true } => codegen::check(&parts),
        Chore::Codegen { parts, check: false } => codegen::write(&parts),
        Chore::Figures { names } => figures::write(&names),
        Chore::Fuzz { targets, seconds } => fuzz::run(&targets, seconds),
        Chore::Sbom => sbom::write(),
        Chore::Crash => crash(),
        Chore::Dist { parts, allow_missing } => dist::write(&parts, allow_missing),
        Chore::Fixup => fixup(),
        Chore::Mutants { page_only } => mutants::run(page_only),
        Chore::Release { step: ReleaseStep::Prepare { version } } => release::prepare(&version),
        Chore::Release { step: ReleaseStep::Publish { execute } } => release::publish(execute),
        Chore::Simulate { seeds, from } => simulate::run(seeds, from),
        Chore::Size => size::check().and_then(ci::Ended::or_fail),
        Chore::TestBindings { languages, allow_missing } => {
            test_bindings::run(&languages, allow_missing).map(drop)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn crash() -> Result<(), Failure> {
    // With one thread the test runner would put a test's name in front of its figures.
    cargo("test -p digital-key-cache-sled --test crash -- --nocapture --test-threads=2")
        .env("DIGITAL_KEY_KILLS", "300")
        .env("DIGITAL_KEY_DAMAGES", "400")
        .env("DIGITAL_KEY_FAULTS", "1000")
        .run()
}

fn fixup() -> Result<(), Failure> {
    cargo(&format!("{} --fix --allow-dirty --allow-staged", ci::CLIPPY)).run()?;
    cargo("fmt --all").run()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed_to_miss(arguments: &str) -> Option<usize> {
        let words = ["xtask", "ci"].into_iter().chain(arguments.split_whitespace());
        let Chore::Ci { allow_missing, .. } = Arguments::try_parse_from(words).unwrap().chore
        else {
            panic!("another chore");
        };
        allow_missing.map(|jobs| jobs.len())
    }

    #[test]
    fn jobs_are_lenient_only_when_it_is_said() {
        assert_eq!(allowed_to_miss("ios"), None);
        assert_eq!(allowed_to_miss("--allow-missing ios"), Some(0));
        assert_eq!(allowed_to_miss("--allow-missing=ios,deny"), Some(2));
    }
}
