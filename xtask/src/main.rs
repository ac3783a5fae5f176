//! The chores of this workspace, run as `cargo xtask …`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the one who runs it"
)]

mod ci;
mod codegen;
mod command;
mod metadata;
mod portable;
mod structure;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    },
    /// Writes the pages of docs/generated: all of them, or the parts that are named.
    Codegen {
        parts: Vec<codegen::Part>,
        /// Writes nothing, and fails when a page is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Lets clippy and rustfmt correct what they can.
    Fixup,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Ci { jobs } => ci::run(&jobs),
        Chore::Codegen { parts, check: true } => codegen::check(&parts),
        Chore::Codegen { parts, check: false } => codegen::write(&parts),
        Chore::Fixup => fixup(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn fixup() -> Result<(), Failure> {
    cargo(&format!("{} --fix --allow-dirty --allow-staged", ci::CLIPPY)).run()?;
    cargo("fmt --all").run()
}
