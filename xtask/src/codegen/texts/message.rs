//! The subset of Fluent that each platform can express: plain text with placeholders, or one plural of
//! such texts.

use std::collections::BTreeMap;
use std::fmt;

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};
use fluent_syntax::parser;

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// One text.
    Single(Text),
    /// A text for each plural category, decided by a number.
    Plural {
        /// The placeholder of the number.
        number: String,
        /// The texts by category, such as `one` and `other`.
        forms: Vec<(String, Text)>,
    },
}

/// A text with placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text(Vec<Part>);

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Plain(String),
    Placeholder(String),
}

impl Text {
    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Plain(_) => None,
            Part::Placeholder(name) => Some(name.as_str()),
        })
    }
}

impl Message {
    /// The names of all placeholders.
    pub(super) fn placeholders(&self) -> Vec<&str> {
        match self {
            Self::Single(text) => text.placeholders().collect(),
            Self::Plural { number, forms } => {
                let of_forms = forms.iter().flat_map(|(_, text)| text.placeholders());
                std::iter::once(number.as_str()).chain(of_forms).collect()
            }
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Plain(text) => f.write_str(text),
            Part::Placeholder(name) => write!(f, "{{{name}}}"),
        })
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single(text) => text.fmt(f),
            Self::Plural { forms, .. } => {
                let forms: Vec<_> =
                    forms.iter().map(|(category, text)| format!("{category}: {text}")).collect();
                f.write_str(&forms.join("<br>"))
            }
        }
    }
}

/// Reads a Fluent file.
pub(super) fn read(source: &str) -> Result<BTreeMap<String, Message>, String> {
    let resource =
        parser::parse(source).map_err(|(_, errors)| format!("cannot be read: {errors:?}"))?;
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name;
        let pattern = message.value.ok_or_else(|| format!("{key} has no text"))?;
        let message = of_pattern(&pattern).map_err(|error| format!("{key}: {error}"))?;
        if messages.insert(key.to_owned(), message).is_some() {
            return Err(format!("{key} stands twice"));
        }
    }
    Ok(messages)
}

fn of_pattern(pattern: &Pattern<&str>) -> Result<Message, String> {
    if let [PatternElement::Placeable { expression: Expression::Select { selector, variants } }] =
        &pattern.elements[..]
    {
        let number = name_of(selector)?;
        let forms = variants.iter().map(form).collect::<Result<_, _>>()?;
        return Ok(Message::Plural { number, forms });
    }
    text(pattern).map(Message::Single)
}

fn form(variant: &Variant<&str>) -> Result<(String, Text), String> {
    let VariantKey::Identifier { name } = variant.key else {
        return Err("a plural has categories, not numbers".to_owned());
    };
    Ok((name.to_owned(), text(&variant.value)?))
}

fn text(pattern: &Pattern<&str>) -> Result<Text, String> {
    let part = |element: &PatternElement<&str>| match element {
        // Apple and Android read it as the beginning of a placeholder.
        PatternElement::TextElement { value } if value.contains(['%', '{', '}', '\\']) => {
            Err(format!("{value:?} has a character that another platform reads as its own"))
        }
        PatternElement::TextElement { value } => Ok(Part::Plain((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => {
            name_of(inline).map(Part::Placeholder)
        }
        PatternElement::Placeable { expression: Expression::Select { .. } } => {
            Err("a plural is the whole text".to_owned())
        }
    };
    pattern.elements.iter().map(part).collect::<Result<_, _>>().map(Text)
}

fn name_of(expression: &InlineExpression<&str>) -> Result<String, String> {
    let InlineExpression::VariableReference { id } = expression else {
        return Err(format!("{expression:?} is no placeholder"));
    };
    Ok(id.name.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A plural text with the placeholder of `password-uses`.
    pub(in crate::codegen::texts) const PLURAL: &str =
        "password-uses = { $used ->\n    [one] One use\n   *[other] { $used } uses\n }\n";

    #[test]
    fn a_text_has_placeholders_and_may_be_a_plural() {
        let messages = read(PLURAL).unwrap();
        assert_eq!(messages["password-uses"].to_string(), "one: One use<br>other: {used} uses");
        assert_eq!(messages["password-uses"].placeholders(), ["used", "used"]);
        let messages = read("a = Vehicle { $vin }!").unwrap();
        assert_eq!(messages["a"].to_string(), "Vehicle {vin}!");
    }

    #[test]
    fn what_a_platform_cannot_express_is_an_error() {
        for (source, problem) in [
            ("a = { DATETIME($x) }", "no placeholder"),
            ("a = Wait { $n ->\n    [one] a\n   *[other] b\n }", "the whole text"),
            ("a = { $n ->\n    [1] a\n   *[other] b\n }", "not numbers"),
            ("a = 100 %", "another platform"),
            ("a = 1\na = 2", "twice"),
            ("a = {", "cannot be read"),
        ] {
            let error = read(source).unwrap_err();
            assert!(error.contains(problem), "{source}: {error}");
        }
    }
}
