//! Releases: everything that a version needs before it is published, and the publishing.

mod changelog;
mod version;

use std::path::PathBuf;

use crate::Failure;
use crate::codegen;
use crate::command::{cargo, program, workspace_root};
use crate::metadata::Metadata;
use changelog::{Fragment, Section};

/// Where the fragments of the changelog lie.
const FRAGMENTS: &str = "docs/changes";
const CHANGELOG: &str = "CHANGELOG.md";

/// The files beside the manifest of the workspace that repeat its version, and the line's start.
const VERSIONED: &[(&str, &str)] = &[
    ("bindings/kotlin/build.gradle.kts", "version = "),
    ("bindings/python/pyproject.toml", "version = "),
];

/// Makes the working tree what will be released as this version.
///
/// It changes files and commits nothing: look at the changes, commit and tag them.
pub(crate) fn prepare(version: &str) -> Result<(), Failure> {
    expect_clean_tree()?;
    let root = workspace_root();
    let manifest = root.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    let current = version::current(&text)?;
    let next = version::after(&current, version)?;

    let fragments = fragments()?;
    let section = Section::new(&next, today()?.trim(), fragments.iter().map(|(_, it)| it));
    let history = std::fs::read_to_string(root.join(CHANGELOG))?;

    std::fs::write(&manifest, version::set(&text, &current, &next))?;
    for (path, line) in VERSIONED {
        let path = root.join(path);
        if let Ok(text) = std::fs::read_to_string(&path) {
            std::fs::write(&path, version::set_line(&text, line, &next))?;
        }
    }
    std::fs::write(root.join(CHANGELOG), section.added_to(&history)?)?;
    for (path, _) in &fragments {
        std::fs::remove_file(path)?;
    }
    cargo("update --workspace --offline").run()?;
    codegen::write(&[])?;
    compare_with_last_release()?;
    build_with_oldest_rust()?;
    cargo(&format!("package --allow-dirty {}", publishable()?)).run()?;

    println!("\n{}", section.for_clients());
    println!(
        "Version {next} is prepared. Look at the changes, then:\n  \
         git commit -am \"Release {next}\" && git tag v{next} && cargo xtask release publish --execute"
    );
    Ok(())
}

/// Publishes every crate that is meant for it, in the order of their dependencies; unless `execute`
/// is set, everything happens but the upload.
pub(crate) fn publish(execute: bool) -> Result<(), Failure> {
    expect_clean_tree()?;
    let dry = if execute { "" } else { "--dry-run " };
    cargo(&format!("publish {dry}{}", publishable()?)).run()?;
    if !execute {
        println!("Nothing was uploaded: that takes `cargo xtask release publish --execute`.");
    }
    Ok(())
}

/// The crates that are published, as cargo's arguments.
fn publishable() -> Result<String, Failure> {
    let metadata = Metadata::of_this_workspace()?;
    let names: Vec<_> = metadata
        .members()
        .filter(|it| it.is_published())
        .map(|it| format!("-p {}", it.name))
        .collect();
    Ok(names.join(" "))
}

fn expect_clean_tree() -> Result<(), Failure> {
    let changes = program("git", "status --porcelain").output()?;
    if changes.is_empty() {
        Ok(())
    } else {
        Err(format!("commit or remove these changes first:\n{changes}").into())
    }
}

fn today() -> Result<String, Failure> {
    program("date", "-u +%Y-%m-%d").output()
}

/// The fragments of the changelog, with their files.
fn fragments() -> Result<Vec<(PathBuf, Fragment)>, Failure> {
    let mut fragments = Vec::new();
    for entry in std::fs::read_dir(workspace_root().join(FRAGMENTS))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name != "README.md" {
            let text = std::fs::read_to_string(&path)?;
            fragments.push((path.clone(), Fragment::parse(name, &text)?));
        }
    }
    fragments.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(fragments)
}

/// Whether the public items allow this version, compared with the last tag.
fn compare_with_last_release() -> Result<(), Failure> {
    let tags = program("git", "tag --list v* --sort=-version:refname").output()?;
    let Some(last) = tags.lines().next() else {
        println!("There is no release yet, so there is nothing to compare the public items with.");
        return Ok(());
    };
    let run = cargo(&format!("semver-checks --baseline-rev {last} {}", publishable()?)).run();
    run.map_err(|failure| {
        format!(
            "{failure}; if the command is missing: `cargo install --locked cargo-semver-checks`"
        )
        .into()
    })
}

/// Whether the crates build with the oldest Rust that they state, if it is installed.
fn build_with_oldest_rust() -> Result<(), Failure> {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    if program("cargo", &format!("+{oldest} --version")).output().is_err() {
        println!("Rust {oldest} is not installed: that the crates build with it was not checked.");
        return Ok(());
    }
    program("cargo", &format!("+{oldest} check --locked {}", publishable()?)).run()
}
