//! The sources of the packages under `bindings`, which UniFFI makes of the built library, and which
//! are mended on the way.

mod kotlin;
mod mend;
mod swift;

use super::Page;
use crate::Failure;
use crate::command::{cargo, workspace_root};

/// Where the generator writes, seen from the workspace's root.
const FOLDER: &str = "target/bindings";

/// What the generator writes, and where it belongs.
const FILES: &[(&str, &str)] = &[
    ("digital_key.py", "crates/bindings/packages/python/digital_key/digital_key.py"),
    (
        "digitalkey/digital_key.kt",
        "crates/bindings/packages/kotlin/src/main/kotlin/digitalkey/digital_key.kt",
    ),
    ("DigitalKey.swift", "crates/bindings/packages/swift/Sources/DigitalKey/DigitalKey.swift"),
    ("DigitalKeyFFI.h", "crates/bindings/packages/swift/Sources/DigitalKeyFFI/DigitalKeyFFI.h"),
    (
        "DigitalKeyFFI.modulemap",
        "crates/bindings/packages/swift/Sources/DigitalKeyFFI/module.modulemap",
    ),
];

pub(super) fn pages() -> Result<Vec<Page>, Failure> {
    let library = build_library()?;
    let generator =
        "run --quiet -p digital-key-bindings --features generator --bin generate-bindings";
    let config = "crates/bindings/bindgen.toml";
    cargo(&format!("{generator} -- {library} {config} {FOLDER}")).output()?;
    FILES
        .iter()
        .map(|(generated, path)| {
            let generated = workspace_root().join(FOLDER).join(generated);
            let text = std::fs::read_to_string(&generated)
                .map_err(|error| format!("{}: {error}", generated.display()))?;
            let text = match path.rsplit_once('.') {
                Some((_, "kt")) => kotlin::mended(text),
                Some((_, "swift")) => swift::mended(text),
                _ => Ok(text),
            };
            Ok(Page { path, text: text.map_err(|error| format!("{path}: {error}"))? })
        })
        .collect()
}

/// Builds the library that a package loads, and gives its path seen from the workspace's root.
pub(crate) fn build_library() -> Result<String, Failure> {
    cargo("build --quiet -p digital-key-bindings").run()?;
    Ok(format!(
        "target/debug/{}digital_key{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ))
}
