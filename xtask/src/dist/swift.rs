//! The Swift package: its sources, and the library as an XCFramework, which is a folder of static
//! libraries with their headers and a list of them.

use std::path::{Path, PathBuf};

use super::{LICENCES, copy, copy_from_git, expect, paths, python};
use crate::Outcome;
use crate::TaskError;
use crate::command::target_folder;
use crate::portable;
use crate::swift::{MISSING, Swift};

const SOURCES: &str = "crates/bindings/packages/swift/Sources";

/// The manifest of the package, which takes the library from the XCFramework beside it.
const MANIFEST: &str = include_str!("swift/Package.swift");

/// The list of the libraries.
const LIST: &str = include_str!("swift/Info.plist");

/// The library's use of system services that Apple wants a reason for: the times of the cache's files.
const PRIVACY: &str = include_str!("swift/PrivacyInfo.xcprivacy");

/// A fresh project that depends on the package.
const TRIAL_MANIFEST: &str = include_str!("swift/trial/Package.swift");

/// Its program.
const TRIAL: &str = include_str!("swift/trial/Trial.swift");

/// Compares each library with the list.
const CHECK: &str = include_str!("swift/check.py");

/// Zips a folder under its own name, the same way each time, and prints the SHA-256 of the zip, as
/// `swift package compute-checksum` does.
const ZIP: &str = include_str!("swift/zip.py");

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
    // A client may pass the framework on without the sources.
    copy(&LICENCES, &framework)?;
    let privacy = write_sources(folder)?;
    print!("{}", python(CHECK).argument(&framework).argument(&privacy).output()?);
    let checksum = zip(&framework)?;
    std::fs::write(framework.with_extension("xcframework.zip.checksum"), checksum)?;
    Ok(Outcome::Passed)
}

/// Zips a folder for a binary target of Swift, beside the folder, and returns the checksum of the target.
fn zip(framework: &Path) -> Result<String, TaskError> {
    let zip = framework.with_extension("xcframework.zip");
    python(ZIP).argument(framework).argument(zip).output()
}

/// Writes the package without the library, and returns the path of its privacy manifest.
fn write_sources(folder: &Path) -> Result<PathBuf, TaskError> {
    std::fs::write(folder.join("Package.swift"), MANIFEST)?;
    copy(&LICENCES, folder)?;
    let sources = Path::new(SOURCES);
    let package = folder.join("Sources/DigitalKey");
    copy_from_git(&sources.join("DigitalKey"), ".", &package)?;
    // These are generated, and not in git.
    copy(&[sources.join("DigitalKey/DigitalKey.swift")], &package)?;
    let core = sources.join("DigitalKeyFFI");
    let core = [core.join("DigitalKeyFFI.h"), core.join("module.modulemap")];
    copy(&core, &folder.join("DigitalKeyFFI"))?;
    let privacy = package.join("PrivacyInfo.xcprivacy");
    std::fs::write(&privacy, PRIVACY)?;
    Ok(privacy)
}

