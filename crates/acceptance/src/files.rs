//! Finds and reads feature files. It never skips one without an error.

use std::io;
use std::path::{Path, PathBuf};

use cucumber::feature::{ExpandExamplesError, Ext as _};
use cucumber::gherkin::{Feature, GherkinEnv, ParseError, Scenario};

/// Why feature files cannot be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the pattern is empty; name the feature files, such as --input 'features/*.feature'")]
    NoPattern,
    #[error("{pattern}: no feature file matches this pattern")]
    NoMatch { pattern: String },
    #[error("{pattern}: the pattern is not valid: {source}")]
    Pattern { pattern: String, source: glob::PatternError },
    #[error("a folder cannot be searched: {0}")]
    Walk(#[from] glob::GlobError),
    #[error("{}: the file cannot be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: the file does not parse: {source}", path.display())]
    Syntax { path: PathBuf, source: ParseError },
    #[error("an example lacks a value: {0}")]
    Example(#[from] ExpandExamplesError),
    #[error("{}:{line}: the examples have no rows, so no scenario runs", path.display())]
    NoRows { path: PathBuf, line: usize },
    #[error("{}: there is no scenario in this file", path.display())]
    NoScenario { path: PathBuf },
}

/// Returns this crate's own feature files.
pub(crate) fn own() -> Result<Vec<PathBuf>, FileError> {
    matching(&package().join("features").to_string_lossy(), "")
}

/// Returns the files that match a pattern, in order; a folder stands for all feature files in it.
///
/// A relative pattern starts at the package, where cargo starts this test, or else at the
/// workspace.
pub(crate) fn find(pattern: &str) -> Result<Vec<PathBuf>, FileError> {
    if pattern.is_empty() {
        // Joined to a folder, it would match every file in it.
        return Err(FileError::NoPattern);
    }
    let workspace = package().join("../..");
    let from_workspace = glob::Pattern::escape(&workspace.to_string_lossy());
    match matching(pattern, "") {
        Err(FileError::NoMatch { .. }) => matching(pattern, &from_workspace),
        found => found,
    }
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn matching(pattern: &str, from: &str) -> Result<Vec<PathBuf>, FileError> {
    // An absolute pattern stays as it is.
    let full = Path::new(from).join(pattern);
    let full = if full.is_dir() { full.join("**/*.feature") } else { full };
    let paths = glob::glob(&full.to_string_lossy())
        .map_err(|source| FileError::Pattern { pattern: pattern.to_owned(), source })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(FileError::NoMatch { pattern: pattern.to_owned() });
    }
    Ok(files)
}

/// Reads a feature file, its examples expanded.
pub(crate) fn read(path: PathBuf) -> Result<Feature, FileError> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(FileError::Read { path, source }),
    };
    // Some editors begin a file with a byte order mark, which gherkin does not accept.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut feature = match Feature::parse(text, GherkinEnv::default()) {
        Ok(feature) => feature,
        Err(source) => return Err(FileError::Syntax { path, source }),
    };
    let mut scenarios =
        feature.scenarios.iter().chain(feature.rules.iter().flat_map(|rule| &rule.scenarios));
    if let Some(scenario) = scenarios.find(|scenario| has_no_rows(scenario)) {
        return Err(FileError::NoRows { path, line: scenario.position.line });
    }
    if feature.count_scenarios() == 0 {
        return Err(FileError::NoScenario { path });
    }
    feature.path = Some(path);
    Ok(feature.expand_examples()?)
}

/// Returns whether a scenario has examples without rows: expanding them would remove the scenario.
fn has_no_rows(scenario: &Scenario) -> bool {
    let rows = |table: &cucumber::gherkin::Table| table.rows.len().saturating_sub(1);
    !scenario.examples.is_empty()
        && scenario.examples.iter().filter_map(|it| it.table.as_ref()).map(rows).sum::<usize>() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_this_crate_has_the_tag_of_its_rule() {
        let rules = ["REQ", "ENT", "WEL", "KEY", "RDY", "CBK", "ERR", "TUT", "OVR", "MOV", "GEN"];
        let is_rule = |tag: &String| {
            tag.split_once('-')
                .is_some_and(|(page, number)| rules.contains(&page) && number.parse::<u8>().is_ok())
        };
        for path in own().unwrap() {
            for scenario in read(path).unwrap().scenarios {
                let tags = &scenario.tags;
                assert!(
                    !tags.is_empty() && tags.iter().all(is_rule),
                    "{}: {tags:?}",
                    scenario.name
                );
            }
        }
    }
}
