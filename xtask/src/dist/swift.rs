//! The Swift package: its sources, and the library as an XCFramework, which is a folder of static
//! libraries with their header and a list of them.

use std::path::Path;

use super::{copy, copy_licences, paths, python};
use crate::Failure;
use crate::ci::Ended;
use crate::command::{target_folder, workspace_root};
use crate::portable;

const SOURCES: &str = "crates/bindings/packages/swift/Sources";
const LIBRARY: &str = "libdigital_key_bindings.a";

/// Says how the package is put together: with the library beside it, not built by cargo.
const MANIFEST: &str = include_str!("swift/Package.swift");

/// Lists the libraries.
const LIST: &str = include_str!("swift/Info.plist");

/// Tells Apple what the library asks of the system: the times of the cache's files.
const PRIVACY: &str = include_str!("swift/PrivacyInfo.xcprivacy");

/// Reads the list, and looks whether each library is what it is called.
const CHECK: &str = include_str!("swift/check.py");

/// The folder of each library, as Apple's own tool names it, and what it is built for.
const SLICES: [(&str, &str); 2] =
    [("ios-arm64", "aarch64-apple-ios"), ("ios-arm64-simulator", "aarch64-apple-ios-sim")];

pub(super) fn write(folder: &Path) -> Result<Ended, Failure> {
    if let Ended::Skipped(why) = portable::build(portable::SWIFT_PACKAGE, paths::hidden)? {
        return Ok(Ended::Skipped(why));
    }
    let sources = Path::new(SOURCES);
    let framework = folder.join("DigitalKeyFFI.xcframework");
    for (name, target) in SLICES {
        let place = framework.join(name);
        copy(&[target_folder().join(target).join("phone").join(LIBRARY)], &place)?;
        let module = sources.join("DigitalKeyFFI");
        copy(
            &[module.join("DigitalKeyFFI.h"), module.join("module.modulemap")],
            // A folder of its own: Xcode copies the headers of all such libraries into one.
            &place.join("Headers/DigitalKeyFFI"),
        )?;
    }
    std::fs::write(framework.join("Info.plist"), LIST)?;
    std::fs::write(folder.join("Package.swift"), MANIFEST)?;
    // The framework may be handed over without the sources.
    copy_licences(&framework)?;
    copy_licences(folder)?;
    for entry in std::fs::read_dir(workspace_root().join(sources.join("DigitalKey")))? {
        copy(&[entry?.path()], &folder.join("Sources/DigitalKey"))?;
    }
    let privacy = folder.join("Sources/DigitalKey/PrivacyInfo.xcprivacy");
    std::fs::write(&privacy, PRIVACY)?;
    print!("{}", python(CHECK).argument(&framework).argument(&privacy).output()?);
    Ok(Ended::Passed)
}
