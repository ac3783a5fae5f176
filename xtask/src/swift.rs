//! Swift without Xcode: the compiler of this system, or that of a whole Debian in the cache, which only
//! root can enter.

use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{Program, compiler_cache, program, target_folder, workspace_root};

/// Runs a program in the Debian `$0`, which sees the workspace `$1` as /mnt, the target folder `$2` as
/// /media and the same temporary files, and trusts the certificates of this system. The mounts end with
/// the process.
const ENTER: &str = r#"
mount --rbind /proc "$0/proc" && mount --bind "$1" "$0/mnt" && mount --bind "$2" "$0/media" &&
    mount --rbind /tmp "$0/tmp" &&
    mkdir -p "$0/etc/ssl" && mount --bind /etc/ssl "$0/etc/ssl" && shift 2 && exec chroot "$0" env LD_LIBRARY_PATH=/usr/libexec/swift/lib/swift/linux "$@"
"#;

/// A Swift compiler.
pub(crate) struct Swift {
    /// The Debian in which the compiler is installed; `None` = this system.
    debian: Option<PathBuf>,
    /// The workspace, as the compiler sees it.
    pub(crate) workspace: PathBuf,
    /// The target folder, as the compiler sees it.
    target: PathBuf,
}

impl Swift {
    /// The first compiler that accepts these options.
    pub(crate) fn find(options: &str) -> Option<Self> {
        let installed =
            Self { debian: None, workspace: workspace_root().into(), target: target_folder() };
        let cached = |name: &str| Self {
            debian: Some(compiler_cache().join(name)),
            workspace: "/mnt".into(),
            target: "/media".into(),
        };
        let runs = |swift: &Self| {
            swift.program("swiftc").args(options).argument("--version").output().is_ok()
        };
        [installed, cached("swift"), cached("swift-6.2")].into_iter().find(runs)
    }

    /// A program of the system in which the compiler is installed.
    pub(crate) fn program(&self, path: impl AsRef<Path>) -> Program {
        match &self.debian {
            None => program(path.as_ref(), ""),
            Some(debian) => program("unshare", "--mount sh -c")
                .argument(ENTER)
                .argument(debian)
                .argument(workspace_root())
                .argument(target_folder())
                .argument(path.as_ref()),
        }
    }

    /// A path in the target folder, as the compiler sees it.
    pub(crate) fn seen(&self, path: &Path) -> Result<String, TaskError> {
        Ok(self.target.join(path.strip_prefix(target_folder())?).display().to_string())
    }

    /// The sources of a part of the package, with those in its folders.
    pub(crate) fn sources(&self, part: &str) -> Result<String, TaskError> {
        let part = Path::new("crates/bindings/packages/swift").join(part);
        let mut sources = Vec::new();
        let mut folders = vec![part];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(workspace_root().join(&folder))? {
                let path = folder.join(entry?.file_name());
                if path.extension().is_some_and(|it| it == "swift") {
                    sources.push(self.workspace.join(path).display().to_string());
                } else if workspace_root().join(&path).is_dir() {
                    folders.push(path);
                }
            }
        }
        sources.sort();
        Ok(sources.join(" "))
    }
}

/// What is missing without a compiler.
pub(crate) const MISSING: &str =
    "no Swift compiler: on Debian .ci/install-compilers installs one for root";
