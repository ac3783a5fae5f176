//! Flutter's application resource bundle.

use digital_key_texts::Language;
use digital_key_texts::keys::{self, Placeholder};
use serde_json::{Map, Value, json};

use super::Catalog;
use super::message::{Message, Text};

/// The file with the texts of one language.
pub(super) fn bundle(language: Language, catalog: &Catalog) -> String {
    let mut bundle = Map::new();
    bundle.insert("@@locale".to_owned(), language.code().into());
    for key in keys::all() {
        let Some(message) = catalog.get(key) else { continue };
        let name = name(key);
        let placeholders: Map<_, _> = keys::placeholders(key)
            .iter()
            .map(|it| {
                let kind = match it {
                    Placeholder::Text(_) => "String",
                    Placeholder::Number(_) => "int",
                };
                (it.name().to_owned(), json!({ "type": kind }))
            })
            .collect();
        if !placeholders.is_empty() {
            bundle.insert(format!("@{name}"), json!({ "placeholders": placeholders }));
        }
        bundle.insert(name, value(key, message).into());
    }
    format!("{:#}\n", Value::Object(bundle))
}

/// The name of a text, which is that of a method in Dart.
pub(super) fn name(key: &str) -> String {
    let mut name = String::new();
    for (index, word) in key.split('-').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 => name.extend(first.to_uppercase()),
            Some(first) => name.push(first),
            None => {}
        }
        name.push_str(letters.as_str());
    }
    name
}

fn value(key: &str, message: &Message) -> String {
    let plain = |text: &Text| {
        super::with_placeholders(key, text, str::to_owned, |_, it| format!("{{{}}}", it.name()))
    };
    match message {
        Message::Single(text) => plain(text),
        Message::Plural { number, forms } => {
            let forms: Vec<_> = forms
                .iter()
                .map(|(category, text)| format!("{category}{{{}}}", plain(text)))
                .collect();
            format!("{{{number}, plural, {}}}", forms.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::texts::message;

    #[test]
    fn a_text_has_named_placeholders_with_their_types() {
        let read = |source| message::read(source).unwrap();
        let mut texts = read(message::tests::PLURAL);
        texts.extend(read("vehicle-tab-vehicle = Vehicle { $vin }"));
        let bundle: Value = serde_json::from_str(&bundle(Language::German, &texts)).unwrap();
        assert_eq!(bundle["@@locale"], "de");
        assert_eq!(bundle["vehicleTabVehicle"], "Vehicle {vin}");
        assert_eq!(bundle["@vehicleTabVehicle"]["placeholders"]["vin"]["type"], "String");
        let plural = "{used, plural, one{One use} other{{used} uses}}";
        assert_eq!(bundle["passwordUses"], plural);
        assert_eq!(bundle["@passwordUses"]["placeholders"]["used"]["type"], "int");
    }
}
