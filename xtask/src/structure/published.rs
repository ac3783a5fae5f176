//! Whether a published crate has what a registry shows, and carries its licence.

use crate::metadata::Package;

/// The texts of the licence, at the workspace's root and in each crate.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// What a published crate in this folder lacks; `read` returns the text of a file.
pub(super) fn problems(
    package: &Package,
    folder: &str,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expect = |holds: bool, problem: &str| {
        if !holds {
            problems.push(format!("{} {problem}", package.name));
        }
    };
    let description = package.description.as_deref().unwrap_or_default();
    expect(!description.trim().is_empty(), "has no description");
    expect(package.repository.is_some(), "does not take `repository` from the workspace");
    expect((1..=5).contains(&package.keywords.len()), "does not have one to five keywords");
    expect((1..=5).contains(&package.categories.len()), "does not have one to five categories");
    expect(package.readme.as_deref() == Some("README.md"), "has no README.md of its own");
    let readme = read(&format!("{folder}/README.md")).unwrap_or_default();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("https://")) {
        expect(false, &format!("links to {link} in its README, which no registry has"));
    }
    for feature in package.features.keys().filter(|it| *it != "default") {
        let row = format!("| `{feature}`");
        expect(readme.contains(&row), &format!("has no row for {feature} in its README"));
    }
    for licence in LICENCES {
        let text = read(&format!("{folder}/{licence}"));
        let holds = text.is_some() && text == read(licence);
        expect(holds, &format!("does not have the text of {licence} at the root"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The problems of a crate whose manifest and file differ in this from one without problems.
    fn problems_with(key: &str, value: Value, file: &str, text: Option<&str>) -> String {
        let mut package = json!({
            "name": "x",
            "manifest_path": "/w/crates/x/Cargo.toml",
            "dependencies": [],
            "description": "A sentence",
            "repository": "",
            "keywords": ["car-key"],
            "categories": ["caching"],
            "readme": "README.md",
        });
        package[key] = value;
        let read = |path: &str| {
            if path == file {
                return text.map(str::to_owned);
            }
            let of_crate = path.strip_prefix("crates/x/").unwrap_or(path);
            Some(format!("The text of {of_crate}, [ports](https://docs.rs/x)."))
        };
        problems(&serde_json::from_value(package).unwrap(), "crates/x", read).join("\n")
    }

    #[test]
    fn a_published_crate_has_what_a_registry_shows() {
        for (key, value, problem) in [
            ("name", json!("x"), ""),
            ("description", json!(" "), "x has no description"),
            ("repository", json!(null), "x does not take `repository` from the workspace"),
            ("keywords", json!([]), "x does not have one to five keywords"),
            ("categories", json!([]), "x does not have one to five categories"),
            ("readme", json!("../../README.md"), "x has no README.md of its own"),
            ("features", json!({"default": ["a"], "a": []}), "x has no row for a in its README"),
        ] {
            assert_eq!(problems_with(key, value, "", None), problem);
        }
    }

    #[test]
    fn a_published_crate_carries_its_licence_and_no_broken_link() {
        let problems = |file: &str, text| problems_with("name", json!("x"), file, text);
        for licence in LICENCES {
            let file = format!("crates/x/{licence}");
            assert!(problems(&file, None).contains(licence));
            assert!(problems(&file, Some("Another one.")).contains(licence));
        }
        let link = "See [there](../there.md).";
        assert!(problems("crates/x/README.md", Some(link)).contains("links to ../there.md"));
    }
}
