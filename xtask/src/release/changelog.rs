//! The changelog, made from fragments: one small file a change, so that two changes never conflict.

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;

use crate::TaskError;
use crate::command::workspace_root;

/// The folder of the fragments.
pub(super) const FRAGMENTS: &str = "docs/changes";

/// The kinds of changes in the order of the changelog: the end of a fragment's name, and the title.
/// A client team must change something for the first.
const KINDS: [(&str, &str); 5] = [
    ("breaking", "What a client team must change"),
    ("security", "Security"),
    ("added", "Added"),
    ("changed", "Changed"),
    ("fixed", "Fixed"),
];

/// One change.
pub(super) struct Fragment {
    file: PathBuf,
    /// Its place in [`KINDS`].
    kind: usize,
    text: String,
}

impl Fragment {
    /// Reads a file such as `circuit-breaker.added.md`.
    fn new(file: PathBuf, text: &str) -> Result<Self, TaskError> {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let kind = KINDS.iter().position(|(end, _)| name.ends_with(&format!(".{end}")));
        let kind = kind.ok_or_else(|| {
            let ends = KINDS.map(|(end, _)| format!(".{end}.md")).join(", ");
            format!("{} ends with none of {ends}", file.display())
        })?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(format!("{} is empty", file.display()).into());
        }
        Ok(Self { file, kind, text })
    }

    /// Whether a client team must change something for it.
    pub(super) fn is_breaking(&self) -> bool {
        self.kind == 0
    }
}

/// The fragments in a folder, in the order of their names.
pub(super) fn fragments(folder: &Path) -> Result<Vec<Fragment>, TaskError> {
    let mut fragments = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if !file.ends_with("README.md") {
            let text = fs::read_to_string(&file)?;
            fragments.push(Fragment::new(file, &text)?);
        }
    }
    fragments.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(fragments)
}

/// The section of the changelog about a version that is released on this day.
pub(super) fn section(version: &Version, day: &str, fragments: &[Fragment]) -> String {
    let mut section = format!("## {version} · {day}\n");
    for (kind, (_, title)) in KINDS.iter().enumerate() {
        let items: String = fragments
            .iter()
            .filter(|fragment| fragment.kind == kind)
            .map(|fragment| format!("- {}\n", fragment.text))
            .collect();
        if !items.is_empty() {
            section += &format!("\n### {title}\n\n{items}");
        }
    }
    section
}

/// Adds a section to the changelog, and removes the fragments that it is made of.
pub(super) fn release(section: &str, fragments: &[Fragment]) -> Result<(), TaskError> {
    let changelog = workspace_root().join("CHANGELOG.md");
    let text = with_section(&fs::read_to_string(&changelog)?, section);
    fs::write(changelog, text)?;
    for fragment in fragments {
        fs::remove_file(&fragment.file)?;
    }
    Ok(())
}

/// The changelog with this section above all older ones.
fn with_section(changelog: &str, section: &str) -> String {
    let end_of_head = changelog.find("\n## ").unwrap_or(changelog.len());
    let (head, older) = changelog.split_at(end_of_head);
    format!("{}\n\n{section}{older}", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(name: &str, text: &str) -> Result<Fragment, TaskError> {
        Fragment::new(Path::new("docs/changes").join(name), text)
    }

    #[test]
    fn sections_are_in_the_order_of_kinds_and_above_older_ones() {
        let fragments = [
            fragment("b.fixed.md", "A fault.\n").unwrap(),
            fragment("a.breaking.md", "Give\na key.\n").unwrap(),
            fragment("c.fixed.md", "Another.").unwrap(),
        ];
        let section = section(&Version::new(0, 2, 0), "2026-12-01", &fragments);
        let older = "\n## 0.1.0 · 2026-11-01\n\nOld.\n";
        assert_eq!(
            with_section(&format!("# Changelog\n\nIntro.\n{older}"), &section),
            format!(
                "# Changelog\n\nIntro.\n\n## 0.2.0 · 2026-12-01\n\n\
                 ### What a client team must change\n\n- Give a key.\n\n\
                 ### Fixed\n\n- A fault.\n- Another.\n{older}"
            )
        );
        assert_eq!(with_section("# Changelog\n", &section), format!("# Changelog\n\n{section}"));
    }

    #[test]
    fn a_fragment_has_a_kind_and_a_text() {
        assert!(fragment("a.breaking.md", "x").unwrap().is_breaking());
        assert!(!fragment("breaking.added.md", "x").unwrap().is_breaking());
        for (name, text) in
            [("a.md", "x"), ("a.surprising.md", "x"), ("breaking", "x"), ("a.added.md", " \n")]
        {
            assert!(fragment(name, text).is_err(), "{name}");
        }
    }
}
