//! The changelog, made from fragments: one small file a change, so that changes do not meet in one
//! place.

use std::fmt::Write;

use semver::Version;

use crate::Failure;

/// The kinds of changes, in the order in which a reader wants them; the ends of the files' names.
const KINDS: &[(&str, &str)] = &[
    ("breaking", "What a client team must change"),
    ("security", "Security"),
    ("added", "Added"),
    ("changed", "Changed"),
    ("fixed", "Fixed"),
];

/// Where those stand in [`KINDS`] for which a client team must change something.
const BREAKING: usize = 0;

/// One change.
pub(super) struct Fragment {
    /// Where its kind stands in [`KINDS`].
    kind: usize,
    text: String,
}

impl Fragment {
    /// Reads a file such as `circuit-breaker.added.md`.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, Failure> {
        let kind = name.strip_suffix(".md").and_then(|name| name.rsplit_once('.'));
        let kind = kind.and_then(|(_, kind)| KINDS.iter().position(|(end, _)| *end == kind));
        let ends: Vec<_> = KINDS.iter().map(|(end, _)| format!(".{end}.md")).collect();
        let kind = kind.ok_or_else(|| format!("{name} ends with none of {}", ends.join(", ")))?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(format!("{name} says nothing").into());
        }
        Ok(Self { kind, text })
    }

    /// Whether a client team must change something for it.
    pub(super) fn is_breaking(&self) -> bool {
        self.kind == BREAKING
    }
}

/// What the changelog says about one version.
pub(super) struct Section {
    version: Version,
    text: String,
    breaking: Vec<String>,
}

impl Section {
    /// A section of these changes, released on this day.
    pub(super) fn new<'a>(
        version: &Version,
        day: &str,
        fragments: impl IntoIterator<Item = &'a Fragment>,
    ) -> Self {
        let fragments: Vec<_> = fragments.into_iter().collect();
        let of_kind = |kind| fragments.iter().filter(move |it| it.kind == kind);
        let mut text = format!("## {version} · {day}\n");
        for (kind, (_, title)) in KINDS.iter().enumerate() {
            if of_kind(kind).next().is_some() {
                // Writing to a string cannot fail.
                let _ = write!(text, "\n### {title}\n\n");
                for fragment in of_kind(kind) {
                    let _ = writeln!(text, "- {}", fragment.text);
                }
            }
        }
        let breaking = of_kind(BREAKING).map(|it| it.text.clone()).collect();
        Self { version: version.clone(), text, breaking }
    }

    /// The changelog with this section above all older ones.
    pub(super) fn added_to(&self, changelog: &str) -> Result<String, Failure> {
        if changelog.contains(&format!("\n## {} ", self.version)) {
            return Err(
                format!("the changelog has a section about {} already", self.version).into()
            );
        }
        let older = changelog.find("\n## ").map_or(changelog.len(), |at| at + 1);
        let (head, tail) = changelog.split_at(older);
        let mut text = format!("{}\n\n{}", head.trim_end(), self.text);
        if !tail.is_empty() {
            text += "\n";
            text += tail;
        }
        Ok(text)
    }

    /// What a client team must change.
    pub(super) fn for_clients(&self) -> String {
        if self.breaking.is_empty() {
            return format!("A client team need not change anything for {}.", self.version);
        }
        let mut text = format!("For {} a client team must change:", self.version);
        for change in &self.breaking {
            let _ = write!(text, "\n- {change}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(name: &str, text: &str) -> Fragment {
        Fragment::parse(name, text).unwrap()
    }

    #[test]
    fn sections_stand_in_the_order_of_kinds_and_above_older_ones() {
        let fragments = [
            fragment("b.fixed.md", "A fault.\n"),
            fragment("a.breaking.md", "Give\na key.\n"),
            fragment("c.fixed.md", "Another."),
        ];
        let section = Section::new(&Version::new(0, 2, 0), "2026-12-01", &fragments);
        let text = section.added_to("# Changelog\n\nIntro.\n\n## 0.1.0 · 2026-11-01\n\nOld.\n");
        let expected = "# Changelog\n\nIntro.\n\n## 0.2.0 · 2026-12-01\n\n\
            ### What a client team must change\n\n- Give a key.\n\n\
            ### Fixed\n\n- A fault.\n- Another.\n\n## 0.1.0 · 2026-11-01\n\nOld.\n";
        assert_eq!(text.unwrap(), expected);
        assert!(section.added_to(expected).is_err(), "the same version twice");
        assert!(section.for_clients().ends_with("must change:\n- Give a key."));
    }

    #[test]
    fn a_first_section_follows_the_head() {
        let section = Section::new(&Version::new(0, 1, 0), "2026-12-01", &[]);
        let text = section.added_to("# Changelog\n\nIntro.\n").unwrap();
        assert_eq!(text, "# Changelog\n\nIntro.\n\n## 0.1.0 · 2026-12-01\n");
        assert!(section.for_clients().contains("need not change anything"));
    }

    #[test]
    fn a_fragment_has_a_kind_and_a_text() {
        assert!(fragment("a.breaking.md", "x").is_breaking());
        assert!(!fragment("breaking.added.md", "x").is_breaking());
        assert!(Fragment::parse("a.md", "x").is_err());
        assert!(Fragment::parse("a.surprising.md", "x").is_err());
        assert!(Fragment::parse("a.added.txt", "x").is_err());
        assert!(Fragment::parse("a.added.md", " \n").is_err());
    }
}
