//! A durable take of a use beside two plain writes, each with an `fdatasync`, on the same disk.

use crate::TaskError;
use crate::command::cargo;

use super::Effort;
use super::machine::Foreign;
use super::page::{Goal, Row, Section};

/// Lets the benchmark of the cache measure both in turn, in each round.
pub(super) fn measure(effort: &Effort, foreign: &mut Foreign) -> Result<Section, TaskError> {
    let bench = "bench --quiet -p digital-key-cache-sled --bench durable";
    cargo(&format!("{bench} --no-run")).run()?;
    foreign.expect_quiet()?;
    let (mut takes, mut writes) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        let printed = foreign.watch(&[], || cargo(bench).output())?;
        let (take, two_writes) = figures(&printed).ok_or("the benchmark printed no figures")?;
        takes.push(take);
        writes.push(two_writes);
    }
    let peer = "two writes with fdatasync";
    let rows = vec![Row::new("durable take, µs", peer, &takes, &writes, 0, Goal::AtMost(1.1))];
    let method = format!("{} rounds; a round is the median of 301 takes.", effort.rounds);
    Ok(Section { name: "take", method, rows })
}

/// The medians of a take and of the writes.
fn figures(printed: &str) -> Option<(f64, f64)> {
    let line = printed.lines().find_map(|line| line.strip_prefix("in µs: "))?;
    let (take, two_writes) = line.split_once(" / ")?;
    Some((take.parse().ok()?, two_writes.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_benchmark_is_read() {
        assert_eq!(figures("a\nin µs: 412.5 / 330.0\nb"), Some((412.5, 330.0)));
        assert_eq!(figures("in µs: many"), None);
    }
}
