//! Whether the modules of a crate use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

/// The crates whose modules use each other in one direction only.
const CRATES: &[&str] = &[
    "crates/adapters/wallet-ios/src/",
    "crates/adapters/wallet-mock/src/",
    "crates/app/src/",
    "crates/bff/src/",
    "crates/bindings/src/",
    "crates/cli/src/",
    "crates/digital-key/src/",
    "crates/domain/src/",
    "crates/ports/src/",
    "crates/testkit/src/",
    "crates/verification/exploration/src/",
    "crates/verification/fuzz/src/",
    "xtask/src/",
];

/// The modules right below the root of each crate, with what each uses.
#[derive(Default)]
pub(super) struct Modules(BTreeMap<&'static str, BTreeMap<String, BTreeSet<String>>>);

impl Modules {
    /// Reads a file of the workspace. The crate's root, which declares all modules, is none of them.
    pub(super) fn read(&mut self, file: &str, text: &str) {
        let Some((folder, path)) =
            CRATES.iter().find_map(|folder| Some((*folder, file.strip_prefix(folder)?)))
        else {
            return;
        };
        let Some(module) = path.split(['/', '.']).next().filter(|it| !["lib", "main"].contains(it))
        else {
            return;
        };
        let code: String = text.lines().filter(|line| !line.trim().starts_with("//")).collect();
        let used = self.0.entry(folder).or_default().entry(module.to_owned()).or_default();
        for path in code.split("crate::").skip(1) {
            let group = path.strip_prefix('{').and_then(|rest| rest.split('}').next());
            let names = match group {
                Some(group) => group.split(',').map(first_name).collect(),
                None => vec![first_name(path)],
            };
            used.extend(names.into_iter().filter(|name| *name != module).map(str::to_owned));
        }
    }

    /// The circles, as a sentence a crate.
    pub(super) fn problems(self) -> impl Iterator<Item = String> {
        self.0.into_iter().filter_map(|(folder, modules)| {
            let circle = circle(modules);
            let names = Vec::from_iter(circle).join(", ");
            (!names.is_empty()).then(|| format!("{folder}: modules use each other: {names}"))
        })
    }
}

/// The name with which a path begins.
fn first_name(path: &str) -> &str {
    let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    path.trim().split(is_end).next().unwrap_or_default()
}

/// What is left when every module goes that uses none of the others, or that none of them uses.
fn circle(mut modules: BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    loop {
        let names: BTreeSet<_> = modules.keys().cloned().collect();
        let used: BTreeSet<_> = modules.values().flatten().cloned().collect();
        modules.retain(|name, uses| used.contains(name) && !uses.is_disjoint(&names));
        if modules.len() == names.len() {
            return names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let mut modules = Modules::default();
        for (file, text) in files {
            modules.read(file, text);
        }
        modules.problems().collect()
    }

    #[test]
    fn modules_that_use_each_other_are_a_problem() {
        let below = ("crates/domain/src/below.rs", "pub struct X;\n// use crate::top;\n");
        let top = ("crates/domain/src/top.rs", "use crate::middle::{Y, Z};\nuse crate::below;\n");
        let root = ("crates/domain/src/lib.rs", "use crate::top;\n");
        let line = ("crates/domain/src/middle/mod.rs", "use crate::{X, below::X as Y};\n");
        assert_eq!(problems(&[below, top, root, line]), [""; 0]);
        for text in
            ["use crate::top::T;\n", "use crate::{X, top::T};\n", "a(crate::top::T, below)\n"]
        {
            let circle = ("crates/domain/src/middle/inner.rs", text);
            let found = problems(&[below, top, root, line, circle]);
            assert_eq!(
                found,
                ["crates/domain/src/: modules use each other: middle, top"],
                "{text}"
            );
        }
    }
}
