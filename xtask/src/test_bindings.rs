//! Pairs a car from Swift, Kotlin, Python and Dart, each with its real compiler, against the running
//! backend, and runs the code of the pages for clients and the feature files.

mod dart;
mod kotlin;
mod page;
mod python;
mod swift;

use std::path::Path;

use clap::ValueEnum;

use crate::Outcome;
use crate::TaskError;
use crate::codegen::bindings;
use crate::command::{Program, cargo, target_folder};
use crate::services::Backend;
use page::Snippets;

/// A language that has a package.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    /// Swift 6.
    Swift,
    /// Kotlin 2, on a JVM.
    Kotlin,
    /// Python 3.
    Python,
    /// Dart 3, against the Kotlin half of the Flutter package on a JVM.
    Dart,
}

/// The tests of a language.
enum Tests {
    /// The program that runs them, once the backend is up.
    Ready(Program),
    /// The tool that is not installed.
    Missing(String),
}

impl Language {
    /// Builds the tests into a folder.
    fn build(self, folder: &Path, library: &Path) -> Result<Tests, TaskError> {
        match self {
            Self::Swift => swift::build(folder, library),
            Self::Kotlin => kotlin::build(folder, library),
            Self::Python => python::build(folder, library),
            Self::Dart => dart::build(folder, library),
        }
    }

    /// Runs all feature files on an app in this language, which does what the lines on its standard
    /// input say.
    fn run_features(self, folder: &Path, library: &Path) -> Result<(), TaskError> {
        let app = match self {
            Self::Swift => swift::feature_app(folder, library)?,
            Self::Kotlin => kotlin::feature_app(folder, library)?,
            Self::Python => python::feature_app(folder),
            Self::Dart => dart::feature_app(folder, library)?,
        };
        // The tests of the whole workspace are built already.
        cargo("test --quiet --workspace --test features -- --phone").argument(app.shell()).run()
    }

    /// Builds and runs the code of the pages in the folder in which the tests were built: with the
    /// backend, and then without it.
    fn run_pages(self, folder: &Path, library: &Path, backend: Backend) -> Result<(), TaskError> {
        let snippets = Snippets::of(&format!("{self:?}").to_lowercase())?;
        let pages = folder.join("pages");
        let (programs, others) = snippets.write(&pages, &backend.bff)?;
        let runs = match self {
            Self::Swift => swift::build_pages(folder, library, &programs, &others)?,
            Self::Kotlin => kotlin::build_pages(folder, library, &programs)?,
            Self::Python => python::build_pages(folder, &programs, &others)?,
            // Its tests run the code of the page: a program would need an engine.
            Self::Dart => Vec::new(),
        };
        let mut second_runs = Vec::new();
        for (file, [first, second]) in programs.iter().zip(runs) {
            snippets.expect(file, first.within(&pages))?;
            second_runs.push((file, second));
        }
        drop(backend);
        for (file, program) in second_runs {
            snippets.expect_failure_without_backend(file, program.within(&pages))?;
        }
        Ok(())
    }
}

/// The home folders of a program of a page, below the folder of the pages: one for each of its runs,
/// so that no run finds the cache of another.
const HOMES: [&str; 2] = ["home", "home-without-backend"];

/// Runs the tests of these languages, or of all when none is named; reports what could not be run.
pub(crate) fn run(languages: &[Language]) -> Result<Outcome, TaskError> {
    let languages = if languages.is_empty() { Language::value_variants() } else { languages };
    let library = bindings::write_sources_for_tests()?;
    let mut missing = Vec::new();
    for &language in languages {
        println!("\n=== {language:?} ===");
        let folder = target_folder().join("test-bindings").join(format!("{language:?}"));
        std::fs::create_dir_all(&folder)?;
        match language.build(&folder, &library)? {
            Tests::Ready(program) => {
                let backend = Backend::start("")?;
                let run = |program: Program| {
                    program
                        .env("DIGITAL_KEY_BFF", &backend.bff)
                        .env("DIGITAL_KEY_CONTROL", &backend.control)
                        .run()
                };
                run(program)?;
                if matches!(language, Language::Kotlin) {
                    kotlin::run_without_library(&folder)?;
                    match kotlin::shrink(&folder, &library)? {
                        Ok(program) => run(program)?,
                        Err(tool) => missing.push(tool),
                    }
                }
                language.run_pages(&folder, &library, backend)?;
                language.run_features(&folder, &library)?;
                if matches!(language, Language::Python) {
                    missing.extend(python::check_types(&folder)?);
                }
            }
            Tests::Missing(tool) => {
                println!("skipped: {tool}");
                missing.push(tool);
            }
        }
    }
    Ok(Outcome::skipping(&missing))
}

/// A path as an argument.
fn text(path: &Path) -> String {
    path.display().to_string()
}
