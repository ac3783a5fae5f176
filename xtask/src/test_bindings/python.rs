//! The tests in Python.

use std::path::{Path, PathBuf};

use super::{HOMES, Tests, text};
use crate::TaskError;
use crate::command::{Program, compiler_cache, program, workspace_root};
use crate::dist::python::copy_package;

/// The client that mypy checks.
const TYPED_CLIENT: &str = "crates/bindings/packages/python/tests/typed_client.py";

/// Prints the folder of the installed packages.
const PACKAGES: &str = "import site; print(site.getsitepackages()[0])";

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

/// The app that the feature files run.
pub(super) fn feature_app(folder: &Path) -> Program {
    let app = workspace_root().join("crates/bindings/packages/python/tests/feature_app.py");
    program("python3", "-B").argument(app).env("PYTHONPATH", &text(folder))
}

/// Checks the types of the package with mypy, on a client with types. Returns what is missing if
/// there is no mypy.
pub(super) fn check_types(folder: &Path) -> Result<Option<String>, TaskError> {
    let mypy = |arguments: &str| {
        let cached = text(&compiler_cache().join("mypy"));
        program("python3", &format!("-m mypy {arguments}")).env("PYTHONPATH", &cached)
    };
    if mypy("--version").output().is_err() {
        return Ok(Some("mypy is missing: .ci/install-compilers installs it".to_owned()));
    }
    // As in an installed package, mypy checks how the client uses it, and not the package itself.
    let environment = folder.join("environment");
    program("python3", "-m venv --without-pip").argument(&environment).run()?;
    let python = environment.join("bin/python");
    let packages = program(&python, "-c").argument(PACKAGES).output()?;
    std::fs::write(Path::new(packages.trim()).join("digital_key.pth"), text(folder))?;
    mypy("--strict --python-executable")
        .argument(python)
        .argument("--cache-dir")
        .argument(folder.join("mypy-cache"))
        .argument(workspace_root().join(TYPED_CLIENT))
        .run()?;
    Ok(None)
}

/// The programs of the pages. The other files are only compiled, which finds wrong syntax.
pub(super) fn build_pages(
    folder: &Path,
    programs: &[PathBuf],
    others: &[PathBuf],
) -> Result<Vec<[Program; 2]>, TaskError> {
    for file in others {
        program("python3", "-m py_compile").argument(file).run()?;
    }
    let run = |file: &PathBuf, home: &str| {
        let home = file.with_file_name(home);
        std::fs::create_dir_all(&home)?;
        let python = program("python3", "").argument(file).env("PYTHONPATH", &text(folder));
        Ok::<_, TaskError>(python.env("HOME", &text(&home)))
    };
    let [first, second] = HOMES;
    programs.iter().map(|file| Ok([run(file, first)?, run(file, second)?])).collect()
}
