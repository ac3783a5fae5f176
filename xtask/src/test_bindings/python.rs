//! The tests in Python.

use std::path::{Path, PathBuf};

use super::{Tests, text};
use crate::Failure;
use crate::command::{Program, program, workspace_root};
use crate::dist::copy;
use crate::dist::python::modules;

/// Puts the package together: its sources, and the library beside them.
pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, Failure> {
    let sources = workspace_root().join("crates/bindings/packages/python");
    let package = folder.join("digital_key");
    copy(&modules()?, &package)?;
    copy(&[library], &package)?;
    Ok(if program("python3", "--version").output().is_ok() {
        let tests = text(&sources.join("tests"));
        Tests::Ready(
            program("python3", &format!("-m unittest discover --start-directory {tests}"))
                .env("PYTHONPATH", &text(folder))
                .env("PYTHONDONTWRITEBYTECODE", "1"),
        )
    } else {
        Tests::Missing("there is no python3".to_owned())
    })
}

/// The programs of the pages, in a folder that the package lies in. What is no program is checked as
/// far as Python does it without running.
pub(super) fn build_pages(
    folder: &Path,
    programs: &[PathBuf],
    others: &[PathBuf],
) -> Result<Vec<Program>, Failure> {
    for file in others {
        program("python3", "-m py_compile").argument(file).run()?;
    }
    let run = |file| program("python3", "").argument(file).env("PYTHONPATH", &text(folder));
    Ok(programs.iter().map(run).collect())
}
