//! The tests in Python.

use std::path::{Path, PathBuf};

use super::{Tests, text};
use crate::TaskError;
use crate::command::{Program, program, workspace_root};
use crate::dist::python::copy_package;

/// Puts the package together: its modules, and the library beside them.
pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    if program("python3", "--version").output().is_err() {
        return Ok(Tests::Missing("python3 is missing".to_owned()));
    }
    copy_package(library, folder)?;
    let tests = workspace_root().join("crates/bindings/packages/python/tests");
    Ok(Tests::Ready(
        program("python3", "-m unittest discover --start-directory")
            .argument(tests)
            .env("PYTHONPATH", &text(folder))
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    ))
}

/// The programs of the pages. The other files are only compiled, which finds wrong syntax.
pub(super) fn build_pages(
    folder: &Path,
    programs: &[PathBuf],
    others: &[PathBuf],
) -> Result<Vec<Program>, TaskError> {
    for file in others {
        program("python3", "-m py_compile").argument(file).run()?;
    }
    let run = |file| program("python3", "").argument(file).env("PYTHONPATH", &text(folder));
    Ok(programs.iter().map(run).collect())
}
