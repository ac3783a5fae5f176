//! The tests in Dart. They talk over a socket to the Kotlin half of the Flutter package, which runs on a
//! JVM with the library.

use std::path::{Path, PathBuf};

use super::Tests;
use super::page::Snippets;
use crate::TaskError;
use crate::command::{Program, workspace_root};
use crate::dart::{Dart, PACKAGE};
use crate::kotlin::{Kotlin, library_path};

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    let (kotlin, dart) = match Kotlin::find().and_then(|kotlin| Ok((kotlin, Dart::find()?))) {
        Ok(found) => found,
        Err(missing) => return Ok(Tests::Missing(missing)),
    };
    let package = workspace_root().join(PACKAGE);
    let classes = folder.join("classes");
    let sources = [
        workspace_root().join("crates/bindings/packages/kotlin/src/main"),
        package.join("android/src/main"),
        package.join("test/stubs/kotlin"),
        package.join("test/jvm"),
    ];
    kotlin.compile(&[], &classes, &sources.each_ref().map(PathBuf::as_path))?;
    // The address of the backend is an argument of the functions on the page.
    Snippets::of("dart")?.write(&folder.join("pages"), "")?;
    // The plugin and its example, the code of the pages, and the stubs.
    let packages = [
        ("digital_key", package.join("lib")),
        ("digital_key_example", package.join("example/lib")),
        ("digital_key_pages", folder.join("pages")),
        ("flutter", package.join("test/stubs/flutter/lib")),
        ("flutter_bloc", package.join("test/stubs/flutter_bloc/lib")),
    ];
    let java = kotlin.java(&[&classes]).argument(library_path(library)?);
    let java = java.argument("digitalkey.flutter.test.MainKt");
    let dart = dart.command(folder, &packages, &package.join("test/main.dart"))?;
    Ok(Tests::Ready(dart.iter().fold(java, Program::argument)))
}
