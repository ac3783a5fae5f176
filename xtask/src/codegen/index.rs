//! The index of the rules: where each is kept, and what checks it.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{self, Group, LIST, Number, Rule};
use super::{Page, files};
use crate::TaskError;

/// Writes the index, unless a citation or a rule lacks its counterpart.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    let files = files()?;
    let (_, list) = files.iter().find(|(path, _)| path == LIST).ok_or(format!("no {LIST}"))?;
    let groups = rules::parse(list).map_err(|error| format!("{LIST}: {error}"))?;
    let mut index = Index::default();
    for (path, text) in &files {
        index.read(path, text);
    }
    let problems = index.problems(&groups);
    if !problems.is_empty() {
        return Err(problems.join("\n").into());
    }
    Ok(vec![Page { path: "docs/generated/rules.md", text: index.page(&groups) }])
}

/// Where a citation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Code,
    Scenario,
    Test,
    /// A page of the documentation, which the index does not list.
    Text,
}

/// The files that cite a rule, each with the names of the scenarios or tests that do.
type Places = BTreeMap<String, BTreeSet<String>>;

#[derive(Default)]
struct Index {
    cited: BTreeMap<Number, BTreeMap<Kind, Places>>,
    untagged: Vec<String>,
}

impl Index {
    fn read(&mut self, path: &str, text: &str) {
        // The front door keeps no rule: its documentation names some.
        let is_text = path.ends_with(".md") || path.starts_with("crates/digital-key/");
        // The features under tests/ are about the language, not about the rules.
        if path.ends_with(".feature") && path.contains("/features/") {
            self.read_feature(path, text);
        } else if path.ends_with(".rs") && !is_text && !path.starts_with("xtask/") {
            self.read_rust(path, text);
        } else if is_text && path != LIST && !path.starts_with("docs/generated/") {
            self.cite(rules::cited_in(text), Kind::Text, path, None);
        }
    }

    /// Reads scenarios with the tags above each, such as `@ENT-3`.
    fn read_feature(&mut self, path: &str, text: &str) {
        let mut tags = Vec::new();
        for line in text.lines().map(str::trim) {
            let name =
                ["Scenario:", "Scenario Outline:"].iter().find_map(|it| line.strip_prefix(it));
            if line.starts_with('@') {
                tags.extend(rules::cited_in(line));
            } else if let Some(name) = name.map(str::trim) {
                if tags.is_empty() {
                    self.untagged.push(format!("{path}: the scenario {name:?} cites no rule"));
                }
                self.cite(std::mem::take(&mut tags), Kind::Scenario, path, Some(name));
            }
        }
    }

    /// Reads Rust: in tests, the names of functions cite rules as well as the texts.
    fn read_rust(&mut self, path: &str, text: &str) {
        let mut is_test = is_for_tests(path);
        for line in text.lines() {
            is_test |= line.ends_with("mod tests {");
            let kind = if is_test { Kind::Test } else { Kind::Code };
            self.cite(rules::cited_in(line), kind, path, None);
            if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
                let name = rest.split(['(', '<']).next().unwrap_or(rest);
                self.cite(rules::cited_in_name(name), kind, path, Some(name));
            }
        }
    }

    fn cite(&mut self, numbers: Vec<Number>, kind: Kind, path: &str, name: Option<&str>) {
        for number in numbers {
            let places = self.cited.entry(number).or_default().entry(kind).or_default();
            places.entry(path.to_owned()).or_default().extend(name.map(str::to_owned));
        }
    }

    fn places(&self, number: &Number, kind: Kind) -> Option<&Places> {
        self.cited.get(number)?.get(&kind)
    }

    /// Scenarios without a rule, citations of rules that do not exist, and rules without a test. A
    /// number of an unknown group is no citation: `UTF-8`.
    fn problems(&self, groups: &[Group]) -> Vec<String> {
        let mut problems = self.untagged.clone();
        let listed: BTreeSet<_> =
            groups.iter().flat_map(|group| &group.rules).map(|rule| &rule.number).collect();
        let names: BTreeSet<_> = listed.iter().map(|number| &number.group).collect();
        for (number, cited) in &self.cited {
            if !listed.contains(number) && names.contains(&number.group) {
                let files: BTreeSet<_> =
                    cited.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
                let files = Vec::from_iter(files).join(", ");
                problems.push(format!("{number} is cited in {files} and is no rule of {LIST}"));
            }
        }
        for number in listed {
            let is_checked = |kind| self.places(number, kind).is_some();
            if !is_checked(Kind::Scenario) && !is_checked(Kind::Test) {
                problems.push(format!("{number} has neither a scenario nor a test"));
            }
        }
        problems
    }

    fn page(&self, groups: &[Group]) -> String {
        let mut page = String::from(
            "<!-- Written by `cargo xtask codegen rules` from docs/rules.md, the code, its tests \
             and the feature files. -->\n\n# Where each rule is kept and checked\n",
        );
        for group in groups {
            page += &format!("\n## {}\n", group.title);
            for Rule { number, origins, summary } in &group.rules {
                page += &format!("\n### {number}\n\n[{origins}] {summary}\n");
                for (kind, title) in
                    [(Kind::Code, "Code"), (Kind::Scenario, "Scenarios"), (Kind::Test, "Tests")]
                {
                    if let Some(places) = self.places(number, kind) {
                        page += &format!("\n{title}:\n");
                        page.extend(places.iter().map(line));
                    }
                }
            }
        }
        page
    }
}