/// Writes the package without the library, and runs a program in a fresh project that depends on it and links
/// this library.
pub(super) fn install(folder: &Path, work: &Path, library: &Path) -> Result<Outcome, TaskError> {
    let Some(swift) = Swift::find("") else {
        return Ok(Outcome::Skipped(MISSING.to_owned()));
    };
    write_sources(folder)?;
    // Not `swift`, as the package's folder: Swift knows a local package by the name of its folder.
    let trial = work.join("trial");
    std::fs::create_dir_all(trial.join("Sources/Trial"))?;
    let manifest = TRIAL_MANIFEST.replace("{package}", &swift.seen(folder)?);
    std::fs::write(trial.join("Package.swift"), manifest)?;
    std::fs::write(trial.join("Sources/Trial/Trial.swift"), TRIAL)?;
    let libraries = swift.seen(library.parent().ok_or("the library is in no folder")?)?;
    let project = swift.seen(&trial)?;
    // The package manager's own sandbox needs rights that a container does not have.
    let build = format!(
        "build --disable-sandbox --package-path {project} -Xlinker -L{libraries} \
         -Xlinker -rpath -Xlinker {libraries}"
    );
    swift.program("swift").args(&build).run()?;
    let printed = swift.program(format!("{project}/.build/debug/Trial")).output()?;
    expect("the Swift package", &printed, "Overview: activeUntracked")?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{program, workspace_root};

    /// The names that the package declares, generated ones among them.
    fn declared() -> String {
        let host = workspace_root().join(SOURCES).join("DigitalKey");
        let listing = workspace_root().join("crates/bindings/api/swift.txt");
        let mut text = std::fs::read_to_string(listing).unwrap();
        for folder in [host.clone(), host.join("Host")] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|it| it == "swift") {
                    text.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        text
    }

    #[test]
    fn each_link_of_the_documentation_names_a_declaration() {
        let declared = declared();
        let catalogue = workspace_root().join(SOURCES).join("DigitalKey/DigitalKey.docc");
        let mut links = 0;
        for entry in std::fs::read_dir(&catalogue).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for link in text.split("``").skip(1).step_by(2).filter(|it| *it != "DigitalKey") {
                links += 1;
                for name in link.split('/') {
                    let name = name.split('(').next().unwrap();
                    let is_declared =
                        ["class", "struct", "enum", "protocol", "func", "case", "var"]
                            .iter()
                            .any(|word| declared.contains(&format!("{word} {name}")))
                            || (name == "page" && declared.contains("page: PageView"))
                            || declared.contains(&format!("{name}("));
                    assert!(is_declared, "{link}");
                }
            }
            for article in text.split("<doc:").skip(1) {
                let name = article.split('>').next().unwrap();
                assert!(catalogue.join(format!("{name}.md")).is_file(), "{name}");
            }
        }
        assert!(links > 30, "{links} links");
    }

    #[test]
    fn the_zip_is_the_same_each_time_and_has_the_checksum_of_swift() -> Result<(), TaskError> {
        let folder = std::env::temp_dir().join(format!("zip-{}", std::process::id()));
        let framework = folder.join("X.xcframework");
        std::fs::create_dir_all(framework.join("ios-arm64"))?;
        std::fs::write(framework.join("ios-arm64/x.a"), "library")?;
        std::fs::write(framework.join("Info.plist"), LIST)?;
        let first = zip(&framework)?;
        // A new time of change is no other content.
        std::fs::write(framework.join("Info.plist"), LIST)?;
        assert_eq!(zip(&framework)?, first);
        let file = folder.join("X.xcframework.zip");
        let sum = program("sha256sum", "").argument(&file).output()?;
        assert_eq!(sum.split_whitespace().next(), Some(first.trim()));
        let list = program("python3", "-m zipfile -l").argument(&file).output()?;
        let names = list.lines().skip(1).filter_map(|line| line.split_whitespace().next());
        assert!(names.eq(["X.xcframework/Info.plist", "X.xcframework/ios-arm64/x.a"]), "{list}");
        std::fs::write(framework.join("ios-arm64/x.a"), "another library")?;
        assert_ne!(zip(&framework)?, first);
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }

    #[test]
    fn the_privacy_manifest_declares_the_times_of_files_and_no_tracking() -> Result<(), TaskError> {
        let read = "import plistlib, sys; it = plistlib.loads(sys.argv[1].encode()); \
                    [kind] = it['NSPrivacyAccessedAPITypes']; \
                    print(it['NSPrivacyTracking'], len(it['NSPrivacyCollectedDataTypes']), \
                    kind['NSPrivacyAccessedAPIType'], *kind['NSPrivacyAccessedAPITypeReasons'])";
        let declared = python(read).argument(PRIVACY).output()?;
        let expected = "False 0 NSPrivacyAccessedAPICategoryFileTimestamp C617.1";
        assert_eq!(declared.trim(), expected);
        Ok(())
    }
}
