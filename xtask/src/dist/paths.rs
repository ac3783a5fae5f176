//! No folder of the machine that builds is named in what is handed over.

use std::path::{Path, PathBuf};

use super::python;
use crate::Failure;
use crate::command::{Program, program, target_folder, workspace_root};

/// Looks into every file below a folder, also into packed ones, for the folders that come next.
const LOOK: &str = "
import pathlib, sys, zipfile
root, *folders = sys.argv[1:]
def contents(file):
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for name in packed.namelist():
                yield f'{file}, {name}', packed.read(name)
    else:
        yield str(file), file.read_bytes()
found = [
    f'{name} names {folder} {content.count(folder.encode())} times'
    for file in sorted(pathlib.Path(root).rglob('*')) if file.is_file()
    for name, content in contents(file)
    for folder in folders if folder.encode() in content
]
if found:
    sys.exit('\\n'.join(found))
";

/// Lets the compiler write other names for the folders of this machine, where a panic tells its place.
pub(super) fn hidden(program: Program) -> Program {
    let flags = folders()
        .into_iter()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    // Flags are parted by this character, so that a folder may hold blanks.
    program.env("CARGO_ENCODED_RUSTFLAGS", &flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// Whether a file below this folder names one of this machine's.
pub(super) fn check(folder: &Path) -> Result<(), Failure> {
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    let folders = folders().into_iter().map(|(folder, _)| folder).chain(home);
    // `/home/me` is no part of `/home/mean`.
    let look = python(LOOK).argument(folder);
    folders.fold(look, |look, folder| look.argument(folder.join(""))).output()?;
    println!("no file names a folder of this machine");
    Ok(())
}

/// What the compiler reads, and what it is called instead.
fn folders() -> Vec<(PathBuf, &'static str)> {
    let mut folders =
        vec![(workspace_root().to_owned(), "digital-key"), (target_folder(), "target")];
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    folders.extend(cargo.map(|cargo| (cargo, "cargo")));
    // The sources of the standard library, which is built for a platform that none is installed for:
    // beside this compiler, or beside the system's.
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let own = program(rustc, "--print sysroot").output().ok();
    for sysroot in own.as_deref().map(str::trim).into_iter().chain(["/usr"]) {
        folders.push((Path::new(sysroot).join("lib/rustlib/src/rust"), "rust"));
    }
    folders
}
