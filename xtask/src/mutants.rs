//! Mutation tests: cargo-mutants puts small mistakes, the mutants, into the code one by one, and the
//! tests have to catch them.
//!
//! A run takes more than half an hour on two cores, so it is a task and no job of CI.

use std::path::Path;

use crate::TaskError;
use crate::command::{cargo, target_folder, workspace_root};

/// The crates that are mutated, and the tests that have to catch the mutants, as cargo's arguments.
/// The conformance suites and the hostile server wait for deadlines and are left out.
const CRATES: [(&str, &str); 2] =
    [("digital-key-domain", ""), ("digital-key-app", "--lib --test app")];

const PAGE: &str = "docs/generated/mutants.md";

const HEAD: &str = "# Mutation testing\n\n\
    `cargo xtask mutants` writes this page: it puts small mistakes into the code, one by one, and runs \
    the tests of the crate. A mistake after which the tests do not end counts as caught; one that does \
    not compile does not count. `.cargo/mutants.toml` lists the mistakes that are left out, each with \
    its reason.\n\n\
    | crate | mistakes tried | caught | of these without end | do not compile | missed | score |\n\
    |---|--:|--:|--:|--:|--:|--:|\n";

/// Runs the mutation tests of every crate (unless only the page is wanted), and writes the page. A
/// missed mutant is an error.
pub(crate) fn run(page_only: bool) -> Result<(), TaskError> {
    let mut page = String::from(HEAD);
    let mut all_missed = String::new();
    for (name, tests) in CRATES {
        let folder = target_folder().join("mutants").join(name);
        if !page_only {
            mutate(name, tests, &folder)?;
        }
        // The lists that cargo-mutants writes have a mutant a line.
        let read = |list: &str| {
            let list = folder.join("mutants.out").join(list);
            std::fs::read_to_string(&list)
                .map_err(|error| format!("{}: {error}; run `cargo xtask mutants`", list.display()))
        };
        let missed = read("missed.txt")?;
        page += &row(
            name,
            &read("caught.txt")?,
            &read("timeout.txt")?,
            &read("unviable.txt")?,
            &missed,
        );
        all_missed += &missed;
    }
    if !all_missed.is_empty() {
        page += &format!("\n## Missed\n\n```text\n{all_missed}```\n");
    }
    std::fs::write(workspace_root().join(PAGE), page)?;
    println!("wrote {PAGE}");
    if all_missed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "no test catches these mutants; write a test for each, or leave it out in \
         .cargo/mutants.toml and say why:\n{all_missed}"
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

/// The row of a crate in the table, from the lists of mutants.
fn row(name: &str, caught: &str, timeout: &str, unviable: &str, missed: &str) -> String {
    let [caught, timeout, unviable, missed] =
        [caught, timeout, unviable, missed].map(|list| list.lines().count());
    let caught = caught + timeout;
    let tried = caught + unviable + missed;
    let score = 100.0 * caught as f64 / (caught + missed).max(1) as f64;
    format!(
        "| `{name}` | {tried} | {caught} | {timeout} | {unviable} | {missed} | {score:.1} % |\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_without_end_is_caught_and_one_that_does_not_compile_does_not_count() {
        let row = row("x", "a\nb\n", "c\n", "d\n", "e\n");
        assert_eq!(row, "| `x` | 5 | 3 | 1 | 1 | 1 | 75.0 % |\n");
    }
}
