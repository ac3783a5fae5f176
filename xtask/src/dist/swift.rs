//! The Swift package: its sources, and the library as an XCFramework, which is a folder of static
//! libraries with their headers and a list of them. The libraries show only the interface to the linker.

mod universal;

use std::path::{Path, PathBuf};

use super::{LICENCES, copy, copy_from_git, expect, paths, python};
use crate::Outcome;
use crate::TaskError;
use crate::command::{cargo, program, target_folder};
use crate::swift::{MISSING, Swift};
use crate::{portable, symbols};
use universal::Processor;

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

/// A library in Rust that shares names of Rust's own with every other one.
const OTHER: &str = include_str!("swift/trial/other.rs");

/// A program that links two Rust libraries.
const BOTH: &str = include_str!("swift/trial/both.c");

/// The name of the library, which Xcode finds by the list.
const LIBRARY: &str = "libdigital_key_bindings.a";

/// The folder of each library, by the convention of Apple's own tool, with its platforms.
const SLICES: [(&str, &[(Processor, &str)]); 2] = [
    ("ios-arm64", &[(Processor::Arm64, "aarch64-apple-ios")]),
    (
        "ios-arm64_x86_64-simulator",
        &[(Processor::Arm64, "aarch64-apple-ios-sim"), (Processor::X86_64, "x86_64-apple-ios")],
    ),
];

/// Writes the package with the XCFramework. Linux and a Mac do the same, without Xcode; on Linux a program
/// runs with a library of that system whose names are hidden in the same way.
pub(super) fn write(folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
    if let Outcome::Skipped(reason) = portable::build(portable::SWIFT_PACKAGE, paths::hidden)? {
        return Ok(Outcome::Skipped(reason));
    }
    let sources = Path::new(SOURCES);
    let framework = folder.join("DigitalKeyFFI.xcframework");
    for (name, platforms) in SLICES {
        let slice = framework.join(name);
        std::fs::create_dir_all(&slice)?;
        let mut libraries = Vec::new();
        for (processor, target) in platforms {
            let hidden = work.join("hidden").join(target).join(LIBRARY);
            let built = target_folder().join(target).join("phone").join(LIBRARY);
            if let Outcome::Skipped(reason) = symbols::hide(&built, symbols::INTERFACE, &hidden)? {
                return Ok(Outcome::Skipped(reason));
            }
            libraries.push((*processor, hidden));
        }
        match &libraries[..] {
            [(_, library)] => copy(&[library], &slice)?,
            several => std::fs::write(slice.join(LIBRARY), universal::join(several)?)?,
        }
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
    if cfg!(target_os = "linux") {
        try_hidden(folder, work)?;
        println!("not checked here: that Xcode links the XCFramework, which takes a Mac");
    } else {
        println!("not checked here: that a program works with the library, which Linux checks");
    }
    Ok(Outcome::Passed)
}

/// Hides the names of the library for this system, and runs two programs with it: one in Swift, and one
/// that links another Rust library, too.
fn try_hidden(folder: &Path, work: &Path) -> Result<(), TaskError> {
    let build =
        "rustc --quiet --profile phone --lib -p digital-key-bindings --crate-type staticlib";
    paths::hidden(cargo(build)).run()?;
    let libraries = work.join("hidden/linux");
    let library = libraries.join(LIBRARY);
    let built = target_folder().join("phone").join(LIBRARY);
    // A library for Apple's platforms has been hidden before, so the tool is there.
    symbols::hide(&built, symbols::INTERFACE, &library)?.expect_all(false)?;

    let (source, other) = (work.join("other.rs"), libraries.join("libother.a"));
    std::fs::write(&source, OTHER)?;
    program("rustc", "--edition 2024 --crate-type staticlib -o")
        .argument(&other)
        .argument(&source)
        .run()?;
    let (source, both) = (work.join("both.c"), work.join("both"));
    std::fs::write(&source, BOTH)?;
    program("cc", "-pthread -o")
        .argument(&both)
        .argument(&source)
        .argument(&library)
        .argument(&other)
        .args("-ldl -lm")
        .run()?;
    expect("a program with two Rust libraries", &program(both, "").output()?, "both answer")?;

    match Swift::find("") {
        Some(swift) => run_trial(&swift, folder, work, &library),
        None => {
            println!("not tried with a program in Swift: {MISSING}");
            Ok(())
        }
    }
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
    run_trial(&swift, folder, work, library)?;
    Ok(Outcome::Passed)
}

/// Runs a program in a fresh project that depends on the package and links this library.
fn run_trial(swift: &Swift, folder: &Path, work: &Path, library: &Path) -> Result<(), TaskError> {
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
    expect("the Swift package", &printed, "Overview: activeUntracked")
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
