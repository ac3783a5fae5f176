//! The generated sources of the packages for other languages. UniFFI writes them from the built
//! library; they are not in git, but written again wherever they are needed. The listings of what
//! they declare are in git.

mod fix;
mod kotlin;
mod listing;
mod python;
mod swift;

use std::path::{Path, PathBuf};

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

/// The listing of what a package declares, and how the declarations are found.
struct Listing {
    page: &'static str,
    of_generated: fn(&str) -> Vec<Declaration>,
    /// The folder with the files that are written by hand, beside the generated one.
    folder: &'static str,
    of_written: fn(&str) -> Result<Vec<Declaration>, TaskError>,
}

const SOURCES: &[Source] = &[
    Source {
        generated: "DigitalKey.swift",
        place: "swift/Sources/DigitalKey/DigitalKey.swift",
        fixes: swift::FIXES,
        listing: Some(Listing {
            page: "crates/bindings/api/swift.txt",
            of_generated: listing::swift,
            folder: "swift/Sources/DigitalKey",
            of_written: |source| Ok(listing::written::swift(source)),
        }),
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
        listing: Some(Listing {
            page: "crates/bindings/api/kotlin.txt",
            of_generated: listing::kotlin,
            folder: "kotlin/src/main/kotlin/digitalkey",
            of_written: |source| Ok(listing::written::kotlin(source)),
        }),
    },
    Source {
        generated: "digital_key.py",
        place: "python/digital_key/digital_key.py",
        fixes: python::FIXES,
        listing: Some(Listing {
            page: "crates/bindings/api/python.txt",
            of_generated: listing::python,
            folder: "python/digital_key",
            of_written: |source| {
                let package = packages().join("python/digital_key/__init__.py");
                Ok(listing::written::exported(source, &std::fs::read_to_string(package)?))
            },
        }),
    },
];

/// The listings of the sources, which are written anew.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    write_sources()?;
    let mut pages = Vec::new();
    for Source { place, listing, .. } in SOURCES {
        if let Some(Listing { page, of_generated, folder, of_written }) = listing {
            let generated = packages().join(place);
            let mut declarations = of_generated(&std::fs::read_to_string(&generated)?);
            for file in sources(&packages().join(folder), &generated)? {
                declarations.extend(of_written(&std::fs::read_to_string(file)?)?);
            }
            pages.push(Page { path: page, text: listing::render(declarations) });
        }
    }
    Ok(pages)
}

fn packages() -> PathBuf {
    workspace_root().join(PACKAGES)
}

/// The other files in the language of a generated one, below a folder.
fn sources(folder: &Path, generated: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == generated.extension() && path != generated {
                found.push(path);
            }
        }
    }
    // By convention a file with a plus sign extends the type before the sign.
    found.sort_by_key(|path| (path.display().to_string().contains('+'), path.clone()));
    Ok(found)
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
        let place = packages().join(place);
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
