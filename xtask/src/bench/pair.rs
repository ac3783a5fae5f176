//! Benchmarks that measure the product and its peer in turn, in one process, and print both medians.

use crate::TaskError;
use crate::command::cargo;

use super::Effort;
use super::machine::Foreign;
use super::page::{self, Goal, Row, Section};

/// A benchmark of two.
pub(super) struct Pair {
    /// The section of the page.
    name: &'static str,
    bench: &'static str,
    what: &'static str,
    peer: &'static str,
    at_most: f64,
    /// What one round is.
    round: &'static str,
}

impl Pair {
    /// A durable take of a use beside two plain writes, each with an `fdatasync`, on the same disk.
    pub(super) const TAKE: Self = Self {
        name: "take",
        bench: "-p digital-key-cache-sled --bench durable",
        what: "durable take, µs",
        peer: "two writes with fdatasync",
        at_most: 1.1,
        round: "301 takes",
    };

    /// An intent up to the view that shows it beside a bare actor, on the same thread.
    pub(super) const DISPATCH: Self = Self {
        name: "dispatch",
        bench: "-p digital-key-cli --bench dispatch",
        what: "dispatch to view, ns",
        peer: "channel, actor and watch of tokio",
        at_most: 1.2,
        round: "41 turns of 20,000 dispatches",
    };

    /// Lets the benchmark run once in each round.
    pub(super) fn measure(
        &self,
        effort: &Effort,
        foreign: &mut Foreign,
    ) -> Result<Section, TaskError> {
        let bench = format!("bench --quiet {}", self.bench);
        cargo(&format!("{bench} --no-run")).run()?;
        foreign.expect_quiet()?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..effort.rounds {
            let printed = foreign.watch(&[], || cargo(&bench).output())?;
            let (our, their) = medians(&printed).ok_or("the benchmark printed no figures")?;
            ours.push(our);
            theirs.push(their);
        }
        let goal = Goal::AtMost(self.at_most);
        let rows = vec![Row::new(self.what, self.peer, &ours, &theirs, 0, goal)];
        let method = format!("{} rounds; a round is the median of {}.", effort.rounds, self.round);
        Ok(Section { name: self.name, method, table: page::side_by_side(&rows) })
    }
}

/// Reads a line like `in µs: 412.5 / 330.0`.
fn medians(printed: &str) -> Option<(f64, f64)> {
    let line = printed.lines().find_map(|line| line.strip_prefix("in "))?;
    let (our, their) = line.split_once(": ")?.1.split_once(" / ")?;
    Some((our.parse().ok()?, their.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_benchmark_is_read() {
        assert_eq!(medians("a\nin µs: 412.5 / 330.0\nb"), Some((412.5, 330.0)));
        assert_eq!(medians("in µs: many"), None);
    }
}