/// Whether a Rust file holds only tests. The testkit does, since it holds the conformance suites.
fn is_for_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

/// A file, with the names in it that cite a rule.
fn line((path, names): (&String, &BTreeSet<String>)) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let colon = if names.is_empty() { "" } else { ": " };
    format!("- [{path}](../../{path}){colon}{}\n", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "## ENT · entry\n- ENT-1 [S D] One.\n- ENT-2 [S] Two.\n";

    fn index(files: &[(&str, &str)]) -> (Index, Vec<Group>) {
        let mut index = Index::default();
        for (path, text) in files {
            index.read(path, text);
        }
        (index, rules::parse(RULES).unwrap())
    }

    #[test]
    fn a_rule_is_shown_with_all_that_cites_it() {
        let (index, groups) = index(&[
            ("crates/x/src/a.rs", "// ENT-1 to ENT-2\n"),
            ("crates/x/src/b.rs", "// ENT-1\nfn ent_2_x() {}\nmod tests {\n    fn ent_1_c() {}\n"),
            ("crates/x/src/tests.rs", "fn ent_1_b() {}\n"),
            ("crates/x/tests/t.rs", "async fn ent_1_b<T>() {}\nfn ent_1_a() {}\n// ENT-2\n"),
            ("crates/x/features/entry.feature", "@ENT-1\n@slow\nScenario: it <is> so\n"),
            ("crates/digital-key/src/lib.rs", "//! ENT-1\n"),
            ("xtask/src/c.rs", "// ENT-99\n"),
        ]);
        assert_eq!(index.problems(&groups), [""; 0]);
        let page = index.page(&groups);
        let (_, rules) = page.split_once("### ENT-1").unwrap();
        let link = |path: &str| format!("- [{path}](../../{path})");
        let expected = [
            "\n\n[S D] One.\n\nCode:",
            &link("crates/x/src/a.rs"),
            &link("crates/x/src/b.rs"),
            "\nScenarios:",
            &format!("{}: `it <is> so`", link("crates/x/features/entry.feature")),
            "\nTests:",
            &format!("{}: `ent_1_c`", link("crates/x/src/b.rs")),
            &format!("{}: `ent_1_b`", link("crates/x/src/tests.rs")),
            &format!("{}: `ent_1_a`, `ent_1_b`", link("crates/x/tests/t.rs")),
            "\n### ENT-2\n\n[S] Two.\n\nCode:",
            &link("crates/x/src/a.rs"),
            "\nTests:",
            &format!("{}\n", link("crates/x/tests/t.rs")),
        ];
        assert_eq!(rules, expected.join("\n"));
    }

    #[test]
    fn what_lacks_its_counterpart_is_a_problem() {
        let (index, groups) = index(&[
            ("crates/x/src/a.rs", "// ENT-2 and ENT-98, as UTF-8\n"),
            ("crates/x/tests/t.rs", "fn ent_99_x() {}\n"),
            ("crates/x/features/e.feature", "@ENT-1 @ENT-99\nScenario: a\n@slow\nScenario: b\n"),
            ("docs/a.md", "See ENT-99.\n"),
        ]);
        assert_eq!(
            index.problems(&groups),
            [
                "crates/x/features/e.feature: the scenario \"b\" cites no rule",
                "ENT-98 is cited in crates/x/src/a.rs and is no rule of docs/rules.md",
                "ENT-99 is cited in crates/x/features/e.feature, crates/x/tests/t.rs, docs/a.md and \
                 is no rule of docs/rules.md",
                "ENT-2 has neither a scenario nor a test",
            ]
        );
    }
}
