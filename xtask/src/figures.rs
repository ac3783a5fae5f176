//! Collects the figures that can be measured here into `docs/generated/trust.md`.
//!
//! A command prints a figure on its standard output as a line `figure: <key>: <value>`. The page is
//! no part of `codegen`: what is measured is not the same twice.

use std::fmt::Write as _;

use crate::Failure;
use crate::command::{cargo, workspace_root};

const PAGE: &str = "docs/generated/trust.md";

/// A command that anyone can run and that prints figures.
struct Measurement {
    /// Names it on the command line.
    name: &'static str,
    /// What it measures, as a title.
    what: &'static str,
    /// The arguments of cargo.
    command: &'static str,
}

/// All measurements, in the order of the page.
const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "crash",
        what: "Killed at any instant, the cache loses no count",
        command: "xtask crash",
    },
    Measurement {
        name: "hostile",
        what: "Servers that misbehave, and the client alone",
        command: "test -p digital-key-bff-http --test hostile -- --nocapture",
    },
    Measurement {
        name: "decorated",
        what: "Servers that misbehave, and the client as an app has it",
        command: "test -p digital-key-app --test hostile -- --nocapture",
    },
    Measurement {
        name: "simulator",
        what: "Simulated phones, with faults",
        command: "xtask simulate --seeds 100000",
    },
    Measurement {
        name: "cache",
        what: "What the cache costs",
        command: "bench -p digital-key-cache-sled",
    },
    Measurement {
        name: "core",
        what: "What the core costs beside what it is made of",
        command: "bench -p digital-key-cli",
    },
    Measurement {
        name: "size",
        what: "What the library weighs that an app links",
        command: "xtask size",
    },
];

/// How the keys of figures end that must be 0. Any other key that has a limit names it: it ends in
/// `(at most <number>)`.
const MUST_BE_NONE: &[&str] = &[
    "uses lost",
    "silently wrong",
    ", wrong",
    "hung or did what it must not",
    "violations in the simulated histories",
];

/// Runs these measurements, or all when none is named, and writes the page anew. A measurement
/// that is not asked for keeps what the page says of it.
pub(crate) fn write(names: &[String]) -> Result<(), Failure> {
    if let Some(name) = names.iter().find(|name| MEASUREMENTS.iter().all(|it| it.name != **name)) {
        let known: Vec<_> = MEASUREMENTS.iter().map(|it| it.name).collect();
        return Err(format!("there is no measurement {name}, only {}", known.join(", ")).into());
    }
    let path = workspace_root().join(PAGE);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let mut page = String::from(HEAD);
    for measurement in MEASUREMENTS {
        let is_asked_for = names.is_empty() || names.iter().any(|name| name == measurement.name);
        let section = if is_asked_for {
            Some(measurement.section(&measurement.run()?)?)
        } else {
            section_of(&before, measurement.what).map(str::to_owned)
        };
        page.extend(section);
    }
    std::fs::write(path, page)?;
    println!("wrote {PAGE}");
    Ok(())
}

const HEAD: &str = "<!-- Written by `cargo xtask figures`. -->\n\n# Figures\n\nEach was measured by \
                    the command above its table, which anyone can run.\n";

impl Measurement {
    /// Runs the command and gives what it prints.
    fn run(&self) -> Result<String, Failure> {
        println!("$ {}", self.shown());
        cargo(self.command).output()
    }

    /// The command as a person types it.
    fn shown(&self) -> String {
        format!("cargo {}", self.command)
    }

    /// The part of the page about what the command printed.
    fn section(&self, output: &str) -> Result<String, Failure> {
        let figures: Vec<_> = figures(output).collect();
        if figures.is_empty() {
            return Err(format!("`{}` prints no figure", self.shown()).into());
        }
        let mut section = format!("\n## {}\n\n`{}`\n\n", self.what, self.shown());
        section += "| figure | value | limit |\n|---|---|---|\n";
        for (key, value) in figures {
            println!("{key}: {value}");
            let (key, limit) = limit_of(key);
            if limit.is_some_and(|limit| !keeps(value, limit)) {
                return Err(format!("the figure is over its limit: {key}: {value}").into());
            }
            let limit = limit.map(|limit| format!("at most {limit}")).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(section, "| {key} | {value} | {limit} |");
        }
        Ok(section)
    }
}

/// The figures that a command printed. The test harness may have begun the line with a test's name.
fn figures(output: &str) -> impl Iterator<Item = (&str, &str)> {
    output.lines().filter_map(|line| {
        let (_, figure) = line.split_once("figure: ")?;
        let (key, value) = figure.rsplit_once(": ")?;
        Some((key.trim(), value.trim()))
    })
}

/// The section of this title on a page.
fn section_of<'a>(page: &'a str, title: &str) -> Option<&'a str> {
    let start = page.find(&format!("\n## {title}\n"))?;
    let end = page[start + 1..].find("\n## ").map_or(page.len(), |length| start + 1 + length);
    Some(&page[start..end])
}

/// A key without its limit, and the limit.
fn limit_of(key: &str) -> (&str, Option<&str>) {
    if MUST_BE_NONE.iter().any(|end| key.ends_with(end)) {
        return (key, Some("0"));
    }
    let named = key.strip_suffix(')').and_then(|key| key.split_once(" (at most "));
    named.map_or((key, None), |(key, limit)| (key, Some(limit)))
}

/// Whether a value is a number up to the limit.
fn keeps(value: &str, limit: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    number(value).is_some_and(|value| number(limit).is_some_and(|limit| value <= limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASUREMENT: Measurement =
        Measurement { name: "x", what: "How it is", command: "test -p x" };

    #[test]
    fn figures_are_lines_of_their_own_kind() {
        let output = "running 1 test\ntest a ... figure: kills: 300\nfigure: p99 of a: b: 1.5 ms\n\
                      figure: none\nok\n";
        let found: Vec<_> = figures(output).collect();
        assert_eq!(found, [("kills", "300"), ("p99 of a: b", "1.5 ms")]);
    }

    #[test]
    fn a_section_has_the_command_and_its_figures() {
        let section = MEASUREMENT.section("figure: kills: 3\nfigure: uses lost: 0\n").unwrap();
        assert_eq!(
            section,
            "\n## How it is\n\n`cargo test -p x`\n\n| figure | value | limit |\n\
             |---|---|---|\n| kills | 3 |  |\n| uses lost | 0 | at most 0 |\n"
        );
        assert!(MEASUREMENT.section("no figures\n").is_err());
        assert!(MEASUREMENT.section("figure: uses lost: 1\n").is_err());
    }

    #[test]
    fn a_section_is_found_again() {
        let page = "# Figures\n\n## A\n\none\n\n## How it is\n\ntwo\n";
        assert_eq!(section_of(page, "A"), Some("\n## A\n\none\n"));
        assert_eq!(section_of(page, "How it is"), Some("\n## How it is\n\ntwo\n"));
        assert_eq!(section_of(page, "B"), None);
    }

    #[test]
    fn a_limit_is_kept_or_not() {
        assert_eq!(
            limit_of("take as a multiple (at most 1.3)"),
            ("take as a multiple", Some("1.3"))
        );
        assert_eq!(
            limit_of("I/O error cases in x, wrong"),
            ("I/O error cases in x, wrong", Some("0"))
        );
        assert_eq!(limit_of("kills survived"), ("kills survived", None));
        assert!(keeps("1.29", "1.3") && keeps("0", "0"));
        assert!(!keeps("1", "0") && !keeps("none", "0") && !keeps("1", "many"));
    }
}
