//! Version numbers: which one may come next, and the files that repeat it.

use semver::Version;

use crate::Failure;

/// The version of the workspace, from its manifest.
pub(super) fn current(manifest: &str) -> Result<Version, Failure> {
    let line = manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.package]")
        .find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.split('"').next());
    Ok(version.ok_or("Cargo.toml has no version in [workspace.package]")?.parse()?)
}

/// The wanted version, if it may come after the current one.
pub(super) fn after(current: &Version, wanted: &str) -> Result<Version, Failure> {
    let next: Version = wanted
        .parse()
        .map_err(|error| format!("{wanted:?} is no version such as 1.2.3: {error}"))?;
    // Before anything was released, the first version may be the one that stands there.
    if next < *current {
        return Err(format!("{next} is older than the current version {current}").into());
    }
    Ok(next)
}

/// The last release among these tags. Those of other things are passed over, and versions such as
/// 0.2.0-rc.1, which promise nothing.
pub(super) fn last_release(tags: &str) -> Option<Version> {
    let versions = tags.lines().filter_map(|tag| tag.trim().strip_prefix('v')?.parse().ok());
    versions.filter(|version: &Version| version.pre.is_empty()).max()
}

/// The tag of a version.
pub(super) fn tag(version: &Version) -> String {
    format!("v{version}")
}

/// What a version may change for those who use the last release.
#[derive(Debug, PartialEq, Clone, Copy)]
pub(super) enum Bump {
    /// A client may have to change something.
    Breaking,
    /// There may be more than before.
    Compatible,
    /// Nothing is there that was not before.
    Patch,
}

impl Bump {
    /// As cargo reads versions: below 1.0.0 the second number says what breaks.
    pub(super) fn between(last: &Version, next: &Version) -> Self {
        if last.major != next.major || last.major == 0 && last.minor != next.minor {
            Self::Breaking
        } else if last.major == 0 || last.minor != next.minor {
            Self::Compatible
        } else {
            Self::Patch
        }
    }

    /// What cargo-semver-checks calls it.
    pub(super) fn release_type(self) -> &'static str {
        match self {
            Self::Breaking => "major",
            Self::Compatible => "minor",
            Self::Patch => "patch",
        }
    }
}

/// Whether a version may carry changes that break a client of the last release.
pub(super) fn expect_breaking(last: &Version, next: &Version) -> Result<(), Failure> {
    if Bump::between(last, next) == Bump::Breaking {
        return Ok(());
    }
    let enough = match last.major {
        0 => Version::new(0, last.minor + 1, 0),
        major => Version::new(major + 1, 0, 0),
    };
    Err(format!(
        "a fragment ends in .breaking.md, and {next} promises what {last} does: {enough} would do"
    )
    .into())
}

/// Whether what is checked out is this version, by the tags that it carries.
pub(super) fn expect_tagged(version: &Version, tags: &str) -> Result<(), Failure> {
    let tag = tag(version);
    if tags.lines().any(|found| found.trim() == tag) {
        return Ok(());
    }
    Err(format!(
        "what is checked out has no tag {tag}: check out the tag, or set it with `git tag {tag}`"
    )
    .into())
}

/// The manifest of the workspace with another version for all crates of it.
pub(super) fn set(manifest: &str, current: &Version, next: &Version) -> String {
    let lines = manifest.lines().map(|line| {
        let is_ours = line.starts_with("version = ") || line.starts_with("digital-key");
        if is_ours {
            line.replace(&format!("\"{current}\""), &format!("\"{next}\""))
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// A text in which the line with this start says another version; an error when it has no such
/// line, or more than one.
pub(super) fn set_line(text: &str, start: &str, next: &Version) -> Result<String, Failure> {
    let found = text.lines().filter(|line| line.starts_with(start)).count();
    if found != 1 {
        return Err(format!("{found} lines begin with `{start}`, and one says the version").into());
    }
    let lines = text.lines().map(|line| {
        if line.starts_with(start) { format!("{start}\"{next}\"") } else { line.to_owned() }
    });
    Ok(lines.collect::<Vec<_>>().join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"[workspace.package]
version = "0.1.0"
rust-version = "1.89"

[workspace.dependencies]
digital-key-app = { path = "crates/app", version = "0.1.0" }
other = "0.1.0"
"#;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn only_our_own_versions_change() {
        let current = current(MANIFEST).unwrap();
        assert_eq!(current.to_string(), "0.1.0");
        let set = set(MANIFEST, &current, &after(&current, "0.2.0").unwrap());
        let expected = MANIFEST
            .replacen("0.1.0", "0.2.0", 2)
            .replace("other = \"0.2.0\"", "other = \"0.1.0\"");
        assert_eq!(set, expected);
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
    fn the_last_release_is_the_highest_that_promises_something() {
        let tags = "v0.2.0\nv0.10.0\nv0.11.0-rc.1\nv0.9.9\nvintage\nschema-v7.0.0\n";
        assert_eq!(last_release(tags), Some(Version::new(0, 10, 0)));
        assert_eq!(last_release("v0.1.0-rc.1\n"), None);
        assert_eq!(last_release(""), None);
    }

    #[test]
    fn what_breaks_takes_the_first_number_that_counts() {
        let enough = |last, next| expect_breaking(&version(last), &version(next));
        for (last, next) in [("0.2.3", "0.3.0"), ("0.2.3", "1.0.0"), ("1.4.2", "2.0.0-rc.1")] {
            assert!(enough(last, next).is_ok(), "{last} {next}");
        }
        for (last, next, would_do) in
            [("0.2.3", "0.2.4", "0.3.0"), ("1.4.2", "1.4.3", "2.0.0"), ("1.4.2", "1.5.0", "2.0.0")]
        {
            let refused = enough(last, next).unwrap_err().to_string();
            assert!(refused.ends_with(&format!("{would_do} would do")), "{refused}");
        }
    }

    #[test]
    fn a_bump_is_what_cargo_takes_it_for() {
        let bump = |last, next| Bump::between(&version(last), &version(next));
        assert_eq!(bump("0.2.3", "0.2.4"), Bump::Compatible);
        assert_eq!(bump("0.2.3", "0.3.0"), Bump::Breaking);
        assert_eq!(bump("1.2.3", "1.2.4"), Bump::Patch);
        assert_eq!(bump("1.2.3", "1.3.0"), Bump::Compatible);
        assert_eq!(bump("1.2.3", "2.2.3"), Bump::Breaking);
    }

    #[test]
    fn only_the_tag_of_the_version_will_do() {
        let tagged = |tags| expect_tagged(&Version::new(0, 2, 0), tags);
        assert!(tagged("nightly\nv0.2.0\n").is_ok());
        for tags in ["", "v0.2.1\n", "v0.2.0-rc.1\n", "0.2.0\n"] {
            assert!(tagged(tags).unwrap_err().to_string().contains("git tag v0.2.0"), "{tags}");
        }
    }

    #[test]
    fn a_line_of_another_file_says_the_version_too() {
        let text = "[project]\nname = \"a\"\nversion = \"0.1.0\"\n";
        let set = |text| set_line(text, "version = ", &Version::new(1, 0, 0));
        assert_eq!(set(text).unwrap(), "[project]\nname = \"a\"\nversion = \"1.0.0\"\n");
        assert!(set("[project]\nname = \"a\"\n").is_err(), "no such line");
        assert!(set(&text.repeat(2)).is_err(), "which one?");
    }
}
