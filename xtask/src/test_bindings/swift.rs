//! The tests in Swift: with the compiler of the system, or with the one of a whole Debian in the
//! cache, which runs in there and for which one has to be root.

use std::path::{Path, PathBuf};

use super::{Tests, cache, text};
use crate::Failure;
use crate::command::{Program, program, target_folder, workspace_root};

/// Runs a program in the Debian `$0`, which sees the workspace `$1` below /mnt and the target folder
/// `$2` below /media. What is mounted goes with the process.
const ENTER: &str = r#"
mount --rbind /proc "$0/proc" && mount --bind "$1" "$0/mnt" && mount --bind "$2" "$0/media" &&
    shift 2 && exec chroot "$0" env LD_LIBRARY_PATH=/usr/libexec/swift/lib/swift/linux "$@"
"#;

/// A Swift compiler.
struct Swift {
    /// The Debian that it stands in; `None` = this system.
    debian: Option<PathBuf>,
    /// The workspace, as it is seen there.
    workspace: PathBuf,
    /// The target folder, as it is seen there.
    target: PathBuf,
}

impl Swift {
    fn find() -> Option<Self> {
        let installed =
            Self { debian: None, workspace: workspace_root().into(), target: target_folder() };
        let debian = Some(cache().join("swift"));
        let cached = Self { debian, workspace: "/mnt".into(), target: "/media".into() };
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
                .argument(target_folder())
                .argument(path.as_ref()),
        }
    }

    /// A path in the target folder, as it is seen there.
    fn seen(&self, path: &Path) -> Result<String, Failure> {
        Ok(text(&self.target.join(path.strip_prefix(target_folder())?)))
    }

    /// The sources of a part of the package.
    fn sources(&self, part: &str) -> Result<String, Failure> {
        let part = Path::new("crates/bindings/packages/swift").join(part);
        let mut sources = Vec::new();
        for entry in std::fs::read_dir(workspace_root().join(&part))? {
            sources.push(text(&self.workspace.join(&part).join(entry?.file_name())));
        }
        sources.sort();
        Ok(sources.join(" "))
    }
}

/// What every call of the compiler needs, in the folder of the tests.
struct Package {
    swift: Swift,
    /// The folder, as the compiler sees it.
    built: String,
    common: String,
}

impl Package {
    fn find(folder: &Path, library: &Path) -> Result<Option<Self>, Failure> {
        let Some(swift) = Swift::find() else { return Ok(None) };
        let built = swift.seen(folder)?;
        let libraries = swift.seen(library.parent().ok_or("the library lies in no folder")?)?;
        let module = swift.workspace.join("crates/bindings/packages/swift/Sources/DigitalKeyFFI");
        let module = module.display();
        // Clang takes the map of a module only by its whole path.
        let common = format!(
            "-parse-as-library -Xcc -fmodule-map-file={module}/module.modulemap \
             -I {built} -L {built} -L {libraries} \
             -Xlinker -rpath -Xlinker {built} -Xlinker -rpath -Xlinker {libraries}"
        );
        Ok(Some(Self { swift, built, common }))
    }

    fn compile(&self, what: &str, sources: &str) -> Result<(), Failure> {
        self.swift.program("swiftc").args(&self.common).args(what).args(sources).run()
    }

    /// Builds a library of this package, and its module.
    fn build(&self, module: &str, how: &str, sources: &str) -> Result<(), Failure> {
        let Self { built, .. } = self;
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        self.compile(
            &format!(
                "{how} -module-name {module} -emit-library -o {built}/{prefix}{module}{suffix} \
                 -emit-module -emit-module-path {built}/{module}.swiftmodule"
            ),
            sources,
        )
    }
}

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, Failure> {
    let Some(package) = Package::find(folder, library)? else {
        let missing = "there is no Swift compiler that could be run: on Debian \
                       .ci/install-compilers installs one, and root runs it";
        return Ok(Tests::Missing(missing.to_owned()));
    };
    let Package { swift, built, .. } = &package;
    // What is for iOS alone is built on stubs of Apple's libraries; a Mac has the Keychain itself.
    let stubs = if cfg!(target_os = "macos") { &["UIKit"][..] } else { &["Security", "UIKit"] };
    for stub in stubs {
        package.build(stub, "-swift-version 6", &swift.sources(&format!("Tests/Stubs/{stub}"))?)?;
    }
    // Swift 6.0 breaks off on UniFFI's sources in its own language mode, and takes them in that of 5.
    let how = "-swift-version 5 -ldigital_key_bindings -lUIKit";
    package.build("DigitalKey", how, &swift.sources("Sources/DigitalKey")?)?;
    package.compile("-swift-version 6 -typecheck", &swift.sources("Example")?)?;
    let tests =
        format!("-swift-version 6 -o {built}/tests -lDigitalKey -ldigital_key_bindings -lUIKit");
    package.compile(&tests, &swift.sources("Tests/DigitalKeyTests")?)?;
    Ok(Tests::Ready(swift.program(format!("{built}/tests"))))
}

/// The programs of the pages. What is no program is checked only.
pub(super) fn build_pages(
    folder: &Path,
    library: &Path,
    programs: &[PathBuf],
    others: &[PathBuf],
) -> Result<Vec<Program>, Failure> {
    let package = Package::find(folder, library)?.ok_or("the Swift compiler has gone")?;
    // An app for iOS has them all.
    let mut seen = Vec::new();
    for file in others {
        seen.push(package.swift.seen(file)?);
    }
    package.compile("-swift-version 6 -typecheck", &seen.join(" "))?;
    let build = |file: &PathBuf| {
        let source = package.swift.seen(file)?;
        let program = source.trim_end_matches(".swift");
        let how = format!("-swift-version 6 -o {program} -lDigitalKey -ldigital_key_bindings");
        package.compile(&how, &source)?;
        // Where Foundation keeps the files of an app on Linux: a folder that is empty each time.
        let files = package.swift.seen(&file.with_extension("files"))?;
        Ok(package.swift.program(program).env("XDG_DATA_HOME", &files))
    };
    programs.iter().map(build).collect()
}
