//! The Swift package: its sources, and the library as an XCFramework, which is a folder of static
//! libraries with their headers and a list of them.

use std::path::Path;

use super::{LICENCES, copy, paths, python};
use crate::Outcome;
use crate::TaskError;
use crate::command::{target_folder, workspace_root};
use crate::portable;

const SOURCES: &str = "crates/bindings/packages/swift/Sources";

/// The manifest of the package, which takes the library from the XCFramework beside it.
const MANIFEST: &str = include_str!("swift/Package.swift");

/// The list of the libraries.
const LIST: &str = include_str!("swift/Info.plist");

/// The library's use of system services that Apple wants a reason for: the times of the cache's files.
const PRIVACY: &str = include_str!("swift/PrivacyInfo.xcprivacy");

/// Compares each library with the list.
const CHECK: &str = include_str!("swift/check.py");

/// The folder of each library, by the convention of Apple's own tool, and its platform.
const SLICES: [(&str, &str); 2] =
    [("ios-arm64", "aarch64-apple-ios"), ("ios-arm64-simulator", "aarch64-apple-ios-sim")];

pub(super) fn write(folder: &Path) -> Result<Outcome, TaskError> {
    if let Outcome::Skipped(reason) = portable::build(portable::SWIFT_PACKAGE, paths::hidden)? {
        return Ok(Outcome::Skipped(reason));
    }
    let sources = Path::new(SOURCES);
    let framework = folder.join("DigitalKeyFFI.xcframework");
    for (name, target) in SLICES {
        let slice = framework.join(name);
        copy(&[target_folder().join(target).join("phone/libdigital_key_bindings.a")], &slice)?;
        let module = sources.join("DigitalKeyFFI");
        copy(
            &[module.join("DigitalKeyFFI.h"), module.join("module.modulemap")],
            // A folder of its own: Xcode copies the headers of all such libraries into one.
            &slice.join("Headers/DigitalKeyFFI"),
        )?;
    }
    std::fs::write(framework.join("Info.plist"), LIST)?;
    std::fs::write(folder.join("Package.swift"), MANIFEST)?;
    // A client may pass the framework on without the sources.
    copy(&LICENCES, &framework)?;
    copy(&LICENCES, folder)?;
    let package = folder.join("Sources/DigitalKey");
    for entry in std::fs::read_dir(workspace_root().join(sources.join("DigitalKey")))? {
        copy(&[entry?.path()], &package)?;
    }
    let privacy = package.join("PrivacyInfo.xcprivacy");
    std::fs::write(&privacy, PRIVACY)?;
    print!("{}", python(CHECK).argument(&framework).argument(&privacy).output()?);
    Ok(Outcome::Passed)
}
