//! `digital-key-simulator --seeds N [--from S] [--record FOLDER]`: runs N histories and prints figures. If
//! a seed fails, it prints the shortest history that still fails, and writes the recordings of its apps
//! into the folder, for `digital-key replay`.
#![allow(clippy::print_stdout, reason = "a command prints its result")]

mod progress;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use digital_key_simulator::{Failure, Parts, Report, RunRecording, run};

use progress::Progress;

fn main() -> ExitCode {
    let outcome = arguments(std::env::args().skip(1)).and_then(|arguments| {
        let Arguments { seeds, from, record } = arguments;
        let mut progress = Progress::new(seeds);
        let report = run(Parts::default(), from, seeds, |done, took| progress.show(done, took))?;
        progress.end();
        if let (Some(folder), Some(failure)) = (record, &report.failure) {
            write_recordings(&folder, failure)?;
        }
        Ok(report)
    });
    match outcome {
        Ok(report) => print(&report),
        Err(failure) => {
            println!("{failure}");
            ExitCode::from(2)
        }
    }
}

struct Arguments {
    seeds: u64,
    /// The first seed.
    from: u64,
    /// Where the recordings of a seed that fails are written.
    record: Option<PathBuf>,
}

fn arguments(
    mut arguments: impl Iterator<Item = String>,
) -> Result<Arguments, Box<dyn std::error::Error>> {
    let mut parsed = Arguments { seeds: 5_000, from: 0, record: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse().map_err(|_| format!("{name} needs a number, not {value}"));
        match name.as_str() {
            "--seeds" => parsed.seeds = number()?,
            "--from" => parsed.from = number()?,
            "--record" => parsed.record = Some(value.into()),
            _ => {
                return Err(
                    format!("there is no {name}; there are --seeds, --from and --record").into()
                );
            }
        }
    }
    Ok(parsed)
}

fn write_recordings(folder: &Path, failure: &Failure) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for RunRecording { phone, run, file } in &failure.recordings {
        let path = folder.join(format!("seed-{}-phone-{phone}-run-{run}.dkrec", failure.seed));
        std::fs::write(&path, file)?;
        println!("recorded: {}", path.display());
    }
    Ok(())
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
