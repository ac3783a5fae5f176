//! The code on the pages of `docs/clients`, which the tests compile and run unchanged.
//!
//! A block of code names its file after its language, as in "swift FirstPage.swift". A block of text
//! with the same name is the output of that file as a program; a file without output is only
//! compiled. A block that cannot be compiled here says "uncompiled" instead of a name. An indented
//! block is an error, since the tests would miss it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{Program, workspace_root};

const FOLDER: &str = "docs/clients";

/// The base URL on the pages, which is the backend's default.
const BFF: &str = "http://127.0.0.1:8480";

/// The endings of file names, each after the word with which the blocks of its language begin.
const ENDINGS: [(&str, &str); 4] =
    [("dart", ".dart"), ("kotlin", ".kt"), ("python", ".py"), ("swift", ".swift")];

/// The files on the pages that are written in one language.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Snippets {
    files: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
}

impl Snippets {
    /// Reads the blocks of a language, by the word with which they begin, from all pages.
    pub(super) fn of(language: &str) -> Result<Self, TaskError> {
        let mut snippets = Self::default();
        for entry in std::fs::read_dir(workspace_root().join(FOLDER))? {
            let path = entry?.path();
            let read = snippets.read(&std::fs::read_to_string(&path)?, language);
            read.map_err(|what| format!("{}: {what}", path.display()))?;
        }
        snippets.keep_own_outputs(language)?;
        if snippets.files.is_empty() {
            return Err(format!("no page in {FOLDER} has code in {language}").into());
        }
        Ok(snippets)
    }

    /// Drops the outputs of other languages; an output without a file is an error.
    fn keep_own_outputs(&mut self, language: &str) -> Result<(), TaskError> {
        let is_foreign = |name: &str| {
            ENDINGS.iter().any(|(other, end)| *other != language && name.ends_with(end))
        };
        let files = &self.files;
        let is_stray = |name: &&String| !files.contains_key(*name) && !is_foreign(name);
        if let Some(name) = self.outputs.keys().find(is_stray) {
            return Err(format!("a page has the output of {name}, and no page has the file").into());
        }
        self.outputs.retain(|name, _| files.contains_key(name));
        Ok(())
    }

    fn read(&mut self, page: &str, language: &str) -> Result<(), TaskError> {
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else {
                if line.trim_start().starts_with("```") {
                    return Err(format!("a block is indented: `{line}`").into());
                }
                continue;
            };
            let text: String = lines
                .by_ref()
                .take_while(|line| *line != "```")
                .flat_map(|it| [it, "\n"])
                .collect();
            let block = match info.split_once(' ') {
                Some((found, "uncompiled")) if found == language => continue,
                Some((found, name)) if found == language => self.files.entry(name.to_owned()),
                Some(("text", name)) => self.outputs.entry(name.to_owned()),
                None if info == language => return Err("a block has no file name".into()),
                _ => continue,
            };
            let block = block.or_default();
            if !block.is_empty() {
                return Err(format!("{info} is there twice").into());
            }
            *block = text;
        }
        Ok(())
    }

    /// Writes the files, with this BFF in them, into a folder that is emptied before. Returns the
    /// programs, and the other files.
    pub(super) fn write(
        &self,
        folder: &Path,
        bff: &str,
    ) -> Result<(Vec<PathBuf>, Vec<PathBuf>), TaskError> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text.replace(BFF, bff))?;
        }
        let (programs, others): (Vec<_>, Vec<_>) =
            self.files.keys().partition(|name| self.outputs.contains_key(*name));
        let paths = |names: Vec<&String>| names.iter().map(|name| folder.join(name)).collect();
        Ok((paths(programs), paths(others)))
    }

    /// Runs a program of a first page while no backend answers: it has to end, and to say what helps.
    pub(super) fn expect_failure_without_backend(
        &self,
        file: &Path,
        program: Program,
    ) -> Result<(), TaskError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !self.files.get(&*name).is_some_and(|text| text.contains(BFF)) {
            return Ok(());
        }
        let said = program.failure()?;
        if said.contains("doctor") {
            println!("{name} ends with a helpful line when no backend answers");
            return Ok(());
        }
        Err(format!("{name} without a backend said\n{said}").into())
    }

    /// Runs a program and compares what it prints with the page.
    pub(super) fn expect(&self, file: &Path, program: Program) -> Result<(), TaskError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let expected = self.outputs.get(&*name).map_or("", String::as_str);
        let printed = program.output()?;
        if printed == expected {
            println!("{name} prints what its page says");
            return Ok(());
        }
        Err(format!("{name} printed\n{printed}\nbut its page says\n{expected}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> Result<Snippets, String> {
        let mut snippets = Snippets::default();
        snippets.read(page, "swift").map_err(|error| error.to_string())?;
        Ok(snippets)
    }

    #[test]
    fn blocks_are_read_by_their_language_and_name() {
        let page = "# A\n```swift A.swift\na\n\nb\n```\n```text A.swift\n1\n```\n```sh\nls\n```\n\
                    ```swift uncompiled\nc\n```\n```kotlin\nd\n```\n";
        let snippets = read(page).unwrap();
        assert_eq!(snippets.files, BTreeMap::from([("A.swift".into(), "a\n\nb\n".into())]));
        assert_eq!(snippets.outputs, BTreeMap::from([("A.swift".into(), "1\n".into())]));
    }

    #[test]
    fn no_block_is_missed() {
        assert_eq!(read("```swift\na\n```\n").unwrap_err(), "a block has no file name");
        let twice = "```swift A.swift\na\n```\n".repeat(2);
        assert_eq!(read(&twice).unwrap_err(), "swift A.swift is there twice");
        let indented = "1. First:\n\n   ```swift A.swift\n   a\n   ```\n";
        assert!(read(indented).unwrap_err().contains("indented"));
    }

    #[test]
    fn the_pages_can_be_read() {
        for (language, _) in ENDINGS {
            assert!(!Snippets::of(language).unwrap().files.is_empty(), "{language}");
        }
    }

    #[test]
    fn all_languages_draw_the_same_screen() {
        let output = |language: &str, name: &str| {
            Snippets::of(language).unwrap().outputs.remove(name).unwrap()
        };
        let screens = output("swift", "PairingTest.swift");
        assert!(screens.lines().count() > 5, "{screens}");
        assert_eq!(output("kotlin", "PairingTest.kt"), screens);
        assert_eq!(output("python", "pairing_test.py"), screens);
        for file in ["docs/clients/rust.md", "crates/bindings/packages/dart/test/pairing.dart"] {
            let text = std::fs::read_to_string(workspace_root().join(file)).unwrap();
            let quoted = text.replace(['\'', '"'], "");
            let lines: Vec<_> = screens.lines().map(|line| format!("{line},")).collect();
            let found: Vec<_> =
                quoted.lines().map(str::trim).filter(|it| lines.iter().any(|l| l == it)).collect();
            assert_eq!(found, lines, "{file}");
        }
    }

    #[test]
    fn an_output_belongs_to_a_file() {
        let kept = |output: &str| {
            let page = format!("```swift A.swift\na\n```\n```text {output}\n1\n```\n");
            let mut snippets = read(&page).unwrap();
            snippets.keep_own_outputs("swift").map(|()| snippets.outputs.len()).ok()
        };
        assert_eq!(kept("A.swift"), Some(1));
        assert_eq!(kept("A.kt"), Some(0), "the other language's");
        assert_eq!(kept("B.swift"), None);
        assert_eq!(kept("A.swfit"), None, "no language's");
    }
}
