//! The tests in Swift: with the compiler of the system, or with the one of a whole Debian in the
//! cache, which runs there, and only with root.

use std::path::{Path, PathBuf};

use super::{Tests, cache, text};
use crate::Failure;
use crate::command::{Program, program, workspace_root};

/// Where Debian's Swift has its libraries.
const DEBIANS_LIBRARIES: &str = "/usr/libexec/swift/lib/swift/linux";

/// A compiler, and the folder that it builds in.
struct Swift {
    /// The Debian that it stands in; `None` = this system.
    root: Option<PathBuf>,
    /// The folder, seen from this system.
    folder: PathBuf,
    /// The same folder, seen by the compiler.
    seen: PathBuf,
}

impl Swift {
    fn find(folder: &Path) -> Option<Self> {
        if program("swiftc", "--version").output().is_ok() {
            return Some(Self { root: None, folder: folder.into(), seen: folder.into() });
        }
        let root = cache().join("swift");
        // One folder per workspace, since the cache is the user's.
        let name = workspace_root().strip_prefix("/").unwrap_or(workspace_root());
        let seen = Path::new("/tmp/digital-key").join(name);
        let found =
            Self { folder: root.join(seen.strip_prefix("/").ok()?), seen, root: Some(root) };
        found.program("swiftc").arg("--version").output().is_ok().then_some(found)
    }

    /// A program that stands beside the compiler, or that it has built.
    fn program(&self, path: impl AsRef<Path>) -> Program {
        match &self.root {
            None => program(path.as_ref(), ""),
            Some(root) => program("chroot", "")
                .arg(root)
                .arg("env")
                .arg(format!("LD_LIBRARY_PATH={DEBIANS_LIBRARIES}:{}", self.seen.display()))
                .arg(path.as_ref()),
        }
    }
}

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, Failure> {
    let Some(swift) = Swift::find(folder) else {
        return Ok(Tests::Missing("there is no Swift compiler that could be run".to_owned()));
    };
    let package = workspace_root().join("bindings/swift");
    let Swift { folder, seen, .. } = &swift;
    std::fs::create_dir_all(folder)?;
    let name = library.file_name().ok_or("the library has no name")?;
    std::fs::copy(library, folder.join(name))?;
    for part in ["Sources/DigitalKeyFFI", "Sources/DigitalKey", "Tests/DigitalKeyTests", "Example"]
    {
        copy_files(&package.join(part), &folder.join(part))?;
    }
    let seen_text = text(seen);
    // Clang finds the map of a module by its name only when it is told with its whole path.
    let modules = format!(
        "-Xcc -fmodule-map-file={seen_text}/Sources/DigitalKeyFFI/module.modulemap -I {seen_text}"
    );
    swift
        .program("swiftc")
        .args(
            "-swift-version 6 -parse-as-library -emit-module -emit-library -module-name DigitalKey",
        )
        .args(&modules)
        .args(&format!("-L {seen_text} -ldigital_key"))
        .args(&format!("-emit-module-path {seen_text}/DigitalKey.swiftmodule"))
        .args(&format!("-o {seen_text}/{}", library_name("DigitalKey")))
        .args(&sources(folder, seen, "Sources/DigitalKey")?)
        .run()?;
    let using = format!("-swift-version 6 -parse-as-library {modules} -L {seen_text}");
    swift
        .program("swiftc")
        .args(&format!("{using} -typecheck"))
        .args(&sources(folder, seen, "Example")?)
        .run()?;
    let tests = seen.join("tests");
    swift
        .program("swiftc")
        .args(&format!("{using} -lDigitalKey -ldigital_key -Xlinker -rpath -Xlinker {seen_text}"))
        .args(&format!("-o {}", tests.display()))
        .args(&sources(folder, seen, "Tests/DigitalKeyTests")?)
        .run()?;
    Ok(Tests::Ready(swift.program(tests)))
}

fn library_name(module: &str) -> String {
    format!("{}{module}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Copies the files of a folder, in place of those that were there.
fn copy_files(from: &Path, to: &Path) -> Result<(), Failure> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The sources of a part, as the compiler sees them.
fn sources(folder: &Path, seen: &Path, part: &str) -> Result<String, Failure> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(folder.join(part))? {
        sources.push(text(&seen.join(part).join(entry?.file_name())));
    }
    sources.sort();
    Ok(sources.join(" "))
}
