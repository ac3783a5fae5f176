//! The table of the figures, and the page with it.

use std::fmt;

use super::Effort;
use super::machine::Machine;
use crate::TaskError;
use crate::command::workspace_root;

const PAGE: &str = "docs/generated/performance.md";

/// The part of the page that people write: it stays as it is.
const NOTES: &str = "\n## What it costs, and what was tried\n";

/// What a figure must reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    None,
    /// For the ratio.
    AtLeast(f64),
    AtMost(f64),
    /// For the figure of the BFF itself.
    BffAtLeast(f64),
    BffAtMost(f64),
}

/// A figure of both contestants.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) bff: f64,
    pub(super) nginx: f64,
    pub(super) ratio: f64,
    pub(super) decimals: usize,
    pub(super) goal: Goal,
}

impl Row {
    fn goal(&self) -> String {
        match self.goal {
            Goal::None => String::new(),
            Goal::AtLeast(goal) => format!("ratio ≥ {goal}"),
            Goal::AtMost(goal) => format!("ratio ≤ {goal}"),
            Goal::BffAtLeast(goal) => format!("≥ {goal}"),
            Goal::BffAtMost(goal) => format!("≤ {goal}"),
        }
    }

    /// Whether the goal is reached, judged by the rounded figure that the table shows.
    fn result(&self) -> String {
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        let (value, goal, is_limit) = match self.goal {
            Goal::None => return String::new(),
            Goal::AtLeast(goal) => (self.ratio, goal, false),
            Goal::AtMost(goal) => (self.ratio, goal, true),
            Goal::BffAtLeast(goal) => (self.bff, goal, false),
            Goal::BffAtMost(goal) => (self.bff, goal, true),
        };
        let value = rounded(value);
        if if is_limit { value <= goal } else { value >= goal } {
            return "reached".to_owned();
        }
        format!("missed by {:.0} %", ((value / goal - 1.0).abs() * 100.0).max(1.0))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, bff, nginx, ratio, decimals, .. } = self;
        write!(
            f,
            "| {what} | {bff:.decimals$} | {nginx:.decimals$} | {ratio:.2} | {} | {} |",
            self.goal(),
            self.result()
        )
    }
}

/// The table of all figures.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = String::from("| what | BFF | nginx | ratio | goal | result |\n");
    table += "|---|--:|--:|--:|---|---|\n";
    for row in rows {
        table += &format!("{row}\n");
    }
    table
}

/// Writes the page, and keeps what people wrote on it.
pub(super) fn write(machine: &Machine, effort: &Effort, table: &str) -> Result<(), TaskError> {
    let path = workspace_root().join(PAGE);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let notes = before.find(NOTES).map_or(NOTES, |start| &before[start..]);
    let page = format!(
        "<!-- The table is written by `cargo xtask bench bff`; the notes below it are not. -->\n\n\
         # The BFF beside nginx\n\n\
         Measured by `cargo xtask bench bff` on {}.\n\n\
         nginx passes requests on unchanged; the BFF checks each request, reads each answer and writes \
         its own. Both are one process with one thread on a core of its own, keep connections alive on \
         both sides, and ask the same service, an nginx with one answer. wrk and that service have the \
         other core. Each figure is the median of {} measurements of {} s, in which the two take turns; \
         a ratio is the median over these pairs. The task writes no figures while other programs use \
         the machine.\n\n\
         {table}{notes}",
        machine.description(),
        effort.pairs,
        effort.seconds,
    );
    std::fs::write(path, page)?;
    println!("wrote {PAGE}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_by_how_much_a_goal_is_missed() {
        let row = |goal| {
            let row =
                Row { what: "x".into(), bff: 40.0, nginx: 50.0, ratio: 0.8, decimals: 0, goal };
            row.to_string()
        };
        for (goal, end) in [
            (Goal::None, "| 0.80 |  |  |"),
            (Goal::AtLeast(0.8), "| ratio ≥ 0.8 | reached |"),
            (Goal::AtLeast(0.85), "| ratio ≥ 0.85 | missed by 6 % |"),
            (Goal::AtMost(0.5), "| ratio ≤ 0.5 | missed by 60 % |"),
            (Goal::BffAtMost(20.0), "| ≤ 20 | missed by 100 % |"),
            (Goal::BffAtLeast(40.0), "| ≥ 40 | reached |"),
        ] {
            assert!(row(goal).ends_with(end), "{}", row(goal));
        }
    }
}
