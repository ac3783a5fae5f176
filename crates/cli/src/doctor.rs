//! `digital-key doctor` finds out what is wrong at a first try, and prints the next step.

mod toolchain;
mod backend;

use std::io::{self, Write as _};
use std::process::ExitCode;

use digital_key::Vin;

use crate::demo::TOKEN;
use crate::error::CommandError;

/// Exit code: 0 = each check passed, 1 = one failed, 2 = bad usage.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key doctor
  digital-key doctor --bff https://bff.example.com --token secret --vin WBADKEY0000000001
  digital-key doctor --control http://127.0.0.1:8482")]
pub(crate) struct Options {
    /// The base URL of the BFF; by default that of `digital-key backend`.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8480")]
    bff: String,
    /// The bearer token for the BFF.
    #[arg(long, default_value = TOKEN)]
    token: String,
    /// The vehicle to ask for; by default one that `digital-key backend` knows.
    #[arg(long, default_value = "WBADKEY0000000001")]
    vin: Vin,
    /// The control interface of a backend for development.
    #[arg(long, value_name = "URL")]
    control: Option<String>,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode, CommandError> {
    let mut findings = toolchain::check();
    findings.extend(backend::check(&options).await?);
    print(&findings)?;
    let failed = findings.iter().any(|finding| matches!(finding.outcome, Outcome::Failed { .. }));
    Ok(ExitCode::from(u8::from(failed)))
}

/// The outcome of one check.
struct Finding {
    /// What was found, as a sentence without a full stop.
    text: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    /// The user has to do something.
    Failed {
        next_step: String,
    },
    /// The check needs another one that failed, or an option.
    NotChecked,
}

impl Finding {
    fn passed(text: impl Into<String>) -> Self {
        Self { text: text.into(), outcome: Outcome::Passed }
    }

    fn failed(text: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { text: text.into(), outcome: Outcome::Failed { next_step: next_step.into() } }
    }

    fn not_checked(text: impl Into<String>) -> Self {
        Self { text: text.into(), outcome: Outcome::NotChecked }
    }
}

fn print(findings: &[Finding]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for Finding { text, outcome } in findings {
        match outcome {
            Outcome::Passed => writeln!(out, "ok           {text}")?,
            Outcome::NotChecked => writeln!(out, "not checked  {text}")?,
            Outcome::Failed { next_step } => {
                writeln!(out, "failed       {text}")?;
                writeln!(out, "             next: {next_step}")?;
            }
        }
    }
    Ok(())
}
