//! Each key has a text in each language, with the same placeholders, and no text is left over.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use digital_key_texts::{Language, keys};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The keys of a file, each with its placeholders.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let path = format!("{}/texts/{language}.ftl", env!("CARGO_MANIFEST_DIR"));
    let resource = parser::parse(std::fs::read_to_string(&path).unwrap());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("{path}: {errors:?}"));
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name;
        let mut placeholders = BTreeSet::new();
        collect(&message.value.unwrap(), &mut placeholders);
        assert!(messages.insert(key.clone(), placeholders).is_none(), "{path} has {key} twice");
    }
    messages
}

fn collect(pattern: &Pattern<String>, placeholders: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) = expression;
        let InlineExpression::VariableReference { id } = inline else {
            panic!("{inline:?} is no placeholder");
        };
        placeholders.insert(id.name.clone());
        if let Expression::Select { variants, .. } = expression {
            variants.iter().for_each(|variant| collect(&variant.value, placeholders));
        }
    }
}

#[test]
fn each_key_has_a_text_in_each_language_and_no_text_is_left_over() {
    let expected: BTreeSet<_> = keys::all().map(str::to_owned).collect();
    for language in Language::ALL {
        let found: BTreeSet<_> = messages(language).into_keys().collect();
        let missing: Vec<_> = expected.difference(&found).collect();
        let unused: Vec<_> = found.difference(&expected).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{language}: {missing:?} {unused:?}");
    }
}

#[test]
fn each_text_has_the_placeholders_that_its_key_declares() {
    for language in Language::ALL {
        for (key, found) in messages(language) {
            let declared = keys::placeholders(&key).iter().map(|it| it.name().to_owned());
            let declared: BTreeSet<_> = declared.collect();
            assert_eq!(found, declared, "{key} in {language}");
        }
    }
}

#[test]
fn no_german_text_is_english_but_names() {
    let texts = Language::ALL.map(digital_key_texts::Texts::new);
    let names = ["overview-title", "tap-entry", "tap-confirm-error"];
    for key in keys::all().filter(|key| !names.contains(key)) {
        assert_ne!(texts[0].text(key), texts[1].text(key), "{key}");
    }
}
