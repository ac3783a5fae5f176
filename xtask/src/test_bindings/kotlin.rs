//! The tests in Kotlin.

use std::path::{Path, PathBuf};

use super::{Tests, text};
use crate::TaskError;
use crate::command::{Program, workspace_root};
use crate::kotlin::Kotlin;

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

/// The programs of the pages, which are compiled together with the other files of their folder.
pub(super) fn build_pages(
    folder: &Path,
    library: &Path,
    programs: &[PathBuf],
) -> Result<Vec<Program>, TaskError> {
    let kotlin = Kotlin::find()?;
    let package = folder.join("classes");
    let classes = folder.join("pages-classes");
    kotlin.compile(&[&package], &classes, &[&folder.join("pages")])?;
    let run = |file: &PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let java = kotlin.java(&[&classes, &package]).argument(library_path(library)?);
        Ok(java.argument(format!("{name}Kt")))
    };
    programs.iter().map(run).collect()
}

/// The option that lets JNA find the library.
fn library_path(library: &Path) -> Result<String, TaskError> {
    let folder = library.parent().ok_or("the library is in no folder")?;
    Ok(format!("-Djna.library.path={}", text(folder)))
}
