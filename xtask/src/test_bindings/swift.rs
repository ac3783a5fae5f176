//! The tests in Swift, with the compiler of this system, or with that of a whole Debian in the cache,
//! which only root can enter.

use std::path::{Path, PathBuf};

use super::{HOMES, Tests, text};
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
struct Swift {
    /// The Debian in which the compiler is installed; `None` = this system.
    debian: Option<PathBuf>,
    /// The workspace, as the compiler sees it.
    workspace: PathBuf,
    /// The target folder, as the compiler sees it.
    target: PathBuf,
}

impl Swift {
    fn find() -> Option<Self> {
        let installed =
            Self { debian: None, workspace: workspace_root().into(), target: target_folder() };
        let debian = Some(compiler_cache().join("swift"));
        let cached = Self { debian, workspace: "/mnt".into(), target: "/media".into() };
        let runs = |swift: &Self| swift.program("swiftc").argument("--version").output().is_ok();
        [installed, cached].into_iter().find(runs)
    }

    /// A program of the system in which the compiler is installed.
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

    /// A path in the target folder, as the compiler sees it.
    fn seen(&self, path: &Path) -> Result<String, TaskError> {
        Ok(text(&self.target.join(path.strip_prefix(target_folder())?)))
    }

    /// The sources of a part of the package.
    fn sources(&self, part: &str) -> Result<String, TaskError> {
        let part = Path::new("crates/bindings/packages/swift").join(part);
        let mut sources = Vec::new();
        for entry in std::fs::read_dir(workspace_root().join(&part))? {
            sources.push(text(&self.workspace.join(&part).join(entry?.file_name())));
        }
        sources.sort();
        Ok(sources.join(" "))
    }
}

/// The compiler and the options that every call needs.
struct Package {
    swift: Swift,
    /// The folder for all that is built, as the compiler sees it.
    built: String,
    options: String,
}

impl Package {
    fn find(folder: &Path, library: &Path) -> Result<Option<Self>, TaskError> {
        let Some(swift) = Swift::find() else { return Ok(None) };
        let built = swift.seen(folder)?;
        let libraries = swift.seen(library.parent().ok_or("the library is in no folder")?)?;
        let module = swift.workspace.join("crates/bindings/packages/swift/Sources/DigitalKeyFFI");
        let module = module.display();
        // Clang finds the map of a module only by its whole path.
        let options = format!(
            "-parse-as-library -Xcc -fmodule-map-file={module}/module.modulemap \
             -I {built} -L {built} -L {libraries} \
             -Xlinker -rpath -Xlinker {built} -Xlinker -rpath -Xlinker {libraries}"
        );
        Ok(Some(Self { swift, built, options }))
    }

    fn compile(&self, options: &str, sources: &str) -> Result<(), TaskError> {
        self.swift.program("swiftc").args(&self.options).args(options).args(sources).run()
    }

    /// Builds a library, and its module.
    fn build(&self, module: &str, options: &str, sources: &str) -> Result<(), TaskError> {
        let Self { built, .. } = self;
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        self.compile(
            &format!(
                "{options} -module-name {module} -emit-library -o {built}/{prefix}{module}{suffix} \
                 -emit-module -emit-module-path {built}/{module}.swiftmodule"
            ),
            sources,
        )
    }
}

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    let Some(package) = Package::find(folder, library)? else {
        let missing = "no Swift compiler: on Debian .ci/install-compilers installs one for root";
        return Ok(Tests::Missing(missing.to_owned()));
    };
    let Package { swift, built, .. } = &package;
    // The code for iOS is built on stubs of Apple's libraries; a Mac has a Keychain of its own.
    let stubs = if cfg!(target_os = "macos") { &["UIKit"][..] } else { &["Security", "UIKit"] };
    for stub in stubs {
        package.build(stub, "-swift-version 6", &swift.sources(&format!("Tests/Stubs/{stub}"))?)?;
    }
    // Swift 6.0 compiles UniFFI's sources only in the language mode of Swift 5.
    let options = "-swift-version 5 -D DEBUG -ldigital_key_bindings -lUIKit";
    package.build("DigitalKey", options, &swift.sources("Sources/DigitalKey")?)?;
    package.compile("-swift-version 6 -typecheck", &swift.sources("Example")?)?;
    // The Swift half of the Flutter package, which only a Mac can build with Flutter.
    package.build("Flutter", "-swift-version 6", &swift.sources("../dart/test/stubs/swift")?)?;
    let half = swift.sources("../dart/ios/digital_key/Sources/digital_key")?;
    // As in a release build, which has no simulated sheet.
    package.compile("-swift-version 6 -typecheck", &half)?;
    package.build("digital_key", "-swift-version 6 -D DEBUG -lDigitalKey -lFlutter", &half)?;
    let programs = [("tests", "Tests/DigitalKeyTests"), ("half", "../dart/test/swift")];
    for (program, sources) in programs {
        let libraries = "-lDigitalKey -ldigital_key_bindings -lUIKit -ldigital_key -lFlutter";
        let options = format!("-swift-version 6 -D DEBUG -o {built}/{program} {libraries}");
        package.compile(&options, &swift.sources(sources)?)?;
    }
    let both = format!("{built}/tests && {built}/half");
    Ok(Tests::Ready(swift.program("sh").argument("-c").argument(both)))
}

/// The app that the feature files run.
pub(super) fn feature_app(folder: &Path, library: &Path) -> Result<Program, TaskError> {
    let package = Package::find(folder, library)?.ok_or("the Swift compiler is gone")?;
    let app = format!("{}/feature-app", package.built);
    let options = format!("-swift-version 6 -o {app} -lDigitalKey -ldigital_key_bindings");
    package.compile(&options, &package.swift.sources("Tests/FeatureApp")?)?;
    Ok(package.swift.program(app))
}

/// The programs of the pages. The other files are only type-checked.
pub(super) fn build_pages(
    folder: &Path,
    library: &Path,
    programs: &[PathBuf],
    others: &[PathBuf],
) -> Result<Vec<[Program; 2]>, TaskError> {
    let package = Package::find(folder, library)?.ok_or("the Swift compiler is gone")?;
    // All at once, as in an app for iOS.
    let mut seen = Vec::new();
    for file in others {
        seen.push(package.swift.seen(file)?);
    }
    package.compile("-swift-version 6 -typecheck", &seen.join(" "))?;
    let build = |file: &PathBuf| {
        let source = package.swift.seen(file)?;
        let program = source.trim_end_matches(".swift");
        let options = format!("-swift-version 6 -o {program} -lDigitalKey -ldigital_key_bindings");
        package.compile(&options, &source)?;
        // Foundation keeps the files of an app here on Linux; the folder is empty in each run.
        let run = |home: &str| {
            let home = package.swift.seen(&file.with_extension(home))?;
            Ok::<_, TaskError>(package.swift.program(program).env("XDG_DATA_HOME", &home))
        };
        let [first, second] = HOMES;
        Ok([run(first)?, run(second)?])
    };
    programs.iter().map(build).collect()
}
