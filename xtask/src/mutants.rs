//! Mutation tests: cargo-mutants puts small mistakes, the mutants, into the code one by one, and the
//! tests have to catch them.
//!
//! A run takes more than half an hour on two cores, so it is a task and no job of CI.

mod argued;

use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{cargo, target_folder, workspace_root};
use argued::ARGUED;

/// The crates that are mutated, and the tests that have to catch the mutants, as cargo's arguments.
/// The conformance suites and the hostile server wait for deadlines and are left out.
const CRATES: [(&str, &str); 2] =
    [("digital-key-domain", ""), ("digital-key-app", "--lib --test app")];

const PAGE: &str = "docs/generated/mutants.md";

const HEAD: &str = "# Mutation testing\n\n\
    `cargo xtask mutants` writes this page: it puts small mistakes into the code, one by one, and runs \
    the tests of the crate. A mistake after which the tests do not end counts as noticed; one that \
    does not compile does not count.\n\n\
    | crate | mistakes tried | noticed | of these without end | do not compile | missed | score |\n\
    |---|--:|--:|--:|--:|--:|--:|\n";

/// Runs the mutation tests of every crate (unless only the page is wanted), and writes the page. A
/// mutant of the domain that is missed without an argument is an error.
pub(crate) fn run(page_only: bool) -> Result<(), TaskError> {
    let mut crates = Vec::new();
    for (name, tests) in CRATES {
        let folder = target_folder().join("mutants").join(name);
        if !page_only {
            mutate(name, tests, &folder)?;
        }
        crates.push(Results::read(name, &folder.join("mutants.out"))?);
    }
    std::fs::write(workspace_root().join(PAGE), page(&crates))?;
    println!("wrote {PAGE}");
    let unargued: Vec<_> = crates.iter().flat_map(Results::unargued).collect();
    if unargued.is_empty() {
        return Ok(());
    }
    Err(format!(
        "no test catches these mutants; write a test for each, or argue for it in \
         xtask/src/mutants/argued.rs:\n{}",
        unargued.join("\n")
    )
    .into())
}

fn mutate(name: &str, tests: &str, folder: &Path) -> Result<(), TaskError> {
    std::fs::create_dir_all(folder)?;
    // More jobs than cores: tests that do not end wait, and need none.
    cargo(&format!("mutants --jobs 4 --package {name} --profile mutants --no-shuffle --timeout 20"))
        .args("--colors never --output")
        .argument(folder)
        .args(&format!("-- {tests}"))
        // The codes for mutants that are missed, or whose tests do not end.
        .run_allowing(&[2, 3])
}

/// The mutants of one crate by their result, as the lists that cargo-mutants writes name them.
struct Results {
    name: &'static str,
    caught: Vec<String>,
    timeout: Vec<String>,
    unviable: Vec<String>,
    missed: Vec<String>,
}

impl Results {
    fn read(name: &'static str, folder: &Path) -> Result<Self, TaskError> {
        let list = |file: &str| {
            let file: PathBuf = folder.join(file);
            let text = std::fs::read_to_string(&file)
                .map_err(|error| format!("{}: {error}; run `cargo xtask mutants`", file.display()));
            text.map(|text| text.lines().map(without_place).collect())
        };
        Ok(Self {
            name,
            caught: list("caught.txt")?,
            timeout: list("timeout.txt")?,
            unviable: list("unviable.txt")?,
            missed: list("missed.txt")?,
        })
    }

    /// The mutants that a run has to catch, are missed and have no argument.
    fn unargued(&self) -> impl Iterator<Item = &str> {
        let missed = self.missed.iter().map(String::as_str);
        missed.filter(|mutant| self.name == "digital-key-domain" && argument(mutant).is_none())
    }

    /// The row of the table.
    fn row(&self) -> String {
        let [caught, timeout, unviable, missed] =
            [&self.caught, &self.timeout, &self.unviable, &self.missed].map(Vec::len);
        let (noticed, name) = (caught + timeout, self.name);
        let score = 100.0 * noticed as f64 / (noticed + missed).max(1) as f64;
        let tried = noticed + unviable + missed;
        format!(
            "| `{name}` | {tried} | {noticed} | {timeout} | {unviable} | {missed} | {score:.1} % |\n"
        )
    }
}

/// Why this mutant may stay.
fn argument(mutant: &str) -> Option<&'static str> {
    ARGUED.iter().find(|(name, _)| *name == mutant).map(|(_, argument)| *argument)
}

/// `src/vin.rs:86:9: replace …` without the line and the column, which move with every change.
fn without_place(mutant: &str) -> String {
    match mutant.split_once(".rs:") {
        Some((file, rest)) => {
            format!("{file}.rs:{}", rest.splitn(3, ':').last().unwrap_or(rest))
        }
        None => mutant.to_owned(),
    }
}

fn page(crates: &[Results]) -> String {
    let mut page = String::from(HEAD);
    page.extend(crates.iter().map(Results::row));
    for Results { name, missed, .. } in crates.iter().filter(|it| !it.missed.is_empty()) {
        page += &format!("\n## Missed in `{name}`\n\n| mistake | why it may stay |\n|---|---|\n");
        let mut missed = missed.clone();
        missed.sort();
        for mutant in missed {
            let argument = argument(&mutant).unwrap_or("not argued");
            page += &format!("| `{}` | {argument} |\n", mutant.replace('|', "\\|"));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(name: &'static str) -> Results {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Results {
            name,
            caught: list(&["a", "b"]),
            timeout: list(&["c"]),
            unviable: list(&["d"]),
            missed: list(&["src/a.rs: replace | with &"]),
        }
    }

    #[test]
    fn a_mutant_keeps_its_name_when_its_line_moves() {
        let name = without_place("crates/domain/src/vin.rs:86:9: replace a::b -> u8 with 1");
        assert_eq!(name, "crates/domain/src/vin.rs: replace a::b -> u8 with 1");
        assert_eq!(without_place("something else"), "something else");
    }

    #[test]
    fn the_page_counts_and_names_what_is_missed() {
        let page = page(&[results("digital-key-app")]);
        assert!(page.contains("| `digital-key-app` | 5 | 3 | 1 | 1 | 1 | 75.0 % |"), "{page}");
        assert!(page.contains(r"| `src/a.rs: replace \| with &` | not argued |"), "{page}");
    }

    #[test]
    fn a_missed_mutant_of_the_domain_needs_an_argument() {
        assert_eq!(results("digital-key-domain").unargued().count(), 1);
        assert_eq!(results("digital-key-app").unargued().count(), 0);
    }
}
