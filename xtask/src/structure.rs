//! Whether the workspace has the structure of its design.

mod circles;
mod pages;
mod published;
mod rules;
mod security;
mod workflows;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::TaskError;
use crate::command::{cargo, program, workspace_root};
use crate::metadata::{Metadata, Package};
use rules::{DOMAIN_IS_BUILT_FROM, FORBIDDEN_TEXTS, LAYERS, Layer, MAY_USE_UNSAFE, TOP_LEVEL};

/// Checks every rule, and prints each place that breaks one.
pub(crate) fn check() -> Result<(), TaskError> {
    let metadata = Metadata::of_this_workspace()?;
    let listing = program("git", "ls-files").output()?;
    let files: Vec<_> = listing.lines().collect();
    let read = |file: &str| std::fs::read_to_string(workspace_root().join(file)).ok();

    let mut broken = forbidden_arrows(&metadata);
    broken.extend(forbidden_in_domain(&cargo(WHAT_IS_IN_DOMAIN).output()?));
    broken.extend(forbidden_entries(&files));
    broken.extend(pages::problems(read)?);
    let mut modules = circles::Modules::default();
    for file in files {
        // A file that is deleted or holds no text breaks no rule.
        let Some(text) = read(file) else { continue };
        broken.extend(forbidden_texts(file, &text));
        broken.extend(lint_problem(file, &text));
        broken.extend(workflows::problems(file, &text));
        modules.read(file, &text);
    }
    broken.extend(modules.problems());
    for package in metadata.members().iter().filter(|it| it.is_published()) {
        broken.extend(published::problems(package, metadata.folder(package), read));
    }
    let page = std::fs::read_to_string(workspace_root().join("SECURITY.md"))?;
    broken.extend(security::missing(&page, read));
    broken.extend(security::unchecked(&page));

    if broken.is_empty() {
        println!("{} crates keep the rules", metadata.members().len());
        return Ok(());
    }
    for problem in &broken {
        println!("- {problem}");
    }
    Err(format!("{} places break the rules of the structure", broken.len()).into())
}

/// Dependencies between crates that the layers do not allow.
fn forbidden_arrows(metadata: &Metadata) -> Vec<String> {
    let mut broken = Vec::new();
    for user in metadata.members() {
        let Some(layer) = layer_of(metadata, user) else {
            let folder = metadata.folder(user);
            broken.push(format!("{} is in {folder}, which belongs to no layer", user.name));
            continue;
        };
        for (used, dependency) in metadata.uses(user) {
            let Some(used_layer) = layer_of(metadata, used) else {
                continue;
            };
            let is_for_tests = dependency.is_for_tests();
            let is_allowed = layer.uses.contains(&used_layer.name)
                || is_for_tests && layer.tests_use.contains(&used_layer.name);
            if !is_allowed {
                let whose = if is_for_tests { "the tests of " } else { "" };
                broken.push(format!(
                    "{whose}{} ({}) must not use {} ({})",
                    user.name, layer.name, used.name, used_layer.name
                ));
            }
        }
    }
    broken
}

fn layer_of(metadata: &Metadata, package: &Package) -> Option<&'static Layer> {
    let folder = metadata.folder(package);
    LAYERS.iter().find(|layer| matches(folder, layer.folder))
}

/// Whether a folder is this one, or is directly in it when the pattern ends in `/*`.
fn matches(folder: &str, pattern: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some(parent) => folder.rsplit_once('/').is_some_and(|(above, _)| above == parent),
        None => folder == pattern,
    }
}

/// Prints a line for each package that is built into the domain.
const WHAT_IS_IN_DOMAIN: &str =
    "tree -p digital-key-domain --edges no-dev --prefix none --features exploration --target all";

/// The packages in the domain that are neither our own nor allowed.
fn forbidden_in_domain(tree: &str) -> BTreeSet<String> {
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names
        .filter(|name| *name != "digital-key-domain" && !DOMAIN_IS_BUILT_FROM.contains(name))
        .map(|name| format!("digital-key-domain must not be built from {name}"))
        .collect()
}

/// A manifest that does not forbid unsafe code: each workspace does, and its crates take its lints.
fn lint_problem(file: &str, manifest: &str) -> Option<String> {
    let folder = file.strip_suffix("Cargo.toml")?.trim_end_matches('/');
    if manifest.contains("[workspace]\n") {
        let forbids = manifest.contains("\nunsafe_code = \"forbid\"\n");
        return (!forbids).then(|| format!("{file} does not forbid unsafe code"));
    }
    let is_exempt = MAY_USE_UNSAFE.contains(&folder);
    let takes_lints = manifest.contains("\n[lints]\nworkspace = true\n");
    (!is_exempt && !takes_lints).then(|| format!("{file} does not take the workspace's lints"))
}

/// Entries of the top level that do not belong there.
fn forbidden_entries(files: &[&str]) -> Vec<String> {
    let entries: BTreeSet<_> =
        files.iter().map(|file| file.split('/').next().unwrap_or(file)).collect();
    entries
        .into_iter()
        .filter(|entry| !TOP_LEVEL.contains(entry))
        .map(|entry| format!("{entry} does not belong at the top level"))
        .collect()
}

/// The places of forbidden texts in a file.
fn forbidden_texts(file: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for rule in FORBIDDEN_TEXTS.iter().filter(|rule| rule.is_about(file)) {
        for (number, line) in (1..).zip(text.lines()) {
            if line.contains(rule.text) {
                broken.push(format!("{file}:{number} has `{}`: {}", rule.text, rule.why));
            }
        }
    }
    broken
}
