//! The texts of this program beside those of the pages: what the demo says.

use digital_key::texts::{Language, Texts};

/// Returns all texts of a language.
pub(crate) fn texts(language: Language) -> Texts {
    let mut texts = Texts::new(language);
    texts.add(source(language));
    texts
}

/// The Fluent file of this program.
fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../texts/en.ftl"),
        Language::German => include_str!("../texts/de.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The keys of a file.
    fn keys(language: Language) -> BTreeSet<&'static str> {
        source(language).lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect()
    }

    #[test]
    fn each_key_has_a_text_in_each_language() {
        for language in Language::ALL {
            assert_eq!(keys(language), keys(Language::English), "{language}");
            let texts = texts(language);
            for key in keys(language) {
                assert_ne!(texts.text(key), key, "{language}");
            }
        }
    }

    /// A text that no code uses is as wrong as a missing one.
    #[test]
    fn the_demo_uses_each_key_and_no_other() {
        let code = [
            include_str!("demo/story.rs"),
            include_str!("demo/show.rs"),
            include_str!("screen/log.rs"),
            include_str!("render.rs"),
            include_str!("demo.rs"),
        ];
        let code = code.concat();
        let quoted: BTreeSet<_> = code.split('"').collect();
        let known = keys(Language::English);
        for key in &known {
            assert!(quoted.contains(key), "no code uses {key}");
        }
        for key in quoted.iter().filter(|it| it.starts_with("step-") || it.starts_with("chapter-"))
        {
            assert!(known.contains(key), "{key} has no text");
        }
    }
}
