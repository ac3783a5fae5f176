//! Mutation testing: small mistakes are put into the code one by one, and the tests have to notice.
//!
//! It takes more than half an hour on two cores, so it is a chore and no job of CI.

mod argued;
mod report;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::command::{cargo, target_folder, workspace_root};
use report::{Crate, Outcomes};

/// The crates that are mutated, and those of their tests that have to notice, as cargo's arguments.
/// The conformance suites and the hostile server wait for deadlines and are left out.
const CRATES: &[(&str, &str)] =
    &[("digital-key-domain", ""), ("digital-key-app", "--lib --test app")];

const PAGE: &str = "docs/generated/mutants.md";

/// Puts mistakes into every crate of [`CRATES`] (unless only the page is wanted), and writes the
/// page. A mistake in the domain that nobody notices and nobody argues for is a failure.
pub(crate) fn run(page_only: bool) -> Result<(), Failure> {
    let mut crates = Vec::new();
    for &(name, tests) in CRATES {
        let folder = folder_of(name);
        if !page_only {
            mutate(name, tests)?;
        }
        let outcomes: Outcomes = read(&folder.join("outcomes.json"))?;
        let all: Vec<serde_json::Value> = read(&folder.join("mutants.json"))?;
        crates.push(Crate::new(name, outcomes, all.len()));
    }
    std::fs::write(workspace_root().join(PAGE), report::page(&crates))?;
    println!("wrote {PAGE}");
    let unargued: Vec<_> = crates.iter().flat_map(Crate::unargued).collect();
    if unargued.is_empty() {
        return Ok(());
    }
    Err(format!(
        "nobody notices these mistakes; write a test for each, or argue for it in \
         xtask/src/mutants/argued.rs:\n{}",
        unargued.join("\n")
    )
    .into())
}

/// Where cargo-mutants writes what came of a crate.
fn folder_of(name: &str) -> PathBuf {
    target_folder().join("mutants").join(name).join("mutants.out")
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{}: {error}; run `cargo xtask mutants`", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn mutate(name: &str, tests: &str) -> Result<(), Failure> {
    let folder = folder_of(name);
    if folder.exists() {
        // What is there afterwards is of this run.
        std::fs::remove_dir_all(&folder)?;
    }
    let output = folder.parent().unwrap_or(&folder);
    std::fs::create_dir_all(output)?;
    // More jobs than cores: tests that do not end wait, and need none.
    let run = cargo(&format!(
        "mutants --jobs 4 --package {name} --profile mutants --no-shuffle --timeout 20 --colors never \
         --output {} -- {tests}",
        output.display()
    ));
    // A mistake that is missed is an exit code other than 0; the page tells more.
    run.run().or_else(
        |failure| if folder.join("outcomes.json").exists() { Ok(()) } else { Err(failure) },
    )
}
