//! The tests in Kotlin.

use std::path::{Path, PathBuf};

use super::{HOMES, Tests, text};
use crate::TaskError;
use crate::command::{Program, program, workspace_root};
use crate::kotlin::{Kotlin, library_path};

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    let kotlin = match Kotlin::find() {
        Ok(kotlin) => kotlin,
        Err(missing) => return Ok(Tests::Missing(missing)),
    };
    let classes = folder.join("classes");
    let package = workspace_root().join("crates/bindings/packages/kotlin");
    kotlin.compile(&[], &classes, &[&package.join("src/main"), &package.join("tests")])?;
    let java = kotlin.java(&[&classes]).argument(library_path(library)?);
    Ok(Tests::Ready(java.argument("digitalkey.test.MainKt")))
}

/// The options of a JVM that lives for a moment.
pub(super) const SHORT_LIVED: &str = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/// The app that the feature files run. Its processes live for a moment: a kill ends them.
pub(super) fn feature_app(folder: &Path, library: &Path) -> Result<Program, TaskError> {
    let java = Kotlin::find()?.java(&[&folder.join("classes")]).argument(library_path(library)?);
    Ok(java.args(SHORT_LIVED).argument("digitalkey.test.FeatureApp"))
}

/// Runs the package without its library. Its classes load, and no native code: JNA's class `Native`, whose
/// loading loads JNA's native half, comes only with the first object of the core.
pub(super) fn run_without_library(folder: &Path) -> Result<(), TaskError> {
    let printed = Kotlin::find()?
        .java(&[&folder.join("classes")])
        .args("-Xlog:class+load digitalkey.test.WithoutLibrary")
        // Cargo adds the folder of the library to this path.
        .env("LD_LIBRARY_PATH", "")
        .output()?;
    let (before, after) =
        printed.split_once("the classes are there").ok_or("the classes need the library")?;
    let is_native = |text: &str| text.contains("com.sun.jna.Native source");
    if is_native(before) || !is_native(after) {
        return Err("the classes load JNA before the first object of the core".into());
    }
    after
        .lines()
        .filter(|line| line.starts_with("the first object"))
        .for_each(|it| println!("{it}"));
    Ok(())
}

/// Shrinks package, tests and JNA by the rules of the package, as R8 does for an app. Returns the
/// program that pairs from the result, or what is missing.
pub(super) fn shrink(folder: &Path, library: &Path) -> Result<Result<Program, String>, TaskError> {
    if program("proguard", "-version").failure().is_err() {
        return Ok(Err("proguard is missing: .ci/install-compilers installs it".to_owned()));
    }
    let kotlin = Kotlin::find()?;
    let classes = folder.join("classes");
    let java = folder.join("java-base.jar");
    kotlin.java(&[&classes]).argument("digitalkey.test.JavaClasses").argument(&java).run()?;
    let shrunk = folder.join("shrunk.jar");
    let package = workspace_root().join("crates/bindings/packages/kotlin");
    let mut settings = format!(
        "-injars {}\n-injars {}(!META-INF/versions/**,!module-info.class)\n-outjars {}\n\
         -libraryjars {}\n-include {}\n\
         -keep class digitalkey.test.Shrunk {{ public static void main(java.lang.String[]); }}\n\
         -dontnote\n-ignorewarnings\n",
        classes.display(),
        kotlin.jna().display(),
        shrunk.display(),
        java.display(),
        package.join("consumer-rules.pro").display(),
    );
    for jar in kotlin.jars() {
        settings += &format!("-libraryjars {jar}(kotlin/**.class,kotlinx/coroutines/**.class)\n");
    }
    let file = folder.join("shrink.pro");
    std::fs::write(&file, settings)?;
    // The warnings are about the parts of Java that are not in java.base, and about the tests.
    program("proguard", "").argument(format!("@{}", text(&file))).output()?;
    let java = kotlin.java(&[&shrunk]).argument(library_path(library)?);
    Ok(Ok(java.argument("digitalkey.test.Shrunk")))
}

/// The programs of the pages, which are compiled together with the other files of their folder.
pub(super) fn build_pages(
    folder: &Path,
    library: &Path,
    programs: &[PathBuf],
) -> Result<Vec<[Program; 2]>, TaskError> {
    let kotlin = Kotlin::find()?;
    let package = folder.join("classes");
    let classes = folder.join("pages-classes");
    kotlin.compile(&[&package], &classes, &[&folder.join("pages")])?;
    let run = |file: &PathBuf, home: &str| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let home = file.with_file_name(home);
        std::fs::create_dir_all(&home)?;
        let java = kotlin.java(&[&classes, &package]).argument(library_path(library)?);
        let java = java.argument(format!("-Duser.home={}", text(&home)));
        Ok::<_, TaskError>(java.argument(format!("{name}Kt")))
    };
    let [first, second] = HOMES;
    programs.iter().map(|file| Ok([run(file, first)?, run(file, second)?])).collect()
}
