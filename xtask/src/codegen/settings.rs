//! The table of the BFF's settings, in the README of its crate.

use crate::TaskError;
use crate::codegen::Page;
use crate::command::{cargo, workspace_root};

const README: &str = "crates/bff/README.md";
const BEGIN: &str = "<!-- settings: begin -->\n";
const END: &str = "<!-- settings: end -->";

/// The README with the table between its two marks.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    let table = cargo("run --quiet -p digital-key-bff --example settings").output()?;
    let readme = std::fs::read_to_string(workspace_root().join(README))?;
    Ok(vec![Page { path: README, text: with_table(&readme, &table)? }])
}

fn with_table(readme: &str, table: &str) -> Result<String, TaskError> {
    let marks = readme.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = marks.ok_or_else(|| format!("{README} lacks a mark of its settings"))?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_the_marks() {
        let readme = format!("a\n{BEGIN}old\n{END}\nb\n");
        let fresh = with_table(&readme, "new\n").unwrap();
        assert_eq!(fresh, format!("a\n{BEGIN}new\n{END}\nb\n"));
        assert_eq!(with_table(&fresh, "new\n").unwrap(), fresh);
        assert!(with_table("no marks", "new\n").is_err());
    }
}
