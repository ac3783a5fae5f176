//! The tests in Dart. They talk over a socket to the Kotlin half of the Flutter package, which runs on a
//! JVM with the library.

use std::path::{Path, PathBuf};

use super::page::Snippets;
use super::{Tests, kotlin};
use crate::TaskError;
use crate::command::{Program, workspace_root};
use crate::dart::{Dart, PACKAGE};
use crate::kotlin::{Kotlin, library_path};

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    if let Err(missing) = Kotlin::find().and_then(|_| Dart::find()) {
        return Ok(Tests::Missing(missing));
    }
    let package = workspace_root().join(PACKAGE);
    let kotlin = workspace_root().join("crates/bindings/packages/kotlin");
    let sources = [
        kotlin.join("src/main"),
        kotlin.join("tests/FeaturePhone.kt"),
        package.join("android/src/main"),
        package.join("test/stubs/kotlin"),
        package.join("test/jvm"),
        package.join("test/features"),
    ];
    let sources = sources.each_ref().map(PathBuf::as_path);
    Kotlin::find()?.compile(&[], &folder.join("classes"), &sources)?;
    // The address of the backend is an argument of the functions on the page.
    Snippets::of("dart")?.write(&folder.join("pages"), "")?;
    Ok(Tests::Ready(with_kotlin(folder, library, "MainKt", "main.dart")?))
}

/// The app that the feature files run: a JVM with the core, and its child with Dart. A kill ends both.
pub(super) fn feature_app(folder: &Path, library: &Path) -> Result<Program, TaskError> {
    with_kotlin(folder, library, "FeaturesKt", "features/feature_app.dart")
}

/// The program in Kotlin that starts a program in Dart and is its native half.
fn with_kotlin(
    folder: &Path,
    library: &Path,
    native: &str,
    main: &str,
) -> Result<Program, TaskError> {
    let package = workspace_root().join(PACKAGE);
    // The plugin and its example, the code of the pages, and the stubs.
    let packages = [
        ("digital_key", package.join("lib")),
        ("digital_key_example", package.join("example/lib")),
        ("digital_key_pages", folder.join("pages")),
        ("flutter", package.join("test/stubs/flutter/lib")),
        ("flutter_bloc", package.join("test/stubs/flutter_bloc/lib")),
    ];
    let dart = Dart::find()?.command(folder, &packages, &package.join("test").join(main))?;
    let java = Kotlin::find()?.java(&[&folder.join("classes")]);
    let java = java.argument(library_path(library)?).args(kotlin::SHORT_LIVED);
    let java = java.argument(format!("digitalkey.flutter.test.{native}"));
    Ok(dart.iter().fold(java, Program::argument))
}
