//! The texts of this program beside those of the pages: what the demo and `play` say.

use digital_key::texts::{Language, Texts, Value};

/// Returns all texts of a language.
pub(crate) fn texts(language: Language) -> Texts {
    let mut texts = Texts::new(language);
    for source in sources(language) {
        texts.add(source);
    }
    texts
}

/// Returns a text with a text for each of its placeholders.
pub(crate) fn with(texts: &Texts, key: &str, values: &[(&'static str, &str)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, text)| (*name, Value::Text(text))).collect();
    texts.text_with(key, &values)
}

/// The Fluent files of this program.
fn sources(language: Language) -> [&'static str; 2] {
    match language {
        Language::English => {
            [include_str!("../texts/en.ftl"), include_str!("../texts/play/en.ftl")]
        }
        Language::German => [include_str!("../texts/de.ftl"), include_str!("../texts/play/de.ftl")],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The keys of the files of a language.
    fn keys(language: Language) -> BTreeSet<&'static str> {
        let lines = sources(language).into_iter().flat_map(str::lines);
        let lines = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
        lines.filter_map(|line| Some(line.split_once(" =")?.0)).collect()
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
    fn the_code_uses_each_key_and_no_other() {
        let code = [
            include_str!("demo/story.rs"),
            include_str!("demo/show.rs"),
            include_str!("screen/log.rs"),
            include_str!("render.rs"),
            include_str!("demo.rs"),
            include_str!("play/command.rs"),
            include_str!("play/control.rs"),
            include_str!("play/describe.rs"),
            include_str!("play/player.rs"),
            include_str!("play/lines.rs"),
            include_str!("play/full_screen.rs"),
            include_str!("play/full_screen/footer.rs"),
            include_str!("play/full_screen/sheet.rs"),
            include_str!("play/full_screen/world_panel.rs"),
        ];
        let code = code.concat();
        let quoted: BTreeSet<_> = code.split('"').collect();
        let known = keys(Language::English);
        for key in &known {
            assert!(quoted.contains(key), "no code uses {key}");
        }
        let kinds = [
            "step-",
            "chapter-",
            "world-",
            "choice-",
            "log-",
            "refusal-",
            "vehicles-",
            "lines-",
            "footer-",
            "keys-",
            "help-",
        ];
        for key in quoted.iter().filter(|it| kinds.iter().any(|kind| it.starts_with(kind))) {
            assert!(known.contains(key), "{key} has no text");
        }
    }
}
