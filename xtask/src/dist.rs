//! The packages for client teams, in the folder `dist` of the target folder.

mod dart;
mod kotlin;
mod paths;
pub(crate) mod python;
mod rust;
mod swift;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::Outcome;
use crate::TaskError;
use crate::codegen::bindings;
use crate::command::{Program, cargo, program, target_folder, workspace_root};
use crate::{playground, portable, sbom};

/// The bill of materials of the library that all packages contain.
const BILL: &str = "digital-key-bindings.cdx.json";

/// The version of every package.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What every package carries beside its content: the licences, and the owners of the code in it.
const LICENCES: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "crates/bindings/packages/NOTICE"];

/// Writes the checksums of all files below a folder, in the format of `sha256sum`, and prints their
/// sizes.
const SUM: &str = "
import hashlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
files = sorted(file for file in root.rglob('*') if file.is_file() and file.name != 'SHA256SUMS')
with open(root / 'SHA256SUMS', 'w') as sums:
    for file in files:
        name = file.relative_to(root).as_posix()
        sums.write(f'{hashlib.sha256(file.read_bytes()).hexdigest()}  {name}\\n')
        print(f'{file.stat().st_size // 1024:>8} KiB  {name}')
";

/// A package, or the bill of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The crates as files.
    Rust,
    /// The Swift package, with the library as an XCFramework for iPhones and their simulator, which Linux
    /// and a Mac build alike.
    Swift,
    /// The Kotlin package as a jar with the library of this system, and as an archive for Android.
    Kotlin,
    /// The Python package as a source distribution, and as a wheel with the library of this system.
    Python,
    /// The Flutter plugin, with the Swift package and the archive for Android in it.
    Dart,
    /// The playground, as a folder for any server of files.
    Playground,
    /// The bill of materials of the library.
    Sbom,
}

impl Part {
    fn write(self, folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
        if !matches!(self, Self::Rust | Self::Playground | Self::Sbom) {
            bindings::write_sources()?;
        }
        match self {
            Self::Rust => rust::write(folder, work),
            Self::Swift => swift::write(folder, work),
            Self::Kotlin => kotlin::write(folder, work, &library_of_this_system()?),
            Self::Python => python::write(folder, work),
            Self::Dart => dart::write(folder, work, &library_of_this_system()?),
            Self::Playground => {
                playground::write(folder, paths::hidden)?;
                Ok(Outcome::Passed)
            }
            Self::Sbom => {
                let outcome = sbom::check()?;
                if let Outcome::Passed = outcome {
                    copy(&[sbom::folder().join(BILL)], folder)?;
                }
                Ok(outcome)
            }
        }
    }

    /// Writes it into a folder of its own; removes the folder, and says why, when it cannot.
    fn write_into(self, dist: &Path) -> Result<Outcome, TaskError> {
        println!("\n=== {self:?} ===");
        let name = format!("{self:?}").to_lowercase();
        let folder = emptied(dist.join(&name))?;
        let work = emptied(target_folder().join("dist-work").join(&name))?;
        Ok(match self.write(&folder, &work)? {
            Outcome::Passed => Outcome::Passed,
            Outcome::Skipped(reason) => {
                std::fs::remove_dir_all(&folder)?;
                let reason = format!("{name} is not written: {reason}");
                println!("{reason}");
                Outcome::Skipped(reason)
            }
        })
    }
}

/// Writes and checks these parts, or all when none is named; reports what could not be written.
///
/// The bill of materials and the checksums go with every package. A team that names a package and has no
/// tool for the bill gets the package without it.
pub(crate) fn write(parts: &[Part]) -> Result<Outcome, TaskError> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    if program("python3", "--version").output().is_err() {
        return Err("python3, which packs and checks every part, is missing".into());
    }
    let dist = target_folder().join("dist");
    let mut missing = Vec::new();
    for part in parts {
        if let Outcome::Skipped(reason) = part.write_into(&dist)? {
            missing.push(reason);
        }
    }
    if !parts.contains(&Part::Sbom) {
        Part::Sbom.write_into(&dist)?;
    }
    paths::check(&dist)?;
    println!("\n{}:", dist.display());
    print!("{}", python(SUM).argument(&dist).output()?);
    Ok(Outcome::skipping(&missing))
}

/// Packs the crates, and the packages with the library that is built for tests, and installs each into a
/// fresh project. Takes a fraction of the time of `write`, since it optimises no library.
pub(crate) fn check_install() -> Result<Outcome, TaskError> {
    let library = bindings::write_sources()?;
    let mut missing = Vec::new();
    let install = target_folder().join("install");
    for name in ["rust", "swift", "kotlin", "python", "dart"] {
        let folder = emptied(install.join(name))?;
        let work = emptied(target_folder().join("install-work").join(name))?;
        let outcome = match name {
            "rust" => rust::write(&folder, &work)?,
            "swift" => swift::install(&folder, &work, &library)?,
            "kotlin" => kotlin::write(&folder, &work, &library)?,
            "python" => python::write_with(&folder, &work, &library)?,
            _ => dart::write_with(&folder, &work, &install.join("kotlin"))?,
        };
        if let Outcome::Skipped(reason) = outcome {
            missing.push(reason);
        }
    }
    Ok(Outcome::skipping(&missing))
}

/// The folder, which exists and is empty now.
fn emptied(folder: PathBuf) -> Result<PathBuf, TaskError> {
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Builds the library for this system, as small as an app gets it, and returns its path.
pub(crate) fn library_of_this_system() -> Result<PathBuf, TaskError> {
    let build =
        format!("rustc --quiet --profile phone --lib -p digital-key-bindings {}", portable::SHARED);
    paths::hidden(cargo(&build)).run()?;
    Ok(bindings::built_library("phone"))
}

/// Copies files, which are relative to the workspace's root, into a folder under their own names.
pub(crate) fn copy(files: &[impl AsRef<Path>], folder: &Path) -> Result<(), TaskError> {
    std::fs::create_dir_all(folder)?;
    for file in files {
        let from = workspace_root().join(file);
        let name = from.file_name().ok_or("a file has no name")?;
        std::fs::copy(&from, folder.join(name))
            .map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(())
}

/// Copies files below a folder of the workspace, as git lists them for these arguments, into a folder.
fn copy_from_git(from: &Path, paths: &str, folder: &Path) -> Result<(), TaskError> {
    let from = workspace_root().join(from);
    let files = program("git", "ls-files -z --").args(paths).within(&from).output()?;
    for file in files.split_terminator('\0').map(Path::new) {
        // A file that is deleted and not committed is in the list, too.
        if from.join(file).is_file() {
            copy(&[from.join(file)], &folder.join(file.parent().unwrap_or(Path::new(""))))?;
        }
    }
    Ok(())
}

/// A script in Python.
fn python(script: &str) -> Program {
    program("python3", "-c").argument(script)
}

/// Compares what a package printed on trial with what it should print.
fn expect(package: &str, printed: &str, expected: &str) -> Result<(), TaskError> {
    if printed.trim() == expected {
        println!("{package} works: it prints {expected}");
        return Ok(());
    }
    Err(format!("{package} prints {printed:?} instead of {expected:?}").into())
}
