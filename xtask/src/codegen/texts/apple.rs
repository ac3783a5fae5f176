//! Apple's string catalog, which Xcode 15 and later read.

use digital_key_texts::Language;
use digital_key_texts::keys::{self, Placeholder};
use serde_json::{Value, json};

use super::Catalog;
use super::message::{Message, Text};

/// The catalog with all languages.
pub(super) fn catalog(catalogs: &[(Language, Catalog)]) -> String {
    let mut strings = serde_json::Map::new();
    for key in keys::all() {
        let localized = catalogs.iter().filter_map(|(language, catalog)| {
            Some((language.code().to_owned(), localization(key, catalog.get(key)?)))
        });
        let localizations: serde_json::Map<_, _> = localized.collect();
        let entry = json!({ "extractionState": "manual", "localizations": localizations });
        strings.insert(key.to_owned(), entry);
    }
    let source = Language::default().code();
    let catalog = json!({ "sourceLanguage": source, "strings": strings, "version": "1.0" });
    format!("{catalog:#}\n")
}

fn localization(key: &str, message: &Message) -> Value {
    let unit = |text: &Text| {
        let value = super::with_placeholders(key, text, str::to_owned, |place, it| match it {
            Placeholder::Text(_) => format!("%{place}$@"),
            Placeholder::Number(_) => format!("%{place}$lld"),
        });
        json!({ "stringUnit": { "state": "translated", "value": value } })
    };
    match message {
        Message::Single(text) => unit(text),
        Message::Plural { forms, .. } => {
            let forms: serde_json::Map<_, _> =
                forms.iter().map(|(category, text)| (category.clone(), unit(text))).collect();
            json!({ "variations": { "plural": forms } })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::texts::message;

    #[test]
    fn a_text_has_numbered_placeholders_and_a_plural_its_variations() {
        let read = |source| message::read(source).unwrap();
        let mut texts = read(message::tests::PLURAL);
        texts.extend(read("vehicle-tab-vehicle = Vehicle { $vin }"));
        let catalog: Value = serde_json::from_str(&catalog(&[(Language::English, texts)])).unwrap();
        let of = |key: &str| &catalog["strings"][key]["localizations"]["en"];
        assert_eq!(of("vehicle-tab-vehicle")["stringUnit"]["value"], "Vehicle %1$@");
        let forms = &of("password-uses")["variations"]["plural"];
        assert_eq!(forms["one"]["stringUnit"]["value"], "One use");
        assert_eq!(forms["other"]["stringUnit"]["value"], "%1$lld uses");
    }
}
