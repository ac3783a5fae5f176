//! Whether the workspace has the structure that its design gives it.

mod published;
mod rules;
mod security;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::Failure;
use crate::command::{program, workspace_root};
use crate::metadata::{Metadata, Package};
use rules::{
    DOMAIN_IS_BUILT_FROM, FORBIDDEN_TEXTS, ForbiddenText, LAYERS, Layer, MAY_USE_UNSAFE, TOP_LEVEL,
};

/// Checks every rule and tells everything that breaks one.
pub(crate) fn check() -> Result<(), Failure> {
    let metadata = Metadata::of_this_workspace()?;
    let listing = program("git", "ls-files").output()?;
    let files: Vec<_> = listing.lines().collect();

    let mut broken = broken_arrows(&metadata);
    broken.extend(strangers_in_domain(&metadata));
    broken.extend(strange_entries(&files));
    let members: BTreeSet<_> = metadata.members().map(|it| metadata.folder(it)).collect();
    for file in files {
        // What is not there any more, or no text, breaks no rule.
        let Ok(text) = std::fs::read_to_string(workspace_root().join(file)) else { continue };
        broken.extend(forbidden_texts(file, &text));
        if let Some(folder) = folder_of_manifest(file) {
            let is_member = members.contains(folder);
            broken.extend(if is_member {
                dropped_lints(folder, &text)
            } else {
                lifted_ban(file, &text)
            });
        }
    }
    let read = |file: &str| std::fs::read_to_string(workspace_root().join(file)).ok();
    for package in metadata.members().filter(|it| it.is_published()) {
        broken.extend(published::faults(package, metadata.folder(package), read));
    }
    let page = std::fs::read_to_string(workspace_root().join("SECURITY.md"))?;
    broken.extend(security::missing(&page, read));
    broken.extend(security::unchecked(&page));

    if broken.is_empty() {
        println!("{} crates keep the rules", metadata.members().count());
        return Ok(());
    }
    for breach in &broken {
        println!("- {breach}");
    }
    Err(format!("{} breaches of the structure, listed above", broken.len()).into())
}

/// Dependencies between crates that the layers do not allow.
fn broken_arrows(metadata: &Metadata) -> Vec<String> {
    let mut broken = Vec::new();
    for user in metadata.members() {
        let Some(layer) = layer_of(metadata, user) else {
            broken.push(format!(
                "{} lies in {}, which is in no layer",
                user.name,
                metadata.folder(user)
            ));
            continue;
        };
        for (used, dependency) in metadata.uses(user) {
            let Some(used_layer) = layer_of(metadata, used) else {
                continue;
            };
            let allowed = layer.uses.contains(&used_layer.name)
                || dependency.is_for_tests() && layer.tests_use.contains(&used_layer.name);
            if !allowed {
                let whose = if dependency.is_for_tests() { "the tests of " } else { "" };
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
    LAYERS.iter().find(|layer| lies_in(folder, layer.folder))
}

/// Whether a folder is this one, or lies directly in it when it ends in `/*`.
fn lies_in(folder: &str, pattern: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some(parent) => folder.rsplit_once('/').is_some_and(|(above, _)| above == parent),
        None => folder == pattern,
    }
}

/// What is built into the domain beside the little that is allowed; what a stranger brings along
/// goes with it and is not told.
fn strangers_in_domain(metadata: &Metadata) -> Vec<String> {
    let mut broken = Vec::new();
    let domain = metadata
        .members()
        .filter(|member| layer_of(metadata, member).is_some_and(|layer| layer.name == "domain"));
    for package in domain {
        for (stranger, user) in metadata.built_into(package) {
            let allowed = |name| DOMAIN_IS_BUILT_FROM.contains(&name);
            if !allowed(stranger) && (allowed(user) || user == package.name) {
                broken.push(format!(
                    "{} must not be built from {stranger}, which {user} brings",
                    package.name
                ));
            }
        }
    }
    broken
}

/// The folder of a manifest: a member of the workspace, the workspace's root, or a workspace of its
/// own such as the fuzz targets.
fn folder_of_manifest(file: &str) -> Option<&str> {
    if file == "Cargo.toml" { Some("") } else { file.strip_suffix("/Cargo.toml") }
}

/// A workspace whose lints do not ban unsafe code.
fn lifted_ban(file: &str, manifest: &str) -> Option<String> {
    let bans = manifest.contains("\nunsafe_code = \"forbid\"\n");
    (!bans).then(|| format!("{file} does not forbid unsafe code"))
}

/// A crate that does not take the workspace's lints, and with them the ban on unsafe code.
fn dropped_lints(folder: &str, manifest: &str) -> Option<String> {
    let exempt = MAY_USE_UNSAFE.iter().any(|pattern| lies_in(folder, pattern));
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[lints]");
    let keeps = lines.nth(1).is_some_and(|line| line.trim() == "workspace = true");
    (!exempt && !keeps).then(|| format!("{folder} does not take the workspace's lints"))
}

/// What stands at the top level and has no place there.
fn strange_entries(files: &[&str]) -> Vec<String> {
    let entries: BTreeSet<_> =
        files.iter().map(|file| file.split('/').next().unwrap_or(file)).collect();
    entries
        .into_iter()
        .filter(|entry| !TOP_LEVEL.contains(entry))
        .map(|entry| format!("{entry} has no place at the top level"))
        .collect()
}

/// The places of texts that must not be there.
fn forbidden_texts(file: &str, text: &str) -> Vec<String> {
    let forbidden: Vec<&ForbiddenText> = FORBIDDEN_TEXTS
        .iter()
        .filter(|rule| {
            file.starts_with(rule.folder)
                && file.ends_with(rule.files)
                && !rule.except.is_some_and(|e| file.starts_with(e))
        })
        .collect();
    (1..)
        .zip(text.lines())
        .flat_map(|(number, line)| {
            forbidden
                .iter()
                .filter(move |rule| line.contains(rule.text))
                .map(move |rule| format!("{file}:{number} has `{}`: {}", rule.text, rule.why))
        })
        .collect()
}
