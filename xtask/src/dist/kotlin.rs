//! The jar: the compiled classes, and the library at the place where JNA looks for it. Beside it, the
//! archive for Android.

mod aar;

use std::path::Path;

use super::{LICENCES, VERSION, copy, expect, python};
use crate::Outcome;
use crate::TaskError;
use crate::command::workspace_root;
use crate::kotlin::Kotlin;

const README: &str = "\
The jar contains the classes, and the library of the system that built it, where JNA finds it: enough for
tests and programs on a JVM there. The archive `.aar` is for Android: it contains the classes, the rules
for R8, and a library for each processor. An archive whose name ends in `incomplete` lacks libraries,
since the machine that built it has no NDK: do not publish it. The files `.pom` name what each needs.
";

/// Packs all files of the current folder, with the manifest first, and checks that the named ones are
/// among them.
const PACK: &str = "
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as jar:
    files = sorted(file for file in pathlib.Path('.').rglob('*') if file.is_file())
    for file in sorted(files, key=lambda file: file.name != 'MANIFEST.MF'):
        jar.write(file)
with zipfile.ZipFile(sys.argv[1]) as jar:
    names = set(jar.namelist())
    missing = set(sys.argv[2:]) - names
    if missing or jar.testzip():
        sys.exit(f'the jar lacks {missing}')
    print(len(names))
";

/// The version of JNA that the tests use.
const OLDEST_JNA: &str = "5.13.0";

/// A program that needs the classes and the library.
const TRIAL: &str = "fun main() = println(digitalkey.Vin(\"WBADKEY0000000001\").text())\n";

/// Packs this library, and the classes that belong to it.
pub(super) fn write(folder: &Path, work: &Path, library: &Path) -> Result<Outcome, TaskError> {
    let kotlin = match Kotlin::find() {
        Ok(kotlin) => kotlin,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    let content = work.join("jar");
    kotlin.compile(
        &[],
        &content,
        &[&workspace_root().join("crates/bindings/packages/kotlin/src/main")],
    )?;
    let platform = platform_of_jna();
    copy(&LICENCES, &content.join("META-INF"))?;
    aar::write(folder, work, &content)?;
    copy(&[library], &content.join(&platform))?;
    std::fs::write(
        content.join("META-INF/MANIFEST.MF"),
        format!(
            "Manifest-Version: 1.0\nImplementation-Title: digital-key\n\
             Implementation-Version: {VERSION}\nLibraries: {platform}\n"
        ),
    )?;
    std::fs::write(folder.join("README.md"), README)?;
    let pom = aar::pom("digital-key", "jar", OLDEST_JNA, "jar");
    std::fs::write(folder.join(format!("digital-key-{VERSION}.pom")), pom)?;

    let jar = folder.join(format!("digital-key-{VERSION}.jar"));
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    let files = python(PACK)
        .argument(&jar)
        .args("META-INF/MANIFEST.MF META-INF/LICENSE-APACHE META-INF/LICENSE-MIT META-INF/NOTICE")
        .args("digitalkey/DigitalKeyApp.class digitalkey/ViewsKt.class")
        .argument(format!("{platform}/{name}"))
        .within(&content)
        .output()?;
    println!("the jar contains {} files", files.trim());

    let source = work.join("Trial.kt");
    std::fs::write(&source, TRIAL)?;
    let classes = work.join("trial");
    kotlin.compile(&[&jar], &classes, &[&source])?;
    let printed = kotlin.java(&[&classes, &jar]).argument("TrialKt").output()?;
    expect("the jar", &printed, "WBADKEY0000000001")?;
    Ok(Outcome::Passed)
}

/// The folder of a jar in which JNA looks for libraries of this system.
fn platform_of_jna() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    format!("{system}-{}", std::env::consts::ARCH.replace('_', "-"))
}
