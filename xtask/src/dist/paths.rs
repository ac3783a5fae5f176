//! Keeps the folders of the building machine out of the packages.

use std::path::{Path, PathBuf};

use super::python;
use crate::TaskError;
use crate::command::{Program, program, target_folder, workspace_root};

/// Searches every file below a folder, and every file inside an archive, for the names that follow.
const SEARCH: &str = "
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
    f'{name} contains {folder} {content.count(folder.encode())} times'
    for file in sorted(pathlib.Path(root).rglob('*')) if file.is_file()
    for name, content in contents(file)
    for folder in folders if folder.encode() in content
]
if found:
    sys.exit('\\n'.join(found))
";

/// Replaces the folders of this machine in what the compiler writes, such as the places of panics.
pub(super) fn hidden(program: Program) -> Program {
    let flags = folders()
        .into_iter()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    // This character separates flags, so that a folder's name may contain blanks.
    program.env("CARGO_ENCODED_RUSTFLAGS", &flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// Fails when a file below this folder contains the name of a folder of this machine.
pub(super) fn check(folder: &Path) -> Result<(), TaskError> {
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    let folders = folders().into_iter().map(|(folder, _)| folder).chain(home);
    // With a slash at the end, since `/home/me` is the beginning of `/home/mean`, too.
    let search = python(SEARCH).argument(folder);
    folders.fold(search, |search, folder| search.argument(folder.join(""))).output()?;
    println!("no file contains the name of a folder of this machine");
    Ok(())
}

/// The folders that the compiler reads, each with the name that replaces it.
fn folders() -> Vec<(PathBuf, &'static str)> {
    let mut folders =
        vec![(workspace_root().to_owned(), "digital-key"), (target_folder(), "target")];
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    folders.extend(cargo.map(|cargo| (cargo, "cargo")));
    // The sources of the standard library, which is built when none is installed for a platform:
    // beside this compiler, or beside the system's.
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let own = program(rustc, "--print sysroot").output().ok();
    for sysroot in own.as_deref().map(str::trim).into_iter().chain(["/usr"]) {
        folders.push((Path::new(sysroot).join("lib/rustlib/src/rust"), "rust"));
    }
    folders
}
