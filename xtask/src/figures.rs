//! Collects the figures that can be measured here into `docs/generated/trust.md`.
//!
//! A command prints a figure as a line `figure: <key>: <value>`; a key that ends in
//! `(at most <number>)` has a limit. `codegen` does not write this page, since two measurements differ.

use clap::ValueEnum;

use crate::TaskError;
use crate::command::{cargo, workspace_root};

const PAGE: &str = "docs/generated/trust.md";

/// What is measured, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measurement {
    /// Crashes of the cache.
    Crash,
    /// Servers that misbehave, and the HTTP client alone.
    Hostile,
    /// Servers that misbehave, and the HTTP client with its decorators.
    Decorated,
    /// Simulated histories.
    Simulator,
    /// The speed of the cache.
    Cache,
    /// The speed of the core.
    Core,
    /// The size of the library.
    Size,
}

impl Measurement {
    /// The title on the page, and the arguments of cargo.
    fn title_and_command(self) -> (&'static str, &'static str) {
        match self {
            Self::Crash => ("Killed at any instant, the cache loses no count", "xtask crash"),
            Self::Hostile => (
                "Servers that misbehave, and the client alone",
                "test -p digital-key-bff-http --test hostile -- --nocapture",
            ),
            Self::Decorated => (
                "Servers that misbehave, and the client as an app has it",
                "test -p digital-key-app --test hostile -- --nocapture",
            ),
            Self::Simulator => ("Simulated phones, with faults", "xtask simulate --seeds 100000"),
            Self::Cache => ("What the cache costs", "bench -p digital-key-cache-sled"),
            Self::Core => (
                "What the core costs beside what it is made of",
                "bench -p digital-key-cli --bench ratios",
            ),
            Self::Size => ("What the library weighs that an app links", "xtask size"),
        }
    }
}

/// Runs these measurements, or all when none is named, and writes the page. The sections of the
/// others stay as they are.
pub(crate) fn write(measurements: &[Measurement]) -> Result<(), TaskError> {
    let path = workspace_root().join(PAGE);
    let before = std::fs::read_to_string(&path)?;
    let mut page = String::from(HEAD);
    for measurement in Measurement::value_variants() {
        let (title, command) = measurement.title_and_command();
        if measurements.is_empty() || measurements.contains(measurement) {
            println!("$ cargo {command}");
            page += &section(title, command, &cargo(command).output()?)?;
        } else {
            page += section_of(&before, title).unwrap_or_default();
        }
    }
    std::fs::write(path, page)?;
    println!("wrote {PAGE}");
    Ok(())
}

const HEAD: &str = "<!-- Written by `cargo xtask figures`. -->\n\n# Figures\n\nEach was measured by \
                    the command above its table, which anyone can run.\n";

/// The section of the page about what a command printed.
fn section(title: &str, command: &str, output: &str) -> Result<String, TaskError> {
    let mut rows = String::new();
    for (key, value) in figures(output) {
        println!("{key}: {value}");
        let (key, limit) = match key.split_once(" (") {
            Some((key, limit)) if limit.starts_with("at most ") => {
                (key, limit.trim_end_matches(')'))
            }
            _ => (key, ""),
        };
        if !limit.is_empty() && !keeps(value, limit.trim_start_matches("at most ")) {
            return Err(format!("{key}: {value}, and the limit is {limit}").into());
        }
        rows += &format!("| {key} | {value} | {limit} |\n");
    }
    if rows.is_empty() {
        return Err(format!("`cargo {command}` prints no figure").into());
    }
    let head = "| figure | value | limit |\n|---|---|---|\n";
    Ok(format!("\n## {title}\n\n`cargo {command}`\n\n{head}{rows}"))
}

/// The figures that a command printed. The test harness may have begun the line with a test's name.
fn figures(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.lines().filter_map(|line| line.split_once("figure: ")?.1.rsplit_once(": "))
}

/// The section of this title on a page.
fn section_of<'a>(page: &'a str, title: &str) -> Option<&'a str> {
    let start = page.find(&format!("\n## {title}\n"))?;
    let end = page[start + 1..].find("\n## ").map_or(page.len(), |length| start + 1 + length);
    Some(&page[start..end])
}

/// Whether a value is a number up to the limit.
fn keeps(value: &str, limit: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    number(value).is_some_and(|value| number(limit).is_some_and(|limit| value <= limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_has_the_command_and_its_figures() {
        let output = "running 1 test\ntest a ... figure: kills (all): 3\nfigure: none\n\
                      figure: p99 of a: b (at most 1.3): 1.29\nok\n";
        assert_eq!(
            section("How it is", "test -p x", output).unwrap(),
            "\n## How it is\n\n`cargo test -p x`\n\n| figure | value | limit |\n\
             |---|---|---|\n| kills (all) | 3 |  |\n| p99 of a: b | 1.29 | at most 1.3 |\n"
        );
    }

    #[test]
    fn a_figure_is_there_and_keeps_its_limit() {
        let section = |output: &str| section("x", "test", output);
        assert!(section("no figures\n").is_err());
        assert!(section("figure: uses lost (at most 0): 0\n").is_ok());
        for wrong in ["uses lost (at most 0): 1", "x (at most 0): none", "x (at most many): 1"] {
            assert!(section(&format!("figure: {wrong}\n")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_section_is_found_again() {
        let page = "# Figures\n\n## A\n\none\n\n## How it is\n\ntwo\n";
        assert_eq!(section_of(page, "A"), Some("\n## A\n\none\n"));
        assert_eq!(section_of(page, "How it is"), Some("\n## How it is\n\ntwo\n"));
        assert_eq!(section_of(page, "B"), None);
    }
}
