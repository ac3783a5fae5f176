//! The packages as a client team gets them, in the folder `dist` of the target folder.

mod kotlin;
mod paths;
pub(crate) mod python;
mod swift;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::Failure;
use crate::ci::Ended;
use crate::codegen::bindings;
use crate::command::{Program, cargo, program, target_folder, workspace_root};
use crate::sbom;

/// The bill of materials of the library that all packages hold.
const BILL: &str = "digital-key-bindings.cdx.json";

/// The version of every package.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What each package carries beside its content: the texts of the licence, and whose code it holds.
const LICENCES: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "crates/bindings/packages/NOTICE"];

/// Writes the sums of all files below a folder, in the format of `sha256sum`, and prints how large
/// they are.
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

/// Something that is handed over.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Part {
    /// The Swift package, with the library as an XCFramework for iPhones and their simulator.
    Swift,
    /// The Kotlin package as a jar, with the library of this system.
    Kotlin,
    /// The Python package as a wheel, with the library of this system. On Linux its tag names this
    /// system only (`linux_x86_64`), which PyPI refuses: see `crates/bindings/packages/README.md`.
    Python,
    /// The bill of materials of the library.
    Sbom,
}

impl Part {
    fn write(self, folder: &Path, work: &Path) -> Result<Ended, Failure> {
        if !matches!(self, Self::Sbom) {
            bindings::write_sources()?;
        }
        match self {
            Self::Swift => swift::write(folder),
            Self::Kotlin => kotlin::write(folder, work),
            Self::Python => python::write(folder, work),
            Self::Sbom => {
                let ended = sbom::check()?;
                if let Ended::Passed = ended {
                    let bill = sbom::folder().join(BILL);
                    std::fs::copy(bill, folder.join(BILL))?;
                }
                Ok(ended)
            }
        }
    }
}

/// Writes these parts anew, or all when none is named, and checks each; tells what is missing here.
pub(crate) fn write(parts: &[Part], allow_missing: bool) -> Result<(), Failure> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    if program("python3", "--version").output().is_err() {
        return Err("there is no python3, which packs and checks every part".into());
    }
    let dist = target_folder().join("dist");
    let mut missing = Vec::new();
    for part in parts {
        println!("\n=== {part:?} ===");
        let name = format!("{part:?}").to_lowercase();
        let folder = emptied(dist.join(&name))?;
        let work = emptied(target_folder().join("dist-work").join(&name))?;
        if let Ended::Skipped(what) = part.write(&folder, &work)? {
            println!("not written: {what}");
            std::fs::remove_dir_all(&folder)?;
            missing.push(format!("{name} ({what})"));
        }
    }
    paths::check(&dist)?;
    println!("\n{}:", dist.display());
    print!("{}", python(SUM).argument(&dist).output()?);
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join(", ");
    println!("missing: {missing}");
    if allow_missing {
        Ok(())
    } else {
        Err(format!("some parts could not be made here: {missing}; `--allow-missing` passes")
            .into())
    }
}

/// The folder, which exists and is empty now.
fn emptied(folder: PathBuf) -> Result<PathBuf, Failure> {
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Builds the library for this system, as small as an app gets it, and gives its path.
fn library_of_this_system() -> Result<PathBuf, Failure> {
    paths::hidden(cargo("build --quiet --profile phone --lib -p digital-key-bindings")).run()?;
    Ok(bindings::built_library("phone"))
}

/// Copies files of the workspace into a folder, under their own names.
pub(crate) fn copy(files: &[impl AsRef<Path>], folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    for file in files {
        let file = file.as_ref();
        let name = file.file_name().ok_or("a file has no name")?;
        let from = workspace_root().join(file);
        std::fs::copy(&from, folder.join(name))
            .map_err(|error| format!("{}: {error}", from.display()))?;
    }
    Ok(())
}

/// Copies [`LICENCES`] into a folder.
fn copy_licences(folder: &Path) -> Result<(), Failure> {
    copy(&LICENCES, folder)
}

/// A script in Python.
fn python(script: &str) -> Program {
    program("python3", "-c").argument(script)
}

/// What a part printed when it was tried out.
fn expect(what: &str, printed: &str, expected: &str) -> Result<(), Failure> {
    if printed.trim() == expected {
        println!("{what} works: it says {expected}");
        return Ok(());
    }
    Err(format!("{what} says {printed:?} instead of {expected:?}").into())
}
