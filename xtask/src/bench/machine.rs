//! The machine: what it is, what its processes use, and whether others use it as well.

use std::fmt;
use std::time::{Duration, Instant};

use crate::TaskError;
use crate::command::program;

/// The share of one core that other programs may use while something is measured.
const MOST_FOREIGN: f64 = 0.1;

/// The unit of the CPU times in /proc, for all programs on Linux.
const TICK: Duration = Duration::from_millis(10);

/// The machine of a run.
pub(super) struct Machine {
    cores: usize,
    processor: String,
    kernel: String,
}

impl Machine {
    pub(super) fn of_this_run() -> Result<Self, TaskError> {
        let cores = std::thread::available_parallelism()?.get();
        if cores < 2 {
            return Err("two cores are needed".into());
        }
        program("taskset", "--version").run()?;
        let about = std::fs::read_to_string("/proc/cpuinfo")?;
        let kernel = program("uname", "-r").output()?;
        let name = about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Ok(Self {
            cores,
            processor: name.map_or("unknown processor", |(_, name)| name).to_owned(),
            kernel: format!("Linux {}", kernel.split(['-', '\n']).next().unwrap_or_default()),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, kernel } = self;
        write!(f, "{cores} cores of {processor}; {kernel}")
    }
}

/// Notices that other programs use the machine.
pub(super) struct Foreign {
    is_allowed: bool,
}

impl Foreign {
    pub(super) fn new(is_allowed: bool) -> Self {
        Self { is_allowed }
    }

    /// Looks at the machine for two seconds before something is measured.
    pub(super) fn expect_quiet(&self) -> Result<(), TaskError> {
        self.watch(&[], || {
            std::thread::sleep(Duration::from_secs(2));
            Ok(())
        })
    }

    /// Runs a measurement, and fails when programs beside these processes, this one and those that it
    /// waited for were busy.
    pub(super) fn watch<T>(
        &self,
        processes: &[u32],
        measure: impl FnOnce() -> Result<T, TaskError>,
    ) -> Result<T, TaskError> {
        let own = || -> Result<Duration, TaskError> {
            let mut sum = cpu_with_children(std::process::id())?;
            for process in processes {
                sum += cpu_of(*process)?;
            }
            Ok(sum)
        };
        let (start, own_before, all_before) = (Instant::now(), own()?, cpu_of_all()?);
        let result = measure()?;
        let all = cpu_of_all()?.saturating_sub(all_before);
        let foreign = all.saturating_sub(own()?.saturating_sub(own_before));
        let share = foreign.as_secs_f64() / start.elapsed().as_secs_f64();
        if share > MOST_FOREIGN {
            let busy = format!(
                "the machine is too busy: other programs used {:.0} % of a core",
                share * 100.0
            );
            if !self.is_allowed {
                return Err(format!("{busy}; no figures are written").into());
            }
            println!("{busy}");
        }
        Ok(result)
    }
}

/// The CPU time of all programs, and what a host took from this machine. Interrupts belong to no
/// program.
fn cpu_of_all() -> Result<Duration, TaskError> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().unwrap_or_default();
    // user, nice, system, idle, iowait, irq, softirq, steal
    sum(line, &[1, 2, 3, 8])
}

/// The CPU time of a process.
pub(super) fn cpu_of(process: u32) -> Result<Duration, TaskError> {
    sum(&stat(process)?, &[11, 12])
}

/// The CPU time of a process and of those that it has waited for.
fn cpu_with_children(process: u32) -> Result<Duration, TaskError> {
    sum(&stat(process)?, &[11, 12, 13, 14])
}

/// The fields of a process after its name, which may have blanks.
fn stat(process: u32) -> Result<String, TaskError> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    Ok(text.rsplit_once(") ").map(|(_, fields)| fields.to_owned()).unwrap_or_default())
}

fn sum(line: &str, places: &[usize]) -> Result<Duration, TaskError> {
    let fields: Vec<_> = line.split_whitespace().collect();
    let mut ticks = 0_u32;
    for place in places {
        ticks += fields.get(*place).ok_or("/proc has too few fields")?.parse::<u32>()?;
    }
    Ok(TICK * ticks)
}

/// The resident memory of a process, in KiB.
pub(super) fn memory_of(process: u32) -> Result<f64, TaskError> {
    memory(process, "VmRSS:")
}

/// The highest resident memory of a process since its start, in KiB.
pub(super) fn peak_memory_of(process: u32) -> Result<f64, TaskError> {
    memory(process, "VmHWM:")
}

fn memory(process: u32, kind: &str) -> Result<f64, TaskError> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(kind));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("/proc has no resident memory")?.parse()?)
}

/// Allows this program, and those that it starts from now on, to open this many files.
pub(super) fn allow_files(count: u64) -> Result<(), TaskError> {
    program("prlimit", &format!("--pid {} --nofile={count}:", std::process::id())).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_summed_up() {
        let line = "cpu 1 2 3 4 5 6 7 8";
        assert_eq!(sum(line, &[1, 2, 3, 8]).unwrap(), Duration::from_millis(140));
        assert!(sum(line, &[9]).is_err());
    }
}
