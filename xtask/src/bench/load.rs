//! Many phones in one process that pair through a real BFF, on loopback.
//!
//! The phones have one core, and the BFF and its SmAcc service the other one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;

use super::contestant::on_core;
use super::machine::{self, Foreign};
use super::page::Section;
use super::{CORES, Effort};
use crate::TaskError;
use crate::command::{Program, cargo};
use crate::services::{Bff, Process};

/// How many phones begin in a second.
const PER_SECOND: usize = 1_000;

/// How long Apple's sheet stays up.
const SHEET: Duration = Duration::from_secs(5);

/// One of so many phones pairs in the run in which the BFF is killed.
const KILLED: usize = 10;

/// How long there is no BFF after it was killed.
const DOWN: Duration = Duration::from_secs(2);

/// The most memory that the process with all phones may take.
const MOST_MEGABYTES: f64 = 1_200.0;

#[derive(Debug, Clone, Copy)]
struct Load {
    phones: usize,
    per_second: usize,
    /// How long Apple's sheet stays up.
    sheet: Duration,
}

impl Load {
    /// The middle of the time in which phones begin.
    fn middle(&self) -> Duration {
        Duration::from_secs_f64(self.phones as f64 / self.per_second as f64 / 2.0)
    }
}

/// What the process of the phones prints.
#[derive(Debug, Clone, Default, Deserialize)]
struct Report {
    phones: usize,
    paired: usize,
    seconds: f64,
    requests: usize,
    failed_requests: usize,
    second_tries: usize,
    passwords_issued: usize,
    passwords_used: usize,
    passwords_refused: usize,
    longest_seconds: f64,
    peak_megabytes: f64,
    times: Vec<Percentiles>,
}

/// The distribution of one time, in milliseconds.
#[derive(Debug, Clone, Deserialize)]
struct Percentiles {
    what: String,
    count: usize,
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
    longest: f64,
}

/// Lets many phones pair, and then fewer while the BFF is killed and started again.
pub(super) fn measure(effort: &Effort, foreign: &Foreign) -> Result<Section, TaskError> {
    let programs = Programs { load: build()?, bff: Bff::build_optimised()? };
    foreign.expect_quiet()?;
    let load = Load { phones: effort.phones, per_second: PER_SECOND, sheet: SHEET };
    let (report, bff_megabytes) = programs.calm(load, foreign)?;
    let killed = programs.killed(Load { phones: load.phones / KILLED, ..load })?;
    let method = format!(
        "{} phones; {PER_SECOND} begin in a second, on average; Apple's sheet stays up for {} s.",
        load.phones,
        SHEET.as_secs()
    );
    let table = format!("{}\n{}", times(&report), totals(&report, bff_megabytes, &killed)?);
    Ok(Section { name: "load", method, table })
}

/// Lets a few phones pair, in both ways.
pub(super) fn check() -> Result<(), TaskError> {
    // The program as developers build it: this measures no time.
    Bff::build()?;
    let programs = Programs { load: build()?, bff: Bff::built() };
    let load = Load { phones: 200, per_second: 100, sheet: Duration::from_millis(200) };
    let (report, bff_megabytes) = programs.calm(load, &Foreign::new(true))?;
    let killed = programs.killed(load)?;
    println!("{}\n{}", times(&report), totals(&report, bff_megabytes, &killed)?);
    Ok(())
}

/// Builds the program that plays the phones and the SmAcc service, and returns its path.
fn build() -> Result<PathBuf, TaskError> {
    #[derive(Deserialize)]
    struct Built {
        target: Target,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    let bench = "bench --quiet -p digital-key-cli --bench load --no-run --message-format json";
    let printed = cargo(bench).output()?;
    let mut built = printed.lines().filter_map(|line| serde_json::from_str::<Built>(line).ok());
    let load = built.find(|built| built.target.name == "load" && built.executable.is_some());
    Ok(load.and_then(|built| built.executable).ok_or("cargo has not built the load test")?)
}

struct Programs {
    load: PathBuf,
    bff: PathBuf,
}

impl Programs {
    fn smacc(&self) -> Result<(Process, String), TaskError> {
        let smacc = pinned(CORES[0], &self.load).argument("smacc");
        Process::start_until(smacc, |line| line.strip_prefix("ready ").map(str::to_owned))
    }

    /// Starts the BFF with settings for a load test: no limit of the rate of a token, which is the
    /// default, since all phones share one token.
    fn bff(&self, address: &str, smacc: &str) -> Result<Bff, TaskError> {
        let settings = "--threads 1 --access-log false --upstream-probe-path /health";
        Bff::start_on(address, pinned(CORES[0], &self.bff), smacc, settings)
    }

    fn phones(&self, load: Load, bff: &Bff, smacc: &str) -> Program {
        let Load { phones, per_second, sheet } = load;
        let arguments = format!("{} {smacc} {phones} {per_second} {}", bff.api, sheet.as_millis());
        pinned(CORES[1], &self.load).argument("phones").args(&arguments)
    }

    /// Returns the report, and the peak memory of the BFF in MB.
    fn calm(&self, load: Load, foreign: &Foreign) -> Result<(Report, f64), TaskError> {
        let (smacc, url) = self.smacc()?;
        let bff = self.bff("127.0.0.1:0", &url)?;
        let phones = self.phones(load, &bff, &url);
        let printed = foreign.watch(&[smacc.id(), bff.process.id()], || phones.output())?;
        let report = read(&printed, load)?;
        if report.failed_requests > 0 {
            return Err(format!("requests to the BFF failed: {report:?}").into());
        }
        let megabytes = machine::peak_memory_of(bff.process.id())? * 1024.0 / 1e6;
        Ok((report, megabytes))
    }

    /// Kills the BFF while phones pair, and starts it again.
    fn killed(&self, load: Load) -> Result<Report, TaskError> {
        let (_smacc, url) = self.smacc()?;
        let bff = self.bff("127.0.0.1:0", &url)?;
        let phones = self.phones(load, &bff, &url);
        let phones = phones.spawn(|command| command.stdout(Stdio::piped()))?;
        std::thread::sleep(load.middle());
        let address = bff.api.trim_start_matches("http://").to_owned();
        drop(bff);
        std::thread::sleep(DOWN);
        let _bff = self.bff(&address, &url)?;
        let output = phones.wait_with_output()?;
        read(&String::from_utf8(output.stdout)?, load)
    }
}

fn pinned(core: usize, path: &Path) -> Program {
    on_core(core).argument(path)
}

/// Reads the report, and checks that each phone has its key, and that each has used one password once.
fn read(printed: &str, load: Load) -> Result<Report, TaskError> {
    let report: Report = serde_json::from_str(printed.trim())?;
    let all = load.phones;
    let Report { phones, paired, passwords_used, passwords_refused, .. } = report;
    if [phones, paired, passwords_used] != [all; 3] || passwords_refused > 0 {
        return Err(format!("not each phone has a key by one use of a password: {report:?}").into());
    }
    Ok(report)
}

/// Returns the table of the percentiles.
fn times(report: &Report) -> String {
    let mut table = "| time, ms | count | p50 | p90 | p99 | p99.9 | longest |\n\
                     |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for Percentiles { what, count, p50, p90, p99, p999, longest } in &report.times {
        table += &format!(
            "| {what} | {count} | {p50:.3} | {p90:.3} | {p99:.3} | {p999:.3} | {longest:.3} |\n"
        );
    }
    table
}

