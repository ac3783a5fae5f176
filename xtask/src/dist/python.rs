//! The wheel, built by setuptools and tried in an environment of its own.
//!
//! Its tag names the system that built it, such as `linux_x86_64`, and claims no older one. PyPI
//! refuses such a wheel: to publish there, build it in an image of manylinux and repair it with
//! auditwheel. An index of your own takes it as it is.

use std::path::{Path, PathBuf};

use super::{LICENCES, VERSION, copy, expect, library_of_this_system, python};
use crate::Outcome;
use crate::TaskError;
use crate::command::{program, workspace_root};

const SOURCES: &str = "crates/bindings/packages/python";

/// Prints the tag of this system in a wheel's name.
const PLATFORM: &str = "
import re, sysconfig
print(re.sub('[-.]', '_', sysconfig.get_platform()))
";

const TRIAL: &str = "
import digital_key, importlib.metadata, sys
names = {file.name for file in importlib.metadata.files('digital-key')}
missing = {'LICENSE-APACHE', 'LICENSE-MIT', 'NOTICE'} - names
if missing:
    sys.exit(f'the wheel lacks {missing}')
print(importlib.metadata.version('digital-key'), digital_key.Vin('WBADKEY0000000001').text())
";

pub(super) fn write(folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
    if program("python3", "-m pip --version").output().is_err() {
        return Ok(Outcome::Skipped("pip is missing".to_owned()));
    }
    copy(&[Path::new(SOURCES).join("pyproject.toml")], work)?;
    copy(&LICENCES, work)?;
    copy_package(&library_of_this_system()?, work)?;
    // setuptools sees no code of its own to compile, and would call the wheel fit for any system.
    let platform = python(PLATFORM).output()?;
    let platform = platform.trim();
    std::fs::write(work.join("setup.cfg"), format!("[bdist_wheel]\nplat_name = {platform}\n"))?;
    program("python3", "-m pip wheel --quiet --no-deps --wheel-dir")
        .argument(folder)
        .argument(work)
        .run()?;

    // Python writes 1.0.0-rc.1 in a shorter way.
    let version = VERSION.replace("-alpha.", "a").replace("-beta.", "b").replace("-rc.", "rc");
    let wheel = folder.join(format!("digital_key-{version}-py3-none-{platform}.whl"));
    let environment = work.join("environment");
    program("python3", "-m venv --without-pip").argument(&environment).run()?;
    program("python3", "-m pip --python")
        .argument(&environment)
        .args("install --quiet --no-index --no-deps")
        .argument(&wheel)
        .run()?;
    let own = environment.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python");
    let printed = program(own, "-I -c").argument(TRIAL).within(&environment).output()?;
    expect("the wheel", &printed, &format!("{version} WBADKEY0000000001"))?;
    Ok(Outcome::Passed)
}

/// Copies the package, its modules, types and library, into a folder.
pub(crate) fn copy_package(library: &Path, folder: &Path) -> Result<(), TaskError> {
    let mut files: Vec<PathBuf> = vec![library.to_owned()];
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
