//! Releases: what changes for a version before it is published, and the publishing.

mod changelog;
mod declarations;
mod version;

use clap::ValueEnum;
use semver::Version;

use crate::TaskError;
use crate::codegen::{self, Part};
use crate::command::{cargo, missing_cargo_tool, program, workspace_root};

/// The workspaces of the fuzz targets and of the peers, which have lock files of their own.
const OWN_LOCK_FILES: [&str; 2] =
    ["crates/verification/fuzz/targets/Cargo.toml", "crates/verification/peers/Cargo.toml"];

/// Makes the working tree what will be released as this version.
///
/// It changes files and commits nothing: look at the changes, commit and tag them. It checks what it
/// can before the first change.
pub(crate) fn prepare(version: &str) -> Result<(), TaskError> {
    expect_clean_tree()?;
    expect_address(env!("CARGO_PKG_REPOSITORY"))?;
    let current = version::current()?;
    let next = version::after(&current, version)?;
    let fragments = changelog::fragments(&workspace_root().join(changelog::FRAGMENTS))?;
    let is_breaking = fragments.iter().any(changelog::Fragment::is_breaking);
    let section = changelog::section(&next, today()?.trim(), &fragments);
    let last = version::last_release()?;
    let changes = match &last {
        None => Vec::new(),
        Some(last) => compare_packages_with(last, is_breaking)?,
    };
    if let Some(last) = &last {
        if is_breaking {
            version::expect_breaking(last, &next)?;
        }
        if let Some(missing) = missing_cargo_tool("semver-checks") {
            return Err(missing.into());
        }
    }
    codegen::check(Part::value_variants())?;
    build_with_oldest_rust()?;
    // Without the builds this takes seconds. It needs cargo 1.90, which publishes a whole workspace.
    publish_command("--dry-run --no-verify").run()?;

    let prepared = change_files(&current, &next, &section, &fragments).and_then(|()| match &last {
        None => Ok(()),
        Some(last) => compare_crates_with(last),
    });
    prepared.map_err(|error| {
        format!("{error}\nSome files have changed already: `git restore .` restores all of them.")
    })?;

    println!("\n{section}");
    if !changes.is_empty() {
        println!("In the packages for Swift, Kotlin and Python, by Swift's names:\n");
        changes.iter().for_each(|change| println!("- {change}"));
    }
    println!(
        "\nVersion {next} is prepared. Look at the changes, then:\n  \
         git commit -am \"Release {next}\" && git tag {} && cargo xtask release publish --execute",
        version::tag(&next)
    );
    Ok(())
}

/// Publishes the crates. Without `execute` it does all but the upload.
pub(crate) fn publish(execute: bool) -> Result<(), TaskError> {
    expect_clean_tree()?;
    if execute {
        version::expect_tagged(&version::current()?)?;
        return publish_command("").run();
    }
    publish_command("--dry-run").run()?;
    println!("`cargo xtask release publish --execute` uploads what was packaged.");
    Ok(())
}

/// Publishes the crates in the order of their dependencies, but for those with `publish = false`.
fn publish_command(options: &str) -> crate::command::Program {
    cargo(&format!("publish --workspace {options}"))
}

/// Changes what the version changes, and builds the packages.
fn change_files(
    current: &Version,
    next: &Version,
    section: &str,
    fragments: &[changelog::Fragment],
) -> Result<(), TaskError> {
    version::set(current, next)?;
    changelog::release(section, fragments)?;
    cargo("update --workspace --offline").run()?;
    for manifest in OWN_LOCK_FILES {
        cargo(&format!("update --manifest-path {manifest} --workspace --offline")).run()?;
    }
    codegen::write(Part::value_variants())?;
    publish_command("--dry-run --allow-dirty").run()
}

fn expect_clean_tree() -> Result<(), TaskError> {
    let changes = program("git", "status --porcelain").output()?;
    if changes.is_empty() {
        Ok(())
    } else {
        Err(format!("commit or remove these changes first:\n{changes}").into())
    }
}

/// Registries show where the sources are, and some check it against the workflow that publishes.
fn expect_address(repository: &str) -> Result<(), TaskError> {
    if repository.starts_with("https://") {
        return Ok(());
    }
    let what =
        "write the public address of this repository, as `repository`, into Cargo.toml first";
    Err(format!("{what}; {repository:?} is none").into())
}

fn today() -> Result<String, TaskError> {
    program("date", "-u +%Y-%m-%d").output()
}

/// What changed in the packages for other languages since the last release; an error when a client
/// team must change something and no fragment is a breaking one.
fn compare_packages_with(last: &Version, is_breaking: bool) -> Result<Vec<String>, TaskError> {
    let listing = declarations::LISTING;
    let old = program("git", &format!("show {}:{listing}", version::tag(last))).output()?;
    let new = std::fs::read_to_string(workspace_root().join(listing))?;
    let changes = declarations::changes(&old, &new);
    if changes.is_empty() || is_breaking {
        return Ok(changes);
    }
    Err(format!(
        "these changes since {last} need a fragment that ends in .breaking.md:\n{}",
        changes.join("\n")
    )
    .into())
}

/// Compares the public items with the last release: the version has to allow what changed.
fn compare_crates_with(last: &Version) -> Result<(), TaskError> {
    let tag = version::tag(last);
    cargo(&format!("semver-checks --workspace --baseline-rev {tag}")).run()
}

/// Checks with the oldest Rust that the crates support, if it is installed.
fn build_with_oldest_rust() -> Result<(), TaskError> {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    if program("cargo", &format!("+{oldest} --version")).output().is_err() {
        println!("NOT CHECKED: Rust {oldest}, the oldest that the crates support, is missing.");
        return Ok(());
    }
    program("cargo", &format!("+{oldest} check --locked --workspace")).run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_needs_a_public_address() {
        assert!(expect_address("https://example.org/digital-key").is_ok());
        let error = expect_address("").unwrap_err().to_string();
        assert!(error.contains("write the public address"), "{error}");
    }
}