/// Returns the table of the sums.
fn totals(report: &Report, bff_megabytes: f64, killed: &Report) -> Result<String, TaskError> {
    let Report { phones, paired, passwords_used, peak_megabytes, .. } = report;
    let result = |is_met| if is_met { "reached" } else { "missed" };
    let second_tries = report.second_tries;
    let mut table = "| what | figure | goal | result |\n|---|--:|---|---|\n".to_owned();
    writeln!(table, "| phones with a tracked key | {paired} of {phones} | all | reached |")?;
    writeln!(table, "| requests that failed | {} | 0 | reached |", report.failed_requests)?;
    writeln!(
        table,
        "| drivers who waited a second in vain, and tried again | {second_tries} | 0 | {} |",
        result(second_tries == 0)
    )?;
    writeln!(table, "| passwords used once | {passwords_used} | one a phone | reached |")?;
    let per_second = report.requests as f64 / report.seconds;
    writeln!(table, "| requests to the BFF per second | {per_second:.0} | | |")?;
    writeln!(
        table,
        "| peak memory of the process with all phones, MB | {peak_megabytes:.0} | ≤ {MOST_MEGABYTES} | \
         {} |",
        result(*peak_megabytes <= MOST_MEGABYTES)
    )?;
    writeln!(table, "| peak memory of the BFF, MB | {bff_megabytes:.0} | | |")?;
    let Report { phones, paired, failed_requests, second_tries, passwords_used, .. } = killed;
    let down = DOWN.as_secs();
    writeln!(
        table,
        "| the BFF is killed, and back after {down} s: phones with a tracked key | {paired} of {phones} \
         | all | reached |"
    )?;
    writeln!(table, "| – passwords used once | {passwords_used} | one a phone | reached |")?;
    writeln!(table, "| – passwords issued | {} | | |", killed.passwords_issued)?;
    writeln!(table, "| – requests that failed | {failed_requests} | | |")?;
    writeln!(table, "| – second tries by drivers | {second_tries} | | |")?;
    writeln!(table, "| – longest way to a key, s | {:.1} | | |", killed.longest_seconds)?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load { phones: 2, per_second: 1, sheet: Duration::ZERO };

    fn printed(paired: usize, used: usize, refused: usize) -> String {
        format!(
            r#"{{"phones":2,"paired":{paired},"seconds":4.0,"requests":12,"failed_requests":0,
            "second_tries":0,"passwords_issued":2,"passwords_used":{used},
            "passwords_refused":{refused},"longest_seconds":1.5,"peak_megabytes":1300.4,
            "times":[{{"what":"entry","count":2,"p50":1.0,"p90":2.0,"p99":2.0,"p999":2.0,
            "longest":2.25}}]}}"#
        )
    }

    #[test]
    fn a_phone_without_a_key_and_a_password_that_is_used_twice_are_errors() {
        assert!(read(&printed(2, 2, 0), LOAD).is_ok());
        for report in [printed(1, 1, 0), printed(2, 3, 0), printed(2, 2, 1), "".to_owned()] {
            assert!(read(&report, LOAD).is_err(), "{report}");
        }
    }

    #[test]
    fn the_tables_show_the_report() {
        let report = read(&printed(2, 2, 0), LOAD).unwrap();
        let tables = format!("{}{}", times(&report), totals(&report, 12.0, &report).unwrap());
        for row in [
            "| entry | 2 | 1.000 | 2.000 | 2.000 | 2.000 | 2.250 |",
            "| phones with a tracked key | 2 of 2 | all | reached |",
            "| requests to the BFF per second | 3 | | |",
            "| peak memory of the process with all phones, MB | 1300 | ≤ 1200 | missed |",
        ] {
            assert!(tables.contains(row), "{tables}");
        }
    }
}
