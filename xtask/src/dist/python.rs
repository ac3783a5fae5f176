//! The source distribution, and the wheel that is built from it and tried in an environment of its own.
//!
//! On Linux auditwheel gives the wheel its tag, from the symbols that the library uses.

use std::path::{Path, PathBuf};

use super::{LICENCES, VERSION, copy, copy_from_git, expect, paths};
use crate::Outcome;
use crate::TaskError;
use crate::command::{Program, compiler_cache, program, target_folder, workspace_root};

const SOURCES: &str = "crates/bindings/packages/python";

/// What a source distribution needs of the workspace to build the library.
const WORKSPACE: &str = "Cargo.toml Cargo.lock crates xtask";

/// Writes a source distribution of the current folder, and prints its name.
const SDIST: &str = "
import contextlib, io, sys
from setuptools import build_meta
with contextlib.redirect_stdout(io.StringIO()):
    name = build_meta.build_sdist(sys.argv[1])
print(name)
";

const TRIAL: &str = "
import digital_key, importlib.metadata, sys
names = {file.name for file in importlib.metadata.files('digital-key')}
missing = {'LICENSE-APACHE', 'LICENSE-MIT', 'NOTICE', 'py.typed', 'digital_key.pyi'} - names
if missing:
    sys.exit(f'the wheel lacks {missing}')
print(importlib.metadata.version('digital-key'), digital_key.Vin('WBADKEY0000000001').text())
";

/// Writes the source distribution, and the wheel that is built from it.
pub(super) fn write(folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
    if let Some(missing) = missing() {
        return Ok(Outcome::Skipped(missing));
    }
    let source = work.join("source");
    copy_project(&source)?;
    copy_modules(&source)?;
    copy_from_git(Path::new(""), WORKSPACE, &source.join("rust"))?;
    let name = tool("-c").argument(SDIST).argument(folder).within(&source).output()?;
    println!("wrote {}", name.trim());
    pack_and_try(&folder.join(name.trim()), folder, work)
}

/// Writes a wheel with this library.
pub(super) fn write_with(folder: &Path, work: &Path, library: &Path) -> Result<Outcome, TaskError> {
    if let Some(missing) = missing() {
        return Ok(Outcome::Skipped(missing));
    }
    let source = work.join("source");
    copy_project(&source)?;
    copy_package(library, &source)?;
    pack_and_try(&source, folder, work)
}

/// The tool that is not installed.
fn missing() -> Option<String> {
    if tool("-m pip --version").output().is_err() {
        return Some("pip is missing".to_owned());
    }
    let has_auditwheel = tool("-m auditwheel --version").output().is_ok();
    (!has_auditwheel).then(|| "auditwheel is missing: .ci/install-compilers installs it".to_owned())
}

/// Builds the wheel of a folder or of a source distribution, gives it its tag, and installs it.
fn pack_and_try(source: &Path, folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
    let built = work.join("built");
    paths::hidden(tool("-m pip wheel --quiet --no-build-isolation --no-deps --wheel-dir"))
        .argument(&built)
        .argument(source)
        .env("CARGO_TARGET_DIR", &target_folder().to_string_lossy())
        .run()?;
    let built = wheel_in(&built)?;
    if cfg!(target_os = "linux") {
        tool("-m auditwheel repair --wheel-dir").argument(folder).argument(&built).output()?;
    } else {
        copy(&[&built], folder)?;
    }
    let wheel = wheel_in(folder)?;
    let tag = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if cfg!(target_os = "linux") && !tag.contains("-manylinux_") {
        return Err(format!("{tag} has no tag of manylinux").into());
    }

    let own = install(&wheel, &work.join("environment"))?;
    let printed = program(own, "-I -c").argument(TRIAL).within(work).output()?;
    // Python writes 1.0.0-rc.1 in a shorter way.
    let version = VERSION.replace("-alpha.", "a").replace("-beta.", "b").replace("-rc.", "rc");
    expect(&tag, &printed, &format!("{version} WBADKEY0000000001"))?;
    Ok(Outcome::Passed)
}

/// Installs a wheel, and no other package, into a new environment. Returns its Python.
fn install(wheel: &Path, environment: &Path) -> Result<PathBuf, TaskError> {
    program("python3", "-m venv --clear --without-pip").argument(environment).run()?;
    program("python3", "-m pip --python")
        .argument(environment)
        .args("install --quiet --no-index --no-deps")
        .argument(wheel)
        .run()?;
    Ok(environment.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python"))
}

/// Python with the tools that pack a wheel, and the program that one of them calls.
fn tool(arguments: &str) -> Program {
    let tools = compiler_cache().join("wheel");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(tools.join("bin")).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(path).unwrap_or_default();
    program("python3", arguments)
        .env("PYTHONPATH", &tools.to_string_lossy())
        .env("PATH", &path.to_string_lossy())
}

/// The one wheel in a folder.
fn wheel_in(folder: &Path) -> Result<PathBuf, TaskError> {
    let mut wheels = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        wheels.extend(path.extension().is_some_and(|it| it == "whl").then_some(path));
    }
    match &wheels[..] {
        [wheel] => Ok(wheel.clone()),
        _ => Err(format!("{} has {} wheels instead of one", folder.display(), wheels.len()).into()),
    }
}

/// Copies what describes the package, and the licences, into a folder.
fn copy_project(folder: &Path) -> Result<(), TaskError> {
    for file in ["pyproject.toml", "setup.py", "MANIFEST.in"] {
        copy(&[Path::new(SOURCES).join(file)], folder)?;
    }
    copy(&LICENCES, folder)
}

/// Copies the package, its modules, types and library, into a folder.
pub(crate) fn copy_package(library: &Path, folder: &Path) -> Result<(), TaskError> {
    copy_modules(folder)?;
    copy(&[library], &folder.join("digital_key"))
}

/// Copies the modules and the types into a folder.
fn copy_modules(folder: &Path) -> Result<(), TaskError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workspace_root().join(SOURCES).join("digital_key"))? {
        let path = entry?.path();
        let is_of_package = path.extension().is_some_and(|it| it == "py" || it == "pyi");
        files.extend((is_of_package || path.ends_with("py.typed")).then_some(path));
    }
    let package = folder.join("digital_key");
    copy(&files, &package)?;
    let stub = workspace_root().join(SOURCES).join("stub.py");
    let generated = package.join("digital_key.py");
    program("python3", "")
        .argument(stub)
        .argument(&generated)
        .argument(generated.with_extension("pyi"))
        .run()
}
