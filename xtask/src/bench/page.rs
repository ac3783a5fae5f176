//! The table of a subject, and the page with all of them.

use std::fmt;

use super::machine::Machine;
use crate::TaskError;
use crate::command::workspace_root;

const PAGE: &str = "docs/generated/performance.md";

/// What a figure must reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    None,
    /// For the ratio.
    AtLeast(f64),
    AtMost(f64),
    /// For how many times faster we are: the inverse of the ratio.
    Ahead(f64),
    /// For our figure itself.
    OursAtLeast(f64),
    OursAtMost(f64),
}

/// The median of some measurements, with the lowest and the highest one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figure {
    median: f64,
    lowest: f64,
    highest: f64,
}

impl Figure {
    fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let (median, highest) = (at(values.len() / 2), at(values.len().saturating_sub(1)));
        Self { median, lowest: at(0), highest }
    }

    fn cell(&self, decimals: usize) -> String {
        let Self { median, lowest, highest } = self;
        if lowest == highest {
            return format!("{median:.decimals$}");
        }
        format!("{median:.decimals$} ({lowest:.decimals$}–{highest:.decimals$})")
    }
}

/// A figure of ours and one of a peer.
#[derive(Debug)]
pub(super) struct Row {
    what: String,
    peer: &'static str,
    ours: Figure,
    theirs: Figure,
    ratio: f64,
    decimals: usize,
    goal: Goal,
}

impl Row {
    /// The ratio is the median over the rounds, in which each side has one measurement.
    pub(super) fn new(
        what: &str,
        peer: &'static str,
        ours: &[f64],
        theirs: &[f64],
        decimals: usize,
        goal: Goal,
    ) -> Self {
        let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs);
        Self {
            what: what.to_owned(),
            peer,
            ours: Figure::new(ours.iter().copied()),
            theirs: Figure::new(theirs.iter().copied()),
            ratio: Figure::new(ratios).median,
            decimals,
            goal,
        }
    }

    /// A ratio far below 1 is shown as a fraction.
    fn ratio(&self) -> String {
        if self.ratio < 0.1 {
            return format!("1/{:.0}", 1.0 / self.ratio);
        }
        format!("{:.2}", self.ratio)
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::None => String::new(),
            Goal::AtLeast(goal) => format!("ratio ≥ {goal}"),
            Goal::AtMost(goal) => format!("ratio ≤ {goal}"),
            Goal::Ahead(goal) => format!("ratio ≤ 1/{goal}"),
            Goal::OursAtLeast(goal) => format!("≥ {goal}"),
            Goal::OursAtMost(goal) => format!("≤ {goal}"),
        }
    }

    /// Whether the goal is reached, judged by the rounded figure that the table shows.
    fn result(&self) -> String {
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        let (value, goal, is_limit) = match self.goal {
            Goal::None => return String::new(),
            Goal::AtLeast(goal) => (self.ratio, goal, false),
            Goal::AtMost(goal) => (self.ratio, goal, true),
            Goal::Ahead(goal) => (1.0 / self.ratio, goal, false),
            Goal::OursAtLeast(goal) => (self.ours.median, goal, false),
            Goal::OursAtMost(goal) => (self.ours.median, goal, true),
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
        let Self { what, peer, ours, theirs, decimals, .. } = self;
        let (ours, theirs) = (ours.cell(*decimals), theirs.cell(*decimals));
        let (ratio, goal, result) = (self.ratio(), self.goal(), self.result());
        write!(f, "| {what} | {ours} | {peer} | {theirs} | {ratio} | {goal} | {result} |")
    }
}

/// The figures of one subject.
pub(super) struct Section {
    /// The name of the subject on the command line.
    pub(super) name: &'static str,
    /// The programs that were measured, and how often.
    pub(super) method: String,
    /// One table or more, each with its head.
    pub(super) table: String,
}

/// Returns the table of figures beside those of a peer.
pub(super) fn side_by_side(rows: &[Row]) -> String {
    let mut table = "| what | we | beside | its figure | ratio | goal | result |\n\
                     |---|--:|---|--:|--:|---|---|\n"
        .to_owned();
    rows.iter().for_each(|row| table += &format!("{row}\n"));
    table
}

/// Writes the section into the page, and keeps the rest of it.
pub(super) fn write(machine: &Machine, section: &Section) -> Result<(), TaskError> {
    let path = workspace_root().join(PAGE);
    let Section { name, method, table } = section;
    let text = format!("Measured by `cargo xtask bench {name}` on {machine}. {method}\n\n{table}");
    std::fs::write(&path, replace(&std::fs::read_to_string(&path)?, name, &text)?)?;
    println!("wrote the section {name} of {PAGE}");
    Ok(())
}

/// Replaces what stands between the two marks of a section.
fn replace(page: &str, name: &str, text: &str) -> Result<String, TaskError> {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| format!("{PAGE} has no section {name}"))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: &[f64], theirs: &[f64], goal: Goal) -> String {
        Row::new("x", "peer", ours, theirs, 0, goal).to_string()
    }

    #[test]
    fn a_row_says_by_how_much_a_goal_is_missed() {
        for (goal, end) in [
            (Goal::None, "| 0.80 |  |  |"),
            (Goal::AtLeast(0.8), "| ratio ≥ 0.8 | reached |"),
            (Goal::AtLeast(0.85), "| ratio ≥ 0.85 | missed by 6 % |"),
            (Goal::AtMost(0.5), "| ratio ≤ 0.5 | missed by 60 % |"),
            (Goal::Ahead(1.25), "| ratio ≤ 1/1.25 | reached |"),
            (Goal::Ahead(2.5), "| ratio ≤ 1/2.5 | missed by 50 % |"),
            (Goal::OursAtMost(20.0), "| ≤ 20 | missed by 100 % |"),
            (Goal::OursAtLeast(40.0), "| ≥ 40 | reached |"),
        ] {
            let row = row(&[40.0], &[50.0], goal);
            assert!(row.ends_with(end), "{row}");
        }
    }

    #[test]
    fn a_ratio_is_the_median_over_the_rounds() {
        let row = row(&[1.0, 30.0, 4.0], &[2.0, 10.0, 4.0], Goal::None);
        assert_eq!(row, "| x | 4 (1–30) | peer | 4 (2–10) | 1.00 |  |  |");
    }

    #[test]
    fn a_small_ratio_is_a_fraction() {
        assert_eq!(row(&[1.0], &[40.0], Goal::None), "| x | 1 | peer | 40 | 1/40 |  |  |");
    }

    #[test]
    fn a_section_is_replaced_alone() {
        let page = "a\n<!-- begin one -->\nold\n<!-- end one -->\nb\n<!-- begin two -->\n";
        let expected = "a\n<!-- begin one -->\nnew\n<!-- end one -->\nb\n<!-- begin two -->\n";
        assert_eq!(replace(page, "one", "new\n").unwrap(), expected);
        assert!(replace(page, "two", "new\n").is_err());
    }
}
