//! Version numbers in manifests.

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

/// A text in which the line with this start says another version.
pub(super) fn set_line(text: &str, start: &str, next: &Version) -> String {
    let lines = text.lines().map(|line| {
        if line.starts_with(start) { format!("{start}\"{next}\"") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
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
    fn a_line_of_another_file_says_the_version_too() {
        let text = "[project]\nname = \"a\"\nversion = \"0.1.0\"\n";
        let set = set_line(text, "version = ", &Version::new(1, 0, 0));
        assert_eq!(set, "[project]\nname = \"a\"\nversion = \"1.0.0\"\n");
    }
}
