//! The texts of one language.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::language::Language;

/// The texts of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// Reads the texts of a language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let locale = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // A terminal shows the isolating characters as boxes.
        bundle.set_use_isolating(false);
        let mut texts = Self { language, bundle };
        // The tests check that each file is read whole and has each key once.
        texts.add(language.source());
        texts
    }

    /// Adds the texts of a program, which are a Fluent file in the same language. A key that is known
    /// already keeps its text.
    pub fn add(&mut self, source: &str) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
        let _ = self.bundle.add_resource(resource);
    }

    /// Returns the language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns a text without placeholders; for an unknown key, the key itself.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// Returns a text with a value for each of its placeholders; for an unknown key, the key itself.
    /// A placeholder without a value is shown by its name.
    #[must_use]
    pub fn text_with(&self, key: &str, values: &[(&'static str, Value<'_>)]) -> String {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else { return key.to_owned() };
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, value.to_fluent());
        }
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

/// A value of a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text, inserted as it is.
    Text(&'a str),
    /// A number, which also decides between singular and plural.
    Number(u64),
}

impl<'a> Value<'a> {
    fn to_fluent(self) -> FluentValue<'a> {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_gets_its_value() {
        let texts = Texts::new(Language::English);
        let values = [("used", Value::Number(2)), ("limit", Value::Number(3))];
        assert_eq!(texts.text_with("password-uses", &values), "Pairing password used 2 of 3 times");
        let values = [("vin", Value::Text("W1"))];
        assert_eq!(texts.text_with("vehicle-tab-vehicle", &values), "Vehicle W1");
    }

    #[test]
    fn a_program_adds_texts_and_changes_none() {
        let mut texts = Texts::new(Language::German);
        texts.add("of-a-program = Neu\ntap-back = Anders");
        assert_eq!(
            (texts.text("of-a-program"), texts.text("tap-back")),
            ("Neu".into(), "Zurück".into())
        );
    }

    #[test]
    fn an_unknown_key_is_shown_as_it_is() {
        assert_eq!(Texts::new(Language::German).text("no-such-key"), "no-such-key");
    }
}
