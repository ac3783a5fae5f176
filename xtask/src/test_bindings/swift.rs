//! The tests in Swift, with the compiler of this system, or with that of a whole Debian in the cache,
//! which only root can enter.
//!
//! Xcode 26 puts the code of a new app on the main actor by default. What an app contains, the example
//! and the pages, is type-checked in this way too, if there is a compiler that can, which is Swift 6.2.

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

/// The stubs of Apple's libraries, on which the code for iOS is built; a Mac has all but the last.
const STUBS: [&str; 4] = ["Combine", "Security", "SwiftUI", "UIKit"];

/// The Swift half of the Flutter package, which only a Mac can build with Flutter.
const FLUTTER_HALF: &str = "../dart/ios/digital_key/Sources/digital_key";

/// The option of a new app in Xcode 26.
const ISOLATED: &str = "-default-isolation MainActor";

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
    /// The first compiler that accepts these options.
    fn find(options: &str) -> Option<Self> {
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

    /// The sources of a part of the package, with those in its folders.
    fn sources(&self, part: &str) -> Result<String, TaskError> {
        let part = Path::new("crates/bindings/packages/swift").join(part);
        let mut sources = Vec::new();
        let mut folders = vec![part];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(workspace_root().join(&folder))? {
                let path = folder.join(entry?.file_name());
                if path.extension().is_some_and(|it| it == "swift") {
                    sources.push(text(&self.workspace.join(path)));
                } else if workspace_root().join(&path).is_dir() {
                    folders.push(path);
                }
            }
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
    /// The package that the tests use, in this folder.
    fn find(folder: &Path, library: &Path) -> Result<Option<Self>, TaskError> {
        Swift::find("").map(|swift| Self::of(swift, folder, library)).transpose()
    }

    /// The package for a compiler that knows the dialect of Xcode 26.
    fn find_isolated(folder: &Path, library: &Path) -> Result<Option<Self>, TaskError> {
        let folder = folder.join("isolated");
        std::fs::create_dir_all(&folder)?;
        let package = Swift::find(ISOLATED).map(|swift| Self::of(swift, &folder, library));
        if package.is_none() {
            println!("not checked on the main actor by default: no compiler of Swift 6.2");
        }
        package.transpose()
    }

    fn of(swift: Swift, folder: &Path, library: &Path) -> Result<Self, TaskError> {
        let built = swift.seen(folder)?;
        let libraries = swift.seen(library.parent().ok_or("the library is in no folder")?)?;
        let module = swift.workspace.join("crates/bindings/packages/swift/Sources/DigitalKeyFFI");
        let module = module.display();
        // Clang finds the map of a module only by its whole path.
        let options = format!(
            "-swift-version 6 -parse-as-library \
             -Xcc -fmodule-map-file={module}/module.modulemap \
             -I {built} -L {built} -L {libraries} \
             -Xlinker -rpath -Xlinker {built} -Xlinker -rpath -Xlinker {libraries}"
        );
        Ok(Self { swift, built, options })
    }

    fn compile(&self, options: &str, sources: &str) -> Result<(), TaskError> {
        self.swift.program("swiftc").args(&self.options).args(options).args(sources).run()
    }

    /// Builds the package on stubs of Apple's libraries, or with `-emit-module` their modules only.
    fn build(&self, emit: &str) -> Result<(), TaskError> {
        for stub in self.stubs() {
            self.build_part(stub, emit, &self.swift.sources(&format!("Tests/Stubs/{stub}"))?)?;
        }
        let options = format!("{emit} -D DEBUG -ldigital_key_bindings {}", self.links());
        self.build_part("DigitalKey", &options, &self.swift.sources("Sources/DigitalKey")?)?;
        self.build_part("Flutter", emit, &self.swift.sources("../dart/test/stubs/swift")?)
    }

    /// Builds a library or a module.
    fn build_part(&self, module: &str, options: &str, sources: &str) -> Result<(), TaskError> {
        let Self { built, .. } = self;
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        let library = match options.contains("-emit-library") {
            true => format!("-o {built}/{prefix}{module}{suffix}"),
            false => String::new(),
        };
        self.compile(
            &format!(
                "{options} -module-name {module} {library} \
                 -emit-module -emit-module-path {built}/{module}.swiftmodule"
            ),
            sources,
        )
    }

    /// The stubs that this system needs.
    fn stubs(&self) -> &'static [&'static str] {
        if cfg!(target_os = "macos") { &STUBS[3..] } else { &STUBS }
    }

    /// The options that link the stubs.
    fn links(&self) -> String {
        self.stubs().iter().map(|stub| format!("-l{stub} ")).collect()
    }

    /// Type-checks what is compiled into an app, with these options.
    fn check(&self, options: &str) -> Result<(), TaskError> {
        let options = format!("{options} -typecheck");
        self.compile(&options, &self.swift.sources("Example")?)?;
        // Without `DEBUG`, as in a release build, which has no simulated sheet.
        self.compile(&options, &self.swift.sources(FLUTTER_HALF)?)
    }
}

pub(super) fn build(folder: &Path, library: &Path) -> Result<Tests, TaskError> {
    let Some(package) = Package::find(folder, library)? else {
        let missing = "no Swift compiler: on Debian .ci/install-compilers installs one for root";
        return Ok(Tests::Missing(missing.to_owned()));
    };
    package.build("-emit-library")?;
    package.check("")?;
    if let Some(isolated) = Package::find_isolated(folder, library)? {
        isolated.build("")?;
        isolated.build_part("digital_key", "-D DEBUG", &isolated.swift.sources(FLUTTER_HALF)?)?;
        isolated.check(ISOLATED)?;
    }
    let Package { swift, built, .. } = &package;
    let half = swift.sources(FLUTTER_HALF)?;
    package.build_part("digital_key", "-emit-library -D DEBUG -lDigitalKey -lFlutter", &half)?;
    let programs = [("tests", "Tests/DigitalKeyTests"), ("half", "../dart/test/swift")];
    for (program, sources) in programs {
        let libraries = format!(
            "-lDigitalKey -ldigital_key_bindings -ldigital_key -lFlutter {}",
            package.links()
        );
        let options = format!("-D DEBUG -o {built}/{program} {libraries}");
        package.compile(&options, &swift.sources(sources)?)?;
    }
    let both = format!("{built}/tests && {built}/half");
    Ok(Tests::Ready(swift.program("sh").argument("-c").argument(both)))
}

/// The app that the feature files run.
pub(super) fn feature_app(folder: &Path, library: &Path) -> Result<Program, TaskError> {
    let package = Package::find(folder, library)?.ok_or("the Swift compiler is gone")?;
    let app = format!("{}/feature-app", package.built);
    let options = format!("-o {app} -lDigitalKey -ldigital_key_bindings {}", package.links());
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
    let check = |package: &Package, options: &str| {
        let mut seen = Vec::new();
        for file in others {
            seen.push(package.swift.seen(file)?);
        }
        package.compile(&format!("{options} -typecheck"), &seen.join(" "))
    };
    check(&package, "")?;
    if let Some(isolated) = Package::find_isolated(folder, library)? {
        check(&isolated, ISOLATED)?;
    }
    let build = |file: &PathBuf| {
        let source = package.swift.seen(file)?;
        let program = source.trim_end_matches(".swift");
        let options =
            format!("-o {program} -lDigitalKey -ldigital_key_bindings {}", package.links());
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
