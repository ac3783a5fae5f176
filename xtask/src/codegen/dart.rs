//! The values that cross the channel of the Flutter package: classes in Dart, and the codec in Dart,
//! Kotlin and Swift.
//!
//! The source is the listing of the Kotlin package. It is in git and the part `bindings` compares it
//! with the built library, so this part needs no library. The generated files are in git, since a
//! Flutter project takes the package as it is.

mod kotlin;
mod model;
mod swift;
mod values;

use super::Page;
use crate::TaskError;
use crate::command::workspace_root;
use model::Model;

const LISTING: &str = "crates/bindings/api/kotlin.txt";

/// What the native half sends to Dart; the types of their fields follow.
const TO_DART: [&str; 4] = ["ViewState", "DigitalKeyException", "PortFailure", "FunnelEvent"];

/// What Dart sends to the native half.
const FROM_DART: [&str; 1] = ["Intent"];

/// The generated files.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    let listing = std::fs::read_to_string(workspace_root().join(LISTING))?;
    let all = Model::read(&listing)?;
    let (sent, received) = (all.reachable(&TO_DART)?, all.reachable(&FROM_DART)?);
    let both = all.reachable(&[&TO_DART[..], &FROM_DART[..]].concat())?;
    Ok(vec![
        Page {
            path: "crates/bindings/packages/dart/lib/src/values.dart",
            text: values::render(&both),
        },
        Page {
            path: "crates/bindings/packages/dart/android/src/main/kotlin/digitalkey/flutter/Codec.kt",
            text: kotlin::render(&sent, &received),
        },
        Page {
            path: "crates/bindings/packages/dart/ios/digital_key/Sources/digital_key/Codec.swift",
            text: swift::render(&sent, &received),
        },
    ])
}

/// The head of a generated file.
const HEAD: &str = "// Written by `cargo xtask codegen dart`.\n";

/// `TICK_BOX` as `tickBox`, and `TickBox`, too.
fn lower_camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    if !name.contains('_') && name.chars().any(char::is_lowercase) {
        let mut letters = name.chars();
        return letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    }
    let first = words.next().unwrap_or_default().to_lowercase();
    let rest = words.map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{first}{}", rest.to_lowercase())
    });
    std::iter::once(first).chain(rest).collect()
}
