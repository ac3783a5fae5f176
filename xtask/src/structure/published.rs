//! Whether a crate that is published says what a registry shows, and carries its licence.

use crate::metadata::Package;

/// The texts of the licence, at the workspace's root and in each crate.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// What a published crate in this folder lacks; `read` gives the text of a file of the workspace.
pub(super) fn faults(
    package: &Package,
    folder: &str,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{} {what}", package.name));
        }
    };
    let description = package.description.as_deref().unwrap_or_default();
    expect(!description.trim().is_empty(), "has no description");
    expect((1..=5).contains(&package.keywords.len()), "does not have one to five keywords");
    for keyword in &package.keywords {
        expect(is_keyword(keyword), &format!("has the keyword {keyword:?}, which is none"));
    }
    expect((1..=5).contains(&package.categories.len()), "does not have one to five categories");
    expect(package.readme.as_deref() == Some("README.md"), "has no README.md of its own");
    let readme = read(&format!("{folder}/README.md")).unwrap_or_default();
    for link in links(&readme).filter(|link| !link.starts_with("https://")) {
        expect(false, &format!("links to {link} in its README, which no registry has"));
    }
    for licence in LICENCES {
        let text = read(&format!("{folder}/{licence}"));
        let holds = text.is_some() && text == read(licence);
        expect(holds, &format!("does not have the text of {licence} at the root"));
    }
    faults
}

/// Whether a registry takes this keyword.
fn is_keyword(word: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-+".contains(letter);
    word.len() <= 20
        && word.starts_with(|first: char| first.is_ascii_alphanumeric())
        && word.chars().all(is_allowed)
}

/// Where the links of a page go.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The faults of a crate after a change of what cargo says and of its files.
    fn told(key: &str, value: Value, file: &str, text: Option<&str>) -> String {
        let mut package = json!({
            "id": "x",
            "name": "x",
            "manifest_path": "/w/crates/x/Cargo.toml",
            "dependencies": [],
            "description": "What it is",
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
        faults(&serde_json::from_value(package).unwrap(), "crates/x", read).join("\n")
    }

    #[test]
    fn a_published_crate_says_what_a_registry_shows() {
        let said = |key, value| told(key, value, "", None);
        assert_eq!(said("name", json!("x")), "");
        assert_eq!(said("description", json!(" ")), "x has no description");
        assert!(said("keywords", json!([])).contains("one to five keywords"));
        assert!(said("keywords", json!(["a", "b", "c", "d", "e", "f"])).contains("one to five"));
        for wrong in ["two words", "", "-a", "a-word-of-many-letters"] {
            assert!(said("keywords", json!([wrong])).contains("which is none"), "{wrong}");
        }
        assert!(said("categories", json!([])).contains("one to five categories"));
        for wrong in [Value::Null, "../../README.md".into()] {
            assert!(said("readme", wrong).contains("README.md of its own"));
        }
    }

    #[test]
    fn a_published_crate_carries_its_licence_and_no_broken_link() {
        let said = |file: &str, text| told("name", json!("x"), file, text);
        for licence in LICENCES {
            let file = format!("crates/x/{licence}");
            assert!(said(&file, None).contains(licence));
            assert!(said(&file, Some("Another one.")).contains(licence));
            assert!(said(licence, Some("Another one at the root.")).contains(licence));
        }
        let link = "See [there](../there.md).";
        assert!(said("crates/x/README.md", Some(link)).contains("links to ../there.md"));
    }
}
