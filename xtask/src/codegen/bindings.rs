//! The generated sources of the packages for other languages. UniFFI writes them from the built
//! library; they are not in git, but written again wherever they are needed. The listings of what
//! they declare are in git.

mod fix;
mod kotlin;
mod listing;
mod python;
mod swift;

use std::path::PathBuf;

use super::Page;
use crate::TaskError;
use crate::command::{cargo, target_folder, workspace_root};
use fix::{Fix, fix};
use listing::Declaration;

/// Where the packages are, seen from the workspace's root.
const PACKAGES: &str = "crates/bindings/packages";

/// A generated source.
struct Source {
    /// Its name below the folder that the generator writes to.
    generated: &'static str,
    /// Its place among the packages.
    place: &'static str,
    fixes: &'static [Fix],
    listing: Option<Listing>,
}

/// The listing of what a source declares: its page, and how the declarations are found.
type Listing = (&'static str, fn(&str) -> Vec<Declaration>);

const SOURCES: &[Source] = &[
    Source {
        generated: "DigitalKey.swift",
        place: "swift/Sources/DigitalKey/DigitalKey.swift",
        fixes: swift::FIXES,
        listing: Some(("crates/bindings/api/swift.txt", listing::swift)),
    },
    Source {
        generated: "DigitalKeyFFI.h",
        place: "swift/Sources/DigitalKeyFFI/DigitalKeyFFI.h",
        fixes: &[],
        listing: None,
    },
    Source {
        generated: "DigitalKeyFFI.modulemap",
        place: "swift/Sources/DigitalKeyFFI/module.modulemap",
        fixes: &[],
        listing: None,
    },
    Source {
        generated: "digitalkey/digital_key.kt",
        place: "kotlin/src/main/kotlin/digitalkey/digital_key.kt",
        fixes: kotlin::FIXES,
        listing: Some(("crates/bindings/api/kotlin.txt", listing::kotlin)),
    },
    Source {
        generated: "digital_key.py",
        place: "python/digital_key/digital_key.py",
        fixes: python::FIXES,
        listing: Some(("crates/bindings/api/python.txt", listing::python)),
    },
];

/// The listings of the sources, which are written anew.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    write_sources()?;
    let mut pages = Vec::new();
    for Source { place, listing, .. } in SOURCES {
        if let Some((path, declarations)) = listing {
            let source = std::fs::read_to_string(workspace_root().join(PACKAGES).join(place))?;
            pages.push(Page { path, text: listing::render(declarations(&source)) });
        }
    }
    Ok(pages)
}

/// Writes the sources into the packages, and gives the library that they belong to.
pub(crate) fn write_sources() -> Result<PathBuf, TaskError> {
    write_sources_of("")
}

/// Does the same for a library with the suite for transports, which the packages do not have.
pub(crate) fn write_sources_for_tests() -> Result<PathBuf, TaskError> {
    write_sources_of("--features hostile")
}

fn write_sources_of(features: &str) -> Result<PathBuf, TaskError> {
    cargo(&format!("build --quiet -p digital-key-bindings --lib {features}")).run()?;
    let library = built_library("debug");
    let folder = target_folder().join("bindings");
    // Cargo builds the library again if the features differ, so that the generator has the same ones.
    let generator = format!("run --quiet -p digital-key-bindings --features generator {features}");
    cargo(&format!("{generator} --bin generate-bindings --"))
        .argument(&library)
        .argument("crates/bindings/bindgen.toml")
        .argument(&folder)
        .output()?;
    for Source { generated, place, fixes, .. } in SOURCES {
        let text = std::fs::read_to_string(folder.join(generated))
            .map_err(|error| format!("{generated}: {error}"))?;
        let text = fix(text, fixes).map_err(|error| format!("{generated}: {error}"))?;
        let place = workspace_root().join(PACKAGES).join(place);
        std::fs::create_dir_all(place.parent().unwrap_or(&place))?;
        std::fs::write(place, text)?;
    }
    Ok(library)
}

/// Where cargo puts the library for this system when it builds with this profile.
pub(crate) fn built_library(profile: &str) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target_folder().join(profile).join(format!("{prefix}digital_key_bindings{suffix}"))
}
