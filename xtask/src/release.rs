//! Releases: everything that a version needs before it is published, and the publishing.

mod changelog;
mod declarations;
mod plan;
mod version;

use clap::ValueEnum;
use semver::Version;

use crate::Failure;
use crate::codegen::{self, Part};
use crate::command::{cargo, missing_cargo_tool, program, workspace_root};
use crate::metadata::Metadata;
use plan::Plan;
use version::Bump;

/// The workspace of the fuzz targets, which has a lock file of its own.
const FUZZ: &str = "crates/verification/fuzz/targets/Cargo.toml";

/// The first cargo that packages and publishes crates together which need each other.
const OLDEST_CARGO: Version = Version::new(1, 90, 0);

/// Makes the working tree what will be released as this version.
///
/// It changes files and commits nothing: look at the changes, commit and tag them. Whatever can be
/// checked is checked before the first change.
pub(crate) fn prepare(version: &str) -> Result<(), Failure> {
    expect_clean_tree()?;
    expect_cargo()?;
    let plan = Plan::new(workspace_root(), version, today()?.trim())?;
    cargo(&format!("fetch --locked --manifest-path {FUZZ}")).run()?;
    let tags = program("git", "tag --merged HEAD").output()?;
    let last = version::last_release(&tags);
    if let Some(last) = &last {
        if plan.is_breaking {
            version::expect_breaking(last, &plan.next)?;
        }
        if let Some(missing) = missing_cargo_tool("semver-checks") {
            return Err(missing.into());
        }
    }
    codegen::check(Part::value_variants())?;
    build_with_oldest_rust()?;
    let changes = compare_with(last.as_ref(), &plan)?;

    change_files(&plan).map_err(|failure| {
        format!(
            "{failure}\nFiles were changed and removed before this went wrong: `git restore .` \
             brings all of them back."
        )
    })?;

    println!("\n{}", plan.section.for_clients());
    if !changes.is_empty() {
        println!("\nIn the packages for Swift, Kotlin and Python, by Swift's names:\n{changes}");
    }
    let next = &plan.next;
    println!(
        "\nVersion {next} is prepared. Look at the changes, then:\n  \
         git commit -am \"Release {next}\" && git tag {} && cargo xtask release publish --execute",
        version::tag(next)
    );
    Ok(())
}

/// Publishes every crate that is meant for it, in the order of their dependencies; unless `execute`
/// is set, everything happens but the upload.
pub(crate) fn publish(execute: bool) -> Result<(), Failure> {
    expect_clean_tree()?;
    expect_cargo()?;
    if execute {
        let tags = program("git", "tag --points-at HEAD").output()?;
        version::expect_tagged(&plan::current_version(workspace_root())?, &tags)?;
    }
    let dry = if execute { "" } else { "--dry-run " };
    cargo(&format!("publish {dry}{}", publishable()?)).run()?;
    if !execute {
        println!("Nothing was uploaded: that takes `cargo xtask release publish --execute`.");
    }
    Ok(())
}

/// Changes what the version changes, and packages it.
fn change_files(plan: &Plan) -> Result<(), Failure> {
    plan.carry_out()?;
    cargo("update --workspace --offline").run()?;
    cargo(&format!("update --manifest-path {FUZZ} --workspace --offline")).run()?;
    codegen::write(Part::value_variants())?;
    cargo(&format!("package --allow-dirty {}", publishable()?)).run()
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

fn expect_cargo() -> Result<(), Failure> {
    is_new_enough(&cargo("--version").output()?)
}

/// Whether this is the answer of a cargo that packages crates together.
fn is_new_enough(answer: &str) -> Result<(), Failure> {
    let version = answer.split_whitespace().nth(1).and_then(|it| Version::parse(it).ok());
    if version.is_some_and(|it| (it.major, it.minor) >= (OLDEST_CARGO.major, OLDEST_CARGO.minor)) {
        return Ok(());
    }
    Err(format!(
        "releases take cargo {OLDEST_CARGO} or newer, which packages several crates at once; this \
         is {}",
        answer.trim()
    )
    .into())
}

fn today() -> Result<String, Failure> {
    program("date", "-u +%Y-%m-%d").output()
}

/// Whether the public items allow this version, compared with the last release; tells what changed
/// in the packages for other languages, a line each.
fn compare_with(last: Option<&Version>, plan: &Plan) -> Result<String, Failure> {
    let Some(last) = last else {
        println!("There is no release yet, so there is nothing to compare the public items with.");
        return Ok(String::new());
    };
    let tag = version::tag(last);
    let source = declarations::SOURCE;
    let old = program("git", &format!("show {tag}:{source}")).output()?;
    let new = std::fs::read_to_string(workspace_root().join(source))?;
    let changes = declarations::changes(&old, &new);
    let changes: Vec<_> = changes.into_iter().map(|change| format!("- {change}")).collect();
    let changes = changes.join("\n");
    if !changes.is_empty() && !plan.is_breaking {
        return Err(format!(
            "what a client team must change since {last}, and no fragment that ends in \
             .breaking.md says so:\n{changes}"
        )
        .into());
    }
    let bump = Bump::between(last, &plan.next).release_type();
    cargo(&format!("semver-checks --baseline-rev {tag} --release-type {bump} {}", publishable()?))
        .run()?;
    Ok(changes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cargo_that_cannot_package_crates_together_is_refused() {
        assert!(is_new_enough("cargo 1.90.0 (840b83a10 2025-07-30)\n").is_ok());
        assert!(is_new_enough("cargo 1.96.0-nightly (x)").is_ok());
        for old in ["cargo 1.89.0 (c24e10642 2025-06-23)\n", "cargo", ""] {
            let refused = is_new_enough(old).unwrap_err().to_string();
            assert!(refused.contains("1.90.0 or newer"), "{refused}");
        }
    }
}
