//! `digital-key-simulator --seeds N [--from S]`: runs N histories and prints figures. If a seed fails,
//! it prints the shortest history that still fails.
#![allow(clippy::print_stdout, reason = "a command prints its result")]

mod progress;

use std::process::ExitCode;

use digital_key_simulator::{Parts, Report, run};

use progress::Progress;

fn main() -> ExitCode {
    let outcome = arguments(std::env::args().skip(1)).and_then(|(seeds, from)| {
        let mut progress = Progress::new(seeds);
        let report = run(Parts::default(), from, seeds, |done, took| progress.show(done, took));
        progress.end();
        report
    });
    match outcome {
        Ok(report) => print(&report),
        Err(failure) => {
            println!("{failure}");
            ExitCode::from(2)
        }
    }
}

/// Returns the number of seeds, and the first one.
fn arguments(
    arguments: impl Iterator<Item = String>,
) -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let (mut seeds, mut from) = (5_000, 0);
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let value = match name.as_str() {
            "--seeds" => &mut seeds,
            "--from" => &mut from,
            _ => return Err(format!("there is no {name}; there are --seeds and --from").into()),
        };
        let number = arguments.next().ok_or_else(|| format!("{name} needs a number"))?;
        *value = number.parse().map_err(|_| format!("{name} needs a number, not {number}"))?;
    }
    Ok((seeds, from))
}

fn print(report: &Report) -> ExitCode {
    let Report { histories, took, faults, failure } = report;
    if let Some(failure) = failure {
        println!("{failure}");
    }
    println!("figure: simulated histories: {histories}");
    println!(
        "figure: simulated histories per second: {:.0}",
        *histories as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE)
    );
    println!("figure: faults in the simulated histories: {faults}");
    println!(
        "figure: violations in the simulated histories (at most 0): {}",
        usize::from(failure.is_some())
    );
    ExitCode::from(u8::from(failure.is_some()))
}
