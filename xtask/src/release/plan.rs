//! What a version changes in the working tree. All of it is thought out before a file is touched.

use std::path::{Path, PathBuf};

use semver::Version;

use super::changelog::{Fragment, Section};
use super::version;
use crate::Failure;

/// Where the fragments of the changelog lie.
const FRAGMENTS: &str = "docs/changes";
const CHANGELOG: &str = "CHANGELOG.md";
const MANIFEST: &str = "Cargo.toml";

/// The files beside the manifest of the workspace that repeat its version, and the line's start.
const VERSIONED: &[(&str, &str)] = &[
    ("crates/bindings/packages/kotlin/build.gradle.kts", "version = "),
    ("crates/bindings/packages/python/pyproject.toml", "version = "),
];

/// The version of the workspace in this folder.
pub(super) fn current_version(root: &Path) -> Result<Version, Failure> {
    version::current(&read(&root.join(MANIFEST))?)
}

/// The changes of files.
pub(super) struct Plan {
    /// The version.
    pub(super) next: Version,
    /// What the changelog says about it.
    pub(super) section: Section,
    /// Whether a fragment says that a client team must change something.
    pub(super) is_breaking: bool,
    texts: Vec<(PathBuf, String)>,
    obsolete: Vec<PathBuf>,
}

impl Plan {
    /// Reads what there is; an error when something is not as it has to be.
    pub(super) fn new(root: &Path, version: &str, day: &str) -> Result<Self, Failure> {
        let manifest = root.join(MANIFEST);
        let text = read(&manifest)?;
        let current = version::current(&text)?;
        let next = version::after(&current, version)?;
        let mut texts = vec![(manifest, version::set(&text, &current, &next))];
        for (path, line) in VERSIONED {
            let text = version::set_line(&read(&root.join(path))?, line, &next)
                .map_err(|failure| format!("{path}: {failure}"))?;
            texts.push((root.join(path), text));
        }
        let fragments = fragments(root)?;
        let section = Section::new(&next, day, fragments.iter().map(|(_, it)| it));
        let changelog = root.join(CHANGELOG);
        let history = section.added_to(&read(&changelog)?)?;
        texts.push((changelog, history));
        let is_breaking = fragments.iter().any(|(_, it)| it.is_breaking());
        let obsolete = fragments.into_iter().map(|(path, _)| path).collect();
        Ok(Self { next, section, is_breaking, texts, obsolete })
    }

    /// Writes the files, and removes what they have taken in.
    pub(super) fn carry_out(&self) -> Result<(), Failure> {
        for (path, text) in &self.texts {
            std::fs::write(path, text)?;
        }
        for path in &self.obsolete {
            std::fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// The fragments of the changelog, with their files.
fn fragments(root: &Path) -> Result<Vec<(PathBuf, Fragment)>, Failure> {
    let mut fragments = Vec::new();
    for entry in std::fs::read_dir(root.join(FRAGMENTS))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name != "README.md" {
            fragments.push((path.clone(), Fragment::parse(name, &read(&path)?)?));
        }
    }
    fragments.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(fragments)
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{program, workspace_root};

    /// A folder with all that a plan reads.
    struct Workspace(PathBuf);

    impl Workspace {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            let workspace = Self(folder);
            workspace.write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
            workspace.write("CHANGELOG.md", "# Changelog\n");
            workspace.write("docs/changes/README.md", "How to write one.\n");
            workspace.write("docs/changes/a.breaking.md", "Give a key.\n");
            for (path, line) in VERSIONED {
                workspace.write(path, &format!("a\n{line}\"0.1.0\"\nb\n"));
            }
            workspace
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        fn plan(&self) -> Result<Plan, String> {
            Plan::new(&self.0, "0.2.0", "2026-12-01").map_err(|failure| failure.to_string())
        }
    }

    impl Drop for Workspace {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn every_file_says_the_version_and_the_fragments_move_into_the_changelog() {
        let workspace = Workspace::new("carried-out");
        let plan = workspace.plan().unwrap();
        assert!(plan.is_breaking);
        plan.carry_out().unwrap();
        for (path, _) in [(MANIFEST, "")].iter().chain(VERSIONED) {
            let text = read(&workspace.0.join(path)).unwrap();
            assert!(text.contains("version = \"0.2.0\""), "{path}: {text}");
        }
        assert!(read(&workspace.0.join(CHANGELOG)).unwrap().ends_with("- Give a key.\n"));
        assert!(!workspace.0.join("docs/changes/a.breaking.md").exists());
        assert!(workspace.0.join("docs/changes/README.md").exists());
        assert_eq!(current_version(&workspace.0).unwrap(), plan.next);
    }

    #[test]
    fn a_file_or_a_line_that_is_not_there_is_an_error() {
        let (path, _) = VERSIONED[1];
        let workspace = Workspace::new("without-a-line");
        workspace.write(path, "a\n");
        let refused = workspace.plan().err().unwrap();
        assert!(refused.contains(path), "{refused}");
        std::fs::remove_file(workspace.0.join(path)).unwrap();
        let refused = workspace.plan().err().unwrap();
        assert!(refused.contains(path), "{refused}");
    }

    #[test]
    fn the_plan_changes_every_file_of_this_workspace_that_repeats_its_version() {
        let root = workspace_root();
        let current = current_version(root).unwrap();
        let next = Version::new(current.major + 1, 0, 0);
        let plan = Plan::new(root, &next.to_string(), "2026-12-01").unwrap();
        let repeated = |text: &str| {
            let is_ours =
                |line: &&str| line.starts_with("version = ") || line.starts_with("digital-key");
            text.lines().filter(is_ours).any(|line| line.contains(&format!("\"{current}\"")))
        };
        let listing = program("git", "ls-files *.toml *.kts").output().unwrap();
        for path in listing.lines().map(|path| root.join(path)) {
            let planned = plan.texts.iter().find(|(planned, _)| *planned == path);
            let text = planned.map_or_else(|| read(&path).unwrap(), |(_, text)| text.clone());
            assert!(!repeated(&text), "{} would keep {current}", path.display());
        }
    }
}
