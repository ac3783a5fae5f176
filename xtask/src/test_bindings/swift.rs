//! The tests in Swift.
//!
//! Xcode 26 puts the code of a new app on the main actor by default. What an app contains, the example
//! and the pages, is type-checked in this way too, if there is a compiler that can, which is Swift 6.2.

use std::path::{Path, PathBuf};

use super::{HOMES, Tests};
use crate::TaskError;
use crate::command::Program;
use crate::swift::{MISSING, Swift};

/// The stubs of Apple's libraries, on which the code for iOS is built; a Mac has all but the last.
const STUBS: [&str; 4] = ["Combine", "Security", "SwiftUI", "UIKit"];

/// The Swift half of the Flutter package, which only a Mac can build with Flutter.
const FLUTTER_HALF: &str = "../dart/ios/digital_key/Sources/digital_key";

/// The option of a new app in Xcode 26.
const ISOLATED: &str = "-default-isolation MainActor";

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
        return Ok(Tests::Missing(MISSING.to_owned()));
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
