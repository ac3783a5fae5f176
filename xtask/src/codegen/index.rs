//! The index of the rules: where each is kept, and what checks it.

use std::collections::{BTreeMap, BTreeSet};

use super::features::Scenario;
use super::rules::{Group, Number, Rule};
use super::{Page, citations, features, files, rules};
use crate::Failure;

const RULES: &str = "docs/rules.md";

/// The index, unless the rules and what cites them do not fit together.
pub(super) fn pages() -> Result<Vec<Page>, Failure> {
    let files = files()?;
    let (_, list) = files.iter().find(|(path, _)| path == RULES).ok_or(format!("no {RULES}"))?;
    let groups = rules::parse(list).map_err(|fault| format!("{RULES}: {fault}"))?;
    let mut index = Index::default();
    for (path, text) in &files {
        index.read(path, text);
    }
    let faults = index.faults(&groups);
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    Ok(vec![Page { path: "docs/generated/rules.md", text: index.page(&groups) }])
}

/// What a citation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Code,
    Scenario,
    Test,
    /// A text for people, which is not listed.
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
        let is_ours = |end| path.ends_with(end) && !path.starts_with("xtask/");
        // The features under tests/ are about the language, not about the rules.
        if path.ends_with(".feature") && path.contains("/features/") {
            self.read_feature(path, text);
        } else if is_ours(".rs") {
            self.read_rust(path, text);
        } else if is_ours(".md") && path != RULES && !path.starts_with("docs/generated/") {
            for number in citations::in_text(text) {
                self.cite(number, Kind::Text, path, None);
            }
        }
    }

    fn read_feature(&mut self, path: &str, text: &str) {
        for Scenario { name, tags } in features::scenarios(text) {
            let numbers: Vec<Number> = tags.iter().filter_map(|tag| tag.parse().ok()).collect();
            if numbers.is_empty() {
                self.untagged.push(format!("{path}: the scenario {name:?} has no tag of a rule"));
            }
            for number in numbers {
                self.cite(number, Kind::Scenario, path, Some(name));
            }
        }
    }

    fn read_rust(&mut self, path: &str, text: &str) {
        for (line, is_test) in citations::lines(path, text) {
            for number in citations::in_text(line) {
                self.cite(number, if is_test { Kind::Test } else { Kind::Code }, path, None);
            }
            if let Some(name) = citations::function(line).filter(|_| is_test) {
                for number in citations::in_name(name) {
                    self.cite(number, Kind::Test, path, Some(name));
                }
            }
        }
    }

    fn cite(&mut self, number: Number, kind: Kind, path: &str, name: Option<&str>) {
        let places = self.cited.entry(number).or_default().entry(kind).or_default();
        places.entry(path.to_owned()).or_default().extend(name.map(str::to_owned));
    }

    fn places(&self, number: &Number, kind: Kind) -> Option<&Places> {
        self.cited.get(number)?.get(&kind)
    }

    /// What does not fit together. The number of a group that is not listed is none: `UTF-8`.
    fn faults(&self, groups: &[Group]) -> Vec<String> {
        let mut faults = self.untagged.clone();
        let listed: BTreeSet<_> =
            groups.iter().flat_map(|group| &group.rules).map(|rule| &rule.number).collect();
        let names: BTreeSet<_> = listed.iter().map(|number| &number.group).collect();
        for (number, cited) in &self.cited {
            if !listed.contains(number) && names.contains(&number.group) {
                let files: BTreeSet<_> =
                    cited.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
                let files = Vec::from_iter(files).join(", ");
                faults.push(format!("{number} is cited in {files} and is no rule of {RULES}"));
            }
        }
        for number in listed {
            let is_checked = |kind| self.places(number, kind).is_some();
            if !is_checked(Kind::Scenario) && !is_checked(Kind::Test) {
                faults.push(format!("{number} has neither a scenario nor a test"));
            }
        }
        faults
    }

    fn page(&self, groups: &[Group]) -> String {
        let mut page = String::from(
            "<!-- Written by `cargo xtask codegen rules` from docs/rules.md, the code, its tests \
             and the feature files. -->\n\n# Where each rule is kept and checked\n",
        );
        for group in groups {
            page += &format!("\n## {}\n", group.title);
            for Rule { number, marks, summary } in &group.rules {
                page += &format!("\n### {number}\n\n[{marks}] {summary}\n");
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

/// A file, with the names in it that cite a rule.
fn line((path, names): (&String, &BTreeSet<String>)) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let colon = if names.is_empty() { "" } else { ": " };
    format!("- [{path}](../../{path}){colon}{}\n", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "## ENT · entry\n- ENT-1 [S D] One.\n- ENT-2 [S] Two.\n";

    fn index(files: &[(&str, &str)]) -> (Index, Vec<Group>) {
        let mut index = Index::default();
        for (path, text) in files {
            index.read(path, text);
        }
        (index, rules::parse(LIST).unwrap())
    }

    #[test]
    fn a_rule_is_shown_with_all_that_cites_it() {
        let (index, groups) = index(&[
            ("crates/x/src/a.rs", "// ENT-1 to ENT-2\n"),
            ("crates/x/src/b.rs", "// ENT-1\nfn ent_2_no_test() {}\n"),
            ("crates/x/tests/t.rs", "fn ent_1_b() {}\nfn ent_1_a() {}\n// ENT-2\n"),
            ("crates/x/features/entry.feature", "@ENT-1\nScenario: it <is> so\n"),
            ("xtask/src/c.rs", "// ENT-99\n"),
        ]);
        assert_eq!(index.faults(&groups), [""; 0]);
        let page = index.page(&groups);
        let (_, rules) = page.split_once("### ENT-1").unwrap();
        assert_eq!(
            rules,
            "\n\n[S D] One.\n\n\
             Code:\n\
             - [crates/x/src/a.rs](../../crates/x/src/a.rs)\n\
             - [crates/x/src/b.rs](../../crates/x/src/b.rs)\n\n\
             Scenarios:\n\
             - [crates/x/features/entry.feature](../../crates/x/features/entry.feature): `it <is> so`\n\n\
             Tests:\n\
             - [crates/x/tests/t.rs](../../crates/x/tests/t.rs): `ent_1_a`, `ent_1_b`\n\n\
             ### ENT-2\n\n[S] Two.\n\n\
             Code:\n\
             - [crates/x/src/a.rs](../../crates/x/src/a.rs)\n\n\
             Tests:\n\
             - [crates/x/tests/t.rs](../../crates/x/tests/t.rs)\n"
        );
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let (index, groups) = index(&[
            ("crates/x/src/a.rs", "// ENT-2 and ENT-98, as UTF-8\n"),
            ("crates/x/tests/t.rs", "fn ent_99_x() {}\n"),
            ("crates/x/features/e.feature", "@ENT-1 @ENT-99\nScenario: a\n@slow\nScenario: b\n"),
            ("docs/a.md", "See ENT-99.\n"),
        ]);
        assert_eq!(
            index.faults(&groups),
            [
                "crates/x/features/e.feature: the scenario \"b\" has no tag of a rule",
                "ENT-98 is cited in crates/x/src/a.rs and is no rule of docs/rules.md",
                "ENT-99 is cited in crates/x/features/e.feature, crates/x/tests/t.rs, docs/a.md and is no \
                 rule of docs/rules.md",
                "ENT-2 has neither a scenario nor a test",
            ]
        );
    }
}
