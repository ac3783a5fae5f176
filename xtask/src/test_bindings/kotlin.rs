//! The tests in Kotlin: the compiler and the coroutines come from the package of the Kotlin kernel,
//! JNA from the system.

use std::path::{Path, PathBuf};

use super::{Tests, cache, text};
use crate::Failure;
use crate::command::{program, workspace_root};

const JNA: &str = "/usr/share/java/jna.jar";
const COMPILER: &str = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, Failure> {
    if program("java", "-version").output().is_err() {
        return Ok(Tests::Missing("there is no Java".to_owned()));
    }
    if !Path::new(JNA).exists() {
        return Ok(Tests::Missing(format!("there is no JNA at {JNA}")));
    }
    let Some(jars) = jars(&cache().join("kotlin/jars")) else {
        return Ok(Tests::Missing("there is no Kotlin compiler in the cache".to_owned()));
    };
    let classes = folder.join("classes");
    let sources = workspace_root().join("bindings/kotlin/src");
    program("java", &format!("-cp {jars} {COMPILER} -no-stdlib -no-reflect -nowarn"))
        .argument("-classpath")
        .argument(format!("{jars}:{JNA}"))
        .argument("-d")
        .argument(&classes)
        .argument(&sources)
        .run()?;
    let class_path = format!("{}:{jars}:{JNA}", classes.display());
    let libraries = library.parent().ok_or("the library lies in no folder")?;
    Ok(Tests::Ready(
        program("java", &format!("-cp {class_path}"))
            .argument(format!("-Djna.library.path={}", text(libraries)))
            .argument("digitalkey.test.MainKt"),
    ))
}

/// The jars of the compiler, as a class path.
fn jars(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut jars: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    jars.sort();
    let jars: Vec<String> = jars.iter().map(|jar| text(jar)).collect();
    (!jars.is_empty()).then(|| jars.join(":"))
}
