//! How a view reaches Python, Kotlin and Dart, beside a bare hand-over between two threads of the same
//! language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::contestant::on_cores;
use super::machine::Foreign;
use super::page::{Goal, Row, Section, side_by_side};
use super::{CORES, Effort};
use crate::codegen::bindings;
use crate::command::{Program, program, target_folder, workspace_root};
use crate::dart::{Dart, PACKAGE as DART};
use crate::kotlin::{Kotlin, library_path};
use crate::services::Backend;
use crate::{Outcome, TaskError, dist};

const PYTHON: &str = "crates/bindings/packages/python";
const KOTLIN: &str = "crates/bindings/packages/kotlin";

/// How often a program repeats what it measures.
const REPETITIONS: usize = 1_000;

/// A language with a program that prints figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Language {
    Python,
    Kotlin,
    /// Dart and its native half, the one in Kotlin, talk over a socket.
    Dart,
}

impl Language {
    const ALL: [Self; 3] = [Self::Python, Self::Kotlin, Self::Dart];
}

/// The values of each figure, one for each round.
type Figures = BTreeMap<(Language, String), Vec<f64>>;

/// The built programs.
struct Programs {
    folder: PathBuf,
    library: PathBuf,
    kotlin: Kotlin,
    dart: Dart,
    backend: Backend,
}

impl Programs {
    /// Builds them for this library, or says what is missing.
    fn build(library: PathBuf) -> Result<Result<Self, String>, TaskError> {
        let (kotlin, dart) = match Kotlin::find().and_then(|kotlin| Ok((kotlin, Dart::find()?))) {
            Ok(found) => found,
            Err(missing) => return Ok(Err(missing)),
        };
        let folder = target_folder().join("bench/boundary");
        std::fs::create_dir_all(&folder)?;
        dist::python::copy_package(&library, &folder)?;
        let sources = [
            Path::new(KOTLIN).join("src/main"),
            Path::new(KOTLIN).join("tests/MemoryCache.kt"),
            Path::new(KOTLIN).join("bench"),
            Path::new(DART).join("android/src/main"),
            Path::new(DART).join("test/stubs/kotlin"),
            Path::new(DART).join("test/jvm"),
        ];
        let sources = sources.each_ref().map(PathBuf::as_path);
        kotlin.compile(&[], &folder.join("classes"), &sources)?;
        let backend = Backend::start("")?;
        Ok(Ok(Self { folder, library, kotlin, dart, backend }))
    }

    fn program(&self, language: Language) -> Result<Program, TaskError> {
        let Self { folder, library, kotlin, dart, backend } = self;
        let java = || {
            let java = kotlin.java(&[&folder.join("classes")]);
            Ok::<_, TaskError>(java.argument(library_path(library)?))
        };
        Ok(match language {
            Language::Python => program("python3", "-B")
                .argument(Path::new(PYTHON).join("bench/boundary.py"))
                .env("PYTHONPATH", &folder.display().to_string()),
            Language::Kotlin => java()?.argument("digitalkey.bench.BoundaryKt"),
            Language::Dart => {
                let package = workspace_root().join(DART);
                let packages = [
                    ("digital_key", package.join("lib")),
                    ("flutter", package.join("test/stubs/flutter/lib")),
                ];
                let main = package.join("test/bench_boundary.dart");
                let dart = dart.command(folder, &packages, &main)?;
                dart.iter()
                    .fold(java()?.argument("digitalkey.flutter.test.MainKt"), Program::argument)
                    .env("DIGITAL_KEY_BFF", &backend.bff)
                    .env("DIGITAL_KEY_CONTROL", &backend.control)
            }
        })
    }

    /// Lets each program repeat what it measures, and adds a value to each figure.
    fn run(
        &self,
        repetitions: usize,
        figures: &mut Figures,
        foreign: &mut Foreign,
    ) -> Result<(), TaskError> {
        let [first, second] = CORES;
        for language in Language::ALL {
            let program = self.program(language)?.argument(repetitions.to_string());
            let pinned =
                on_cores(&format!("{first},{second}")).args("sh -c").argument(program.shell());
            let printed = foreign.watch(&[self.backend.process.id()], || pinned.output())?;
            for (name, value) in read(&printed)? {
                figures.entry((language, name)).or_default().push(value);
            }
        }
        Ok(())
    }
}

/// Reads lines such as `streamed 48.5`.
fn read(printed: &str) -> Result<Vec<(String, f64)>, TaskError> {
    let line = |line: &str| {
        let (name, value) = line.split_once(' ').ok_or_else(|| format!("no figure: {line}"))?;
        Ok((name.to_owned(), value.parse()?))
    };
    printed.lines().map(line).collect()
}

/// Measures the three languages, with the library of their packages.
pub(super) fn measure(effort: &Effort, foreign: &mut Foreign) -> Result<Section, TaskError> {
    bindings::write_sources()?;
    let programs = Programs::build(dist::library_of_this_system()?)??;
    foreign.expect_quiet()?;
    let mut figures = Figures::new();
    for _ in 0..effort.rounds {
        programs.run(REPETITIONS, &mut figures, foreign)?;
    }
    let of = |language, name: &str| {
        figures.get(&(language, name.to_owned())).map_or(&[][..], Vec::as_slice)
    };
    let row = |language, what: &str, name, peer, peer_name, goal| {
        let what = format!("{language:?}: {what}, µs");
        Row::new(&what, peer, of(language, name), of(language, peer_name), 1, goal)
    };
    let mut rows = Vec::new();
    for (language, peer, goal) in [
        (Language::Python, "thread and event loop", Goal::AtMost(1.3)),
        (Language::Kotlin, "two channels between threads", Goal::None),
    ] {
        rows.extend([
            row(language, "dispatch to the streamed view", "streamed", peer, "floor", goal),
            row(language, "dispatch to the listener's view", "listener", peer, "floor", goal),
            row(language, "dispatch to the polled view", "polled", peer, "floor", goal),
            row(
                language,
                "dispatch to the listener's view",
                "listener",
                "the streamed view",
                "streamed",
                Goal::AtMost(1.0),
            ),
            row(language, "`view()`", "view", "a call without an answer", "call", Goal::None),
        ]);
    }
    rows.push(row(
        Language::Dart,
        "dispatch to the streamed view",
        "streamed",
        "echo of a view",
        "floor",
        Goal::None,
    ));
    let method = format!(
        "The library has the profile `phone`, and the programs both cores. {} rounds; a round is the \
         median of {REPETITIONS}.",
        effort.rounds
    );
    Ok(Section { name: "boundary", method, table: side_by_side(&rows) })
}

/// Runs each program for a moment, with the library that is built for tests.
pub(super) fn check() -> Result<Outcome, TaskError> {
    let programs = match Programs::build(bindings::write_sources()?)? {
        Ok(programs) => programs,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    let mut figures = Figures::new();
    programs.run(10, &mut figures, &mut Foreign::new(true))?;
    for ((language, name), values) in figures {
        println!("{language:?}, {name}: {values:?} µs");
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_figure() {
        let read = |printed| read(printed).map_err(|error| error.to_string());
        let expected = vec![("floor".to_owned(), 21.5), ("view".to_owned(), 12.0)];
        assert_eq!(read("floor 21.5\nview 12\n"), Ok(expected));
        assert_eq!(read("floor 1\nlost\n"), Err("no figure: lost".to_owned()));
        assert!(read("floor x\n").is_err());
    }
}
