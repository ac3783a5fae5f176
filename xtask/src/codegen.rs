//! The generated pages of `docs/generated`, and the listings of the interfaces of the packages.

pub(crate) mod bindings;
mod dart;
mod flow;
mod index;
pub(crate) mod rules;
mod settings;
mod texts;

use clap::ValueEnum;

use crate::TaskError;
use crate::command::{program, workspace_root};

/// Some of the generated pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Where each rule is kept and checked.
    Rules,
    /// What leads from page to page.
    Flow,
    /// The suggested texts in all languages, and the same as files for Apple's, Android and Flutter
    /// apps, which git ignores.
    Texts,
    /// The settings of the BFF, in the README of its crate.
    Settings,
    /// The values that cross the channel of the Flutter package, in Dart, Kotlin and Swift.
    Dart,
    /// What the packages for Swift, Kotlin and Python declare, and their generated sources, which git
    /// ignores; only when named, since the library and the generator have to be built for it.
    Bindings,
}

/// A generated page.
struct Page {
    /// The file, seen from the workspace's root.
    path: &'static str,
    text: String,
}

impl Part {
    fn pages(self) -> Result<Vec<Page>, TaskError> {
        match self {
            Self::Rules => index::pages(),
            Self::Flow => flow::pages(),
            Self::Texts => texts::pages(),
            Self::Settings => settings::pages(),
            Self::Dart => dart::pages(),
            Self::Bindings => bindings::pages(),
        }
    }

    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Writes the pages of these parts, or of all that are quick when none is named.
pub(crate) fn write(parts: &[Part]) -> Result<(), TaskError> {
    for page in pages(parts)?.into_iter().map(|(_, page)| page) {
        let path = workspace_root().join(page.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, page.text)?;
        println!("wrote {}", page.path);
    }
    Ok(())
}

/// Whether the pages of these parts are what would be written.
pub(crate) fn check(parts: &[Part]) -> Result<(), TaskError> {
    let mut stale = Vec::new();
    for (part, page) in pages(parts)? {
        // A page that cannot be read is as good as none.
        let found = std::fs::read_to_string(workspace_root().join(page.path)).unwrap_or_default();
        if found == page.text {
            println!("{} is up to date", page.path);
        } else {
            stale.push(format!(
                "{} is stale: run `cargo xtask codegen {}` and commit the page",
                page.path,
                part.name()
            ));
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(stale.join("\n").into()) }
}

fn pages(parts: &[Part]) -> Result<Vec<(Part, Page)>, TaskError> {
    let all = Part::value_variants();
    let mut pages = Vec::new();
    let quick = |part: &Part| parts.is_empty() && *part != Part::Bindings;
    for part in all.iter().copied().filter(|part| quick(part) || parts.contains(part)) {
        pages.extend(part.pages()?.into_iter().map(|page| (part, page)));
    }
    Ok(pages)
}

/// The files of the workspace that git does not ignore and that are text, with what they hold.
fn files() -> Result<Vec<(String, String)>, TaskError> {
    let listing = program("git", "ls-files --cached --others --exclude-standard").output()?;
    let mut files: Vec<_> = listing
        .lines()
        .filter_map(|path| {
            let text = std::fs::read_to_string(workspace_root().join(path)).ok()?;
            Some((path.to_owned(), text))
        })
        .collect();
    files.sort();
    Ok(files)
}
