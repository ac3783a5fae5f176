//! Android's string resources.

use std::fmt::Write as _;

use digital_key_texts::keys::{self, Placeholder};

use super::Catalog;
use super::message::{Message, Text};

/// The file with the texts of one language.
pub(super) fn resources(catalog: &Catalog) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<resources>\n".to_owned();
    for key in keys::all() {
        let name = name(key);
        let _ = match catalog.get(key) {
            None => Ok(()),
            Some(Message::Single(text)) => {
                writeln!(xml, "    <string name=\"{name}\">{}</string>", value(key, text))
            }
            Some(Message::Plural { forms, .. }) => {
                let forms = forms.iter().map(|(category, text)| {
                    let value = value(key, text);
                    format!("        <item quantity=\"{category}\">{value}</item>\n")
                });
                let forms: String = forms.collect();
                writeln!(xml, "    <plurals name=\"{name}\">\n{forms}    </plurals>")
            }
        };
    }
    xml.push_str("</resources>\n");
    xml
}

/// The name of a resource: a prefix, since an app has one space of names, and no hyphens.
pub(super) fn name(key: &str) -> String {
    format!("digital_key_{}", key.replace('-', "_"))
}

fn value(key: &str, text: &Text) -> String {
    super::with_placeholders(key, text, escape, |place, it| match it {
        Placeholder::Text(_) => format!("%{place}$s"),
        Placeholder::Number(_) => format!("%{place}$d"),
    })
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("\\'"),
            '"' => escaped.push_str("\\\""),
            '@' => escaped.push_str("\\@"),
            '?' => escaped.push_str("\\?"),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codegen::texts::message;

    #[test]
    fn a_text_is_escaped_and_has_numbered_placeholders() {
        let source = "vehicle-tab-vehicle = Owner's { $vin } <&>?";
        let xml = resources(&message::read(source).unwrap());
        let line = "<string name=\"digital_key_vehicle_tab_vehicle\">\
                    Owner\\'s %1$s &lt;&amp;&gt;\\?</string>";
        assert!(xml.contains(line), "{xml}");
        let xml = resources(&message::read(message::tests::PLURAL).unwrap());
        for part in [
            "<plurals name=\"digital_key_password_uses\">",
            "<item quantity=\"one\">One use</item>",
            "<item quantity=\"other\">%1$d uses</item>",
        ] {
            assert!(xml.contains(part), "{xml}");
        }
    }
}
