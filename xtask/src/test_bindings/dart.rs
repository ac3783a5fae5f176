//! The tests in Dart. They talk over a socket to the Kotlin half of the Flutter package, which runs on a
//! JVM with the library.

use std::path::{Path, PathBuf};

use super::page::Snippets;
use super::{Tests, kotlin, text};
use crate::TaskError;
use crate::command::{Program, compiler_cache, program, workspace_root};
use crate::kotlin::Kotlin;

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    let kotlin = match Kotlin::find() {
        Ok(kotlin) => kotlin,
        Err(missing) => return Ok(Tests::Missing(missing)),
    };
    let Some(dart) = find() else {
        let missing = "no Dart: .ci/install-compilers puts a virtual machine into the cache";
        return Ok(Tests::Missing(missing.to_owned()));
    };
    let packages = workspace_root().join("crates/bindings/packages");
    let package = packages.join("dart");
    let classes = folder.join("classes");
    let sources = [
        packages.join("kotlin/src/main"),
        package.join("android/src/main"),
        package.join("test/stubs/kotlin"),
        package.join("test/jvm"),
    ];
    kotlin.compile(&[], &classes, &sources.each_ref().map(PathBuf::as_path))?;
    // The address of the backend is an argument of the functions on the page.
    Snippets::of("dart")?.write(&folder.join("pages"), "")?;
    let config = folder.join("package_config.json");
    std::fs::write(&config, package_config(&package, folder))?;
    let java = kotlin.java(&[&classes]).argument(kotlin::library_path(library)?);
    let java = java.argument("digitalkey.flutter.test.MainKt");
    let program = dart.iter().fold(java, Program::argument);
    let program = program.argument(format!("--packages={}", text(&config)));
    Ok(Tests::Ready(program.argument(package.join("test/main.dart"))))
}

/// The command that starts Dart: the installed one, or the 32-bit virtual machine in the cache.
fn find() -> Option<Vec<String>> {
    if program("dart", "--version").output().is_ok() {
        return Some(vec!["dart".to_owned()]);
    }
    let machine = compiler_cache().join("dart/dart");
    let (loader, libraries) = ("/lib32/ld-linux.so.2", "/lib32");
    let command =
        [loader, "--library-path", libraries, &text(&machine)].map(str::to_owned).to_vec();
    (machine.exists() && Path::new(loader).exists()).then_some(command)
}

/// Where the packages are: the plugin and its example, the code of the pages, and the stubs.
fn package_config(package: &Path, folder: &Path) -> String {
    let packages = [
        ("digital_key", package.join("lib")),
        ("digital_key_example", package.join("example/lib")),
        ("digital_key_pages", folder.join("pages")),
        ("flutter", package.join("test/stubs/flutter/lib")),
        ("flutter_bloc", package.join("test/stubs/flutter_bloc/lib")),
    ];
    let packages = packages.map(|(name, root)| {
        format!(
            "{{\"name\": \"{name}\", \"rootUri\": \"file://{}/\", \"languageVersion\": \"3.5\"}}",
            text(&root)
        )
    });
    format!("{{\"configVersion\": 2, \"packages\": [\n{}\n]}}\n", packages.join(",\n"))
}
