//! The tests in Swift: with the compiler of the system, or with the one of a whole Debian in the
//! cache, which runs in there and for which one has to be root.

use std::path::{Path, PathBuf};

use super::{Tests, cache, text};
use crate::Failure;
use crate::command::{Program, program, workspace_root};

/// Runs a program in the Debian `$0`, which sees the workspace `$1` below /mnt. What is mounted goes
/// with the process.
const ENTER: &str = r#"
mount --rbind /proc "$0/proc" && mount --bind "$1" "$0/mnt" && shift &&
    exec chroot "$0" env LD_LIBRARY_PATH=/usr/libexec/swift/lib/swift/linux "$@"
"#;

/// A Swift compiler.
struct Swift {
    /// The Debian that it stands in; `None` = this system.
    debian: Option<PathBuf>,
    /// The workspace, as it is seen there.
    workspace: PathBuf,
}

impl Swift {
    fn find() -> Option<Self> {
        let installed = Self { debian: None, workspace: workspace_root().into() };
        let cached = Self { debian: Some(cache().join("swift")), workspace: "/mnt".into() };
        let runs = |swift: &Self| swift.program("swiftc").argument("--version").output().is_ok();
        [installed, cached].into_iter().find(runs)
    }

    /// A program of the system that the compiler stands in.
    fn program(&self, path: impl AsRef<Path>) -> Program {
        match &self.debian {
            None => program(path.as_ref(), ""),
            Some(debian) => program("unshare", "--mount sh -c")
                .argument(ENTER)
                .argument(debian)
                .argument(workspace_root())
                .argument(path.as_ref()),
        }
    }

    /// The sources of a part of the package.
    fn sources(&self, part: &str) -> Result<String, Failure> {
        let part = Path::new("bindings/swift").join(part);
        let mut sources = Vec::new();
        for entry in std::fs::read_dir(workspace_root().join(&part))? {
            sources.push(text(&self.workspace.join(&part).join(entry?.file_name())));
        }
        sources.sort();
        Ok(sources.join(" "))
    }
}

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, Failure> {
    let Some(swift) = Swift::find() else {
        return Ok(Tests::Missing("there is no Swift compiler that could be run".to_owned()));
    };
    let seen = |path: &Path| -> Result<String, Failure> {
        Ok(text(&swift.workspace.join(path.strip_prefix(workspace_root())?)))
    };
    let built = seen(folder)?;
    let libraries = seen(library.parent().ok_or("the library lies in no folder")?)?;
    let module = seen(&workspace_root().join("bindings/swift/Sources/DigitalKeyFFI"))?;
    // Clang takes the map of a module only by its whole path.
    let common = format!(
        "-parse-as-library -Xcc -fmodule-map-file={module}/module.modulemap \
         -I {built} -L {built} -L {libraries} \
         -Xlinker -rpath -Xlinker {built} -Xlinker -rpath -Xlinker {libraries}"
    );
    let library =
        format!("{}DigitalKey{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let compile = |what: &str, part| -> Result<(), Failure> {
        swift.program("swiftc").args(&common).args(what).args(&swift.sources(part)?).run()
    };
    // Swift 6.0 breaks off on UniFFI's sources in its own language mode, and takes them in that of 5.
    compile(
        &format!(
            "-swift-version 5 -module-name DigitalKey -emit-library -o {built}/{library} \
             -emit-module -emit-module-path {built}/DigitalKey.swiftmodule -ldigital_key"
        ),
        "Sources/DigitalKey",
    )?;
    compile("-swift-version 6 -typecheck", "Example")?;
    let tests = format!("-swift-version 6 -o {built}/tests -lDigitalKey -ldigital_key");
    compile(&tests, "Tests/DigitalKeyTests")?;
    Ok(Tests::Ready(swift.program(format!("{built}/tests"))))
}
