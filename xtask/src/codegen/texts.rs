//! The suggested texts: a page with all of them, and files in the formats of other platforms. The files
//! are not in git, since `crates/texts/texts` has what they say.

mod android;
mod apple;
mod flutter;
mod message;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use digital_key_texts::{Language, keys};

use super::Page;
use crate::TaskError;
use crate::command::workspace_root;
use message::{Message, Text};

/// Where the Fluent files are, seen from the workspace's root.
const SOURCES: &str = "crates/texts/texts";

/// Where the files for other platforms go.
const GENERATED: &str = "crates/texts/generated";

/// The texts of a language by their keys.
type Catalog = BTreeMap<String, Message>;

/// The page with all texts; writes the files for the other platforms, too.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    let mut catalogs = Vec::new();
    for language in Language::ALL {
        let path = workspace_root().join(SOURCES).join(format!("{language}.ftl"));
        let source = std::fs::read_to_string(&path)?;
        let catalog = message::read(&source).map_err(|error| format!("{language}.ftl: {error}"))?;
        expect_complete(language, &catalog)?;
        catalogs.push((language, catalog));
    }
    let folder = workspace_root().join(GENERATED);
    for (name, content) in files(&catalogs) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(path, content)?;
    }
    Ok(vec![Page { path: "docs/generated/texts.md", text: table(&catalogs) }])
}

/// The files for all platforms: their names, and what they hold.
fn files(catalogs: &[(Language, Catalog)]) -> Vec<(String, String)> {
    let mut files = vec![("apple/DigitalKey.xcstrings".to_owned(), apple::catalog(catalogs))];
    for (language, catalog) in catalogs {
        // Android's folder without a language is for every other language.
        let folder = match *language == Language::default() {
            true => "values".to_owned(),
            false => format!("values-{language}"),
        };
        files.push((format!("android/{folder}/strings.xml"), android::resources(catalog)));
        let name = format!("flutter/digital_key_{language}.arb");
        files.push((name, flutter::bundle(*language, catalog)));
    }
    files
}

/// Fails when a key has no text, or when a text has another placeholder than its key.
fn expect_complete(language: Language, catalog: &Catalog) -> Result<(), TaskError> {
    for key in keys::all() {
        let message = catalog.get(key).ok_or_else(|| format!("{language}.ftl has no {key}"))?;
        let known = keys::placeholders(key);
        for name in message.placeholders() {
            if !known.iter().any(|it| it.name() == name) {
                return Err(format!("{language}.ftl: {key} has no placeholder {name}").into());
            }
        }
    }
    Ok(())
}

/// All texts side by side, for a person who reviews them.
fn table(catalogs: &[(Language, Catalog)]) -> String {
    let mut page = "# The suggested texts\n\n\
        `cargo xtask codegen texts` writes this page from the files in `crates/texts/texts`. An app may \
        use these texts or its own.\n\n| key |"
        .to_owned();
    for (language, _) in catalogs {
        let _ = write!(page, " {language} |");
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(catalogs.len()));
    page.push('\n');
    for key in keys::all() {
        let _ = write!(page, "| `{key}` |");
        for (_, catalog) in catalogs {
            let text = catalog.get(key).map(Message::to_string).unwrap_or_default();
            let _ = write!(page, " {} |", text.replace('|', "\\|"));
        }
        page.push('\n');
    }
    page
}

/// Writes a text with each placeholder as `placeholder` writes it, by its place from 1 and its kind.
fn with_placeholders(
    key: &str,
    text: &Text,
    escape: impl Fn(&str) -> String,
    placeholder: impl Fn(usize, keys::Placeholder) -> String,
) -> String {
    let known = keys::placeholders(key);
    let parts = text.parts().iter().map(|part| match part {
        message::Part::Plain(plain) => escape(plain),
        message::Part::Placeholder(name) => (1..)
            .zip(known)
            .find(|(_, it)| it.name() == name)
            .map(|(place, it)| placeholder(place, *it))
            .unwrap_or_default(),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogs() -> Vec<(Language, Catalog)> {
        let read = |language: Language| {
            let path = workspace_root().join(SOURCES).join(format!("{language}.ftl"));
            message::read(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        Language::ALL.map(|language| (language, read(language))).to_vec()
    }

    #[test]
    fn each_file_has_each_key_in_the_form_of_its_platform() {
        let catalogs = catalogs();
        for (name, content) in files(&catalogs) {
            for key in keys::all() {
                let expected = match name.split('/').next() {
                    Some("apple") => format!("\"{key}\": {{"),
                    Some("android") => format!("name=\"{}\"", android::name(key)),
                    _ => format!("\"{}\": \"", flutter::name(key)),
                };
                assert!(content.contains(&expected), "{name} has no {expected}");
            }
        }
    }

    #[test]
    fn each_text_of_the_swift_example_is_there() {
        let catalogs = catalogs();
        let example = workspace_root().join("crates/bindings/packages/swift/Example/Screens");
        let mut found = 0;
        for entry in std::fs::read_dir(example).unwrap() {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            // A key is a literal of words with dashes between them.
            for literal in source.split('"').skip(1).step_by(2) {
                let is_key = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
                if literal.chars().all(is_key) && (literal.contains('-') || literal == "loading") {
                    found += 1;
                    assert!(catalogs[0].1.contains_key(literal), "{literal}");
                }
            }
        }
        assert!(found > 50, "{found} keys");
    }

    #[test]
    fn json_files_are_json() {
        for (name, content) in files(&catalogs()) {
            if !name.ends_with(".xml") {
                serde_json::from_str::<serde_json::Value>(&content).expect(&name);
            }
        }
    }

    #[test]
    fn a_missing_text_and_an_unknown_placeholder_are_errors() {
        let mut catalog = catalogs().swap_remove(0).1;
        expect_complete(Language::English, &catalog).unwrap();
        let retry = catalog.remove("tap-retry").unwrap();
        let error = expect_complete(Language::English, &catalog).unwrap_err().to_string();
        assert!(error.contains("tap-retry"), "{error}");
        catalog.insert("tap-retry".to_owned(), retry);
        let wrong = message::read("tap-back = Back { $vin }").unwrap();
        catalog.extend(wrong);
        let error = expect_complete(Language::English, &catalog).unwrap_err().to_string();
        assert!(error.contains("tap-back") && error.contains("vin"), "{error}");
    }
}
