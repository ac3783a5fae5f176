//! The wheel, made by the backend that the package names, and tried out in an environment of its own.
//!
//! Its tag names the system that built it, such as `linux_x86_64`, and nothing is said about older
//! ones. PyPI refuses such a wheel: who publishes there builds it in an image of manylinux and has
//! auditwheel repair it. An index of one's own takes it as it is.

use std::path::{Path, PathBuf};

use super::{VERSION, copy, copy_licences, expect, library_of_this_system, python};
use crate::Failure;
use crate::ci::Ended;
use crate::command::{program, workspace_root};

/// What a wheel's name says about this system.
const PLATFORM: &str = "
import re, sysconfig
print(re.sub('[-.]', '_', sysconfig.get_platform()))
";

const TRY: &str = "
import digital_key, importlib.metadata, sys
names = {file.name for file in importlib.metadata.files('digital-key')}
missing = {'LICENSE-APACHE', 'LICENSE-MIT', 'NOTICE'} - names
if missing:
    sys.exit(f'the wheel lacks {missing}')
print(importlib.metadata.version('digital-key'), digital_key.Vin('WBADKEY0000000001').text())
";

pub(super) fn write(folder: &Path, work: &Path) -> Result<Ended, Failure> {
    if program("python3", "-m pip --version").output().is_err() {
        return Ok(Ended::Skipped("no pip".to_owned()));
    }
    copy(&["crates/bindings/packages/python/pyproject.toml"], work)?;
    copy_licences(work)?;
    let package = work.join("digital_key");
    copy(&modules()?, &package)?;
    copy(&[library_of_this_system()?], &package)?;
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
    let said = program(own, "-I -c").argument(TRY).within(&environment).output()?;
    expect("the wheel", &said, &format!("{version} WBADKEY0000000001"))?;
    Ok(Ended::Passed)
}

/// The modules of the package.
pub(crate) fn modules() -> Result<Vec<PathBuf>, Failure> {
    let folder = workspace_root().join("crates/bindings/packages/python/digital_key");
    let mut modules = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "py") {
            modules.push(path);
        }
    }
    Ok(modules)
}
