//! Version numbers: which one may come next, and the files that repeat it.

use std::fs;

use semver::Version;

use crate::TaskError;
use crate::command::{program, workspace_root};

/// The files that repeat the workspace's version.
const VERSIONED: [&str; 5] = [
    "Cargo.toml",
    "crates/bindings/packages/dart/android/build.gradle.kts",
    "crates/bindings/packages/dart/pubspec.yaml",
    "crates/bindings/packages/kotlin/build.gradle.kts",
    "crates/bindings/packages/python/pyproject.toml",
];

/// The workspace's version, which is this crate's as well.
pub(super) fn current() -> Result<Version, TaskError> {
    Ok(env!("CARGO_PKG_VERSION").parse()?)
}

/// The wanted version, if it may come after the current one.
pub(super) fn after(current: &Version, wanted: &str) -> Result<Version, TaskError> {
    let next: Version = wanted
        .parse()
        .map_err(|error| format!("{wanted:?} is no version such as 1.2.3: {error}"))?;
    // The first release has the version that is there from the start.
    if next < *current {
        return Err(format!("{next} is older than the current version {current}").into());
    }
    Ok(next)
}

/// The last release, by its tag; a version such as 0.2.0-rc.1 promises nothing and does not count.
pub(super) fn last_release() -> Result<Option<Version>, TaskError> {
    let describe = "describe --tags --abbrev=0 --match v[0-9]* --exclude *-*";
    let Ok(tag) = program("git", describe).output() else { return Ok(None) };
    let version = tag.trim().trim_start_matches('v').parse();
    Ok(Some(version.map_err(|error| format!("the tag {}: {error}", tag.trim()))?))
}

/// The tag of a version.
pub(super) fn tag(version: &Version) -> String {
    format!("v{version}")
}

/// Whether a version may carry changes that break a client of the last release.
pub(super) fn expect_breaking(last: &Version, next: &Version) -> Result<(), TaskError> {
    // As cargo reads versions: below 1.0.0 the second number changes with what breaks.
    if last.major != next.major || last.major == 0 && last.minor != next.minor {
        return Ok(());
    }
    let enough = match last.major {
        0 => Version::new(0, last.minor + 1, 0),
        major => Version::new(major + 1, 0, 0),
    };
    let what = "a fragment ends in .breaking.md, and clients read";
    Err(format!("{what} {next} as compatible with {last}: take {enough}").into())
}

/// Whether the checked out commit has the tag of this version.
pub(super) fn expect_tagged(version: &Version) -> Result<(), TaskError> {
    let tag = tag(version);
    let tags = program("git", "tag --points-at HEAD").output()?;
    if tags.lines().any(|found| found == tag) {
        return Ok(());
    }
    Err(format!("HEAD has no tag {tag}: check out the tag, or set it with `git tag {tag}`").into())
}

/// Writes another version into the files that repeat it.
pub(super) fn set(current: &Version, next: &Version) -> Result<(), TaskError> {
    for path in VERSIONED {
        let file = workspace_root().join(path);
        let text = fs::read_to_string(&file).map_err(|error| format!("{path}: {error}"))?;
        fs::write(file, with_version(&text, current, next))?;
    }
    Ok(())
}

/// A text in which our own versions, and no others, are the next one.
fn with_version(text: &str, current: &Version, next: &Version) -> String {
    let (quoted, quoted_next) = (format!("\"{current}\""), format!("\"{next}\""));
    // YAML needs no quotes.
    let (plain, plain_next) = (format!("version: {current}\n"), format!("version: {next}\n"));
    let lines = text.split_inclusive('\n').map(|line| {
        if line == plain {
            return plain_next.clone();
        }
        let is_ours = line.starts_with("version = ") || line.starts_with("digital-key");
        if is_ours { line.replace(&quoted, &quoted_next) } else { line.to_owned() }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn only_our_own_versions_change() {
        let manifest = "[workspace.package]\nversion = \"0.1.0\"\nrust-version = \"1.89\"\n\n\
                        digital-key-app = { path = \"crates/app\", version = \"0.1.0\" }\n\
                        version: 0.1.0\nother = \"0.1.0\"\n";
        let expected = manifest
            .replacen("0.1.0", "0.2.0", 3)
            .replace("other = \"0.2.0\"", "other = \"0.1.0\"");
        assert_eq!(with_version(manifest, &version("0.1.0"), &version("0.2.0")), expected);
    }

    #[test]
    fn every_file_of_this_workspace_that_repeats_its_version_is_changed() {
        let (current, next) = (current().unwrap(), version("99.0.0"));
        let listing = program("git", "ls-files *.toml *.kts *pubspec.yaml").output().unwrap();
        let repeats = |path: &&str| {
            let text = fs::read_to_string(workspace_root().join(path)).unwrap();
            with_version(&text, &current, &next) != text
        };
        assert_eq!(listing.lines().filter(repeats).collect::<Vec<_>>(), VERSIONED);
    }

    #[test]
    fn a_version_is_three_numbers_and_not_older() {
        let current = Version::new(0, 2, 0);
        for wanted in ["0.1.9", "2", "v0.3.0", "", "0.2.0-rc.1"] {
            assert!(after(&current, wanted).is_err(), "{wanted}");
        }
        for wanted in ["0.2.0", "0.2.1", "1.0.0", "0.3.0-rc.1"] {
            assert!(after(&current, wanted).is_ok(), "{wanted}");
        }
    }

    #[test]
    fn what_breaks_changes_the_first_number_that_counts() {
        let check = |last, next| expect_breaking(&version(last), &version(next));
        for (last, next) in [("0.2.3", "0.3.0"), ("0.2.3", "1.0.0"), ("1.4.2", "2.0.0-rc.1")] {
            assert!(check(last, next).is_ok(), "{last} {next}");
        }
        for (last, next, enough) in
            [("0.2.3", "0.2.4", "0.3.0"), ("1.4.2", "1.4.3", "2.0.0"), ("1.4.2", "1.5.0", "2.0.0")]
        {
            let error = check(last, next).unwrap_err().to_string();
            assert!(error.ends_with(&format!("take {enough}")), "{error}");
        }
    }
}
