//! The tests in Kotlin.

use std::path::{Path, PathBuf};

use super::{HOMES, Tests, text};
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

/// The option that lets JNA find the library.
fn library_path(library: &Path) -> Result<String, TaskError> {
    let folder = library.parent().ok_or("the library is in no folder")?;
    Ok(format!("-Djna.library.path={}", text(folder)))
}
