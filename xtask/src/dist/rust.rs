//! The crates as files, and a fresh project that uses them.

use std::path::Path;

use super::{VERSION, emptied, expect};
use crate::Outcome;
use crate::TaskError;
use crate::command::{Program, cargo, program, target_folder, workspace_root};
use crate::metadata::Metadata;

/// A program that needs the crates.
const TRIAL: &str = "
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{KeyState, Vin};

fn main() {
    let vin: Result<Vin, _> = \"WBADKEY0000000001\".parse();
    let phone = ScriptedPhone::new();
    phone.set_can_create(false);
    println!(\"{} {:?}\", vin.unwrap().as_str(), KeyState::None);
}
";

pub(super) fn write(folder: &Path, work: &Path) -> Result<Outcome, TaskError> {
    let metadata = Metadata::of_this_workspace()?;
    let crates: Vec<&str> = metadata
        .members()
        .iter()
        .filter(|package| package.is_published())
        .map(|package| package.name.as_str())
        .collect();
    // A release checks that the tree is clean.
    let package = cargo("package --quiet --no-verify --allow-dirty --target-dir").argument(work);
    crates.iter().fold(package, |it, name| it.args(&format!("-p {name}"))).run()?;

    let unpacked = emptied(work.join("unpacked"))?;
    let mut patches = String::new();
    for name in &crates {
        let file = format!("{name}-{VERSION}.crate");
        let packed = work.join("package").join(&file);
        std::fs::copy(&packed, folder.join(&file))?;
        program("tar", "--extract --gzip --file").argument(&packed).within(&unpacked).run()?;
        patches += &format!("{name} = {{ path = \"../unpacked/{name}-{VERSION}\" }}\n");
    }
    println!("packed {} crates", crates.len());

    let project = emptied(work.join("trial"))?;
    std::fs::create_dir_all(project.join("src"))?;
    std::fs::write(project.join("src/main.rs"), TRIAL)?;
    std::fs::write(
        project.join("Cargo.toml"),
        format!(
            "[package]\nname = \"trial\"\nedition = \"2024\"\n\n[dependencies.digital-key]\n\
             version = \"{VERSION}\"\ndefault-features = false\nfeatures = [\"wallet-mock\"]\n\n\
             [patch.crates-io]\n{patches}\n[workspace]\n"
        ),
    )?;
    std::fs::copy(workspace_root().join("Cargo.lock"), project.join("Cargo.lock"))?;
    let run: Program = cargo("run --quiet").within(&project);
    let printed = run.env("CARGO_TARGET_DIR", &target_folder().to_string_lossy()).output()?;
    expect("a project with the crates", &printed, "WBADKEY0000000001 None")?;
    Ok(Outcome::Passed)
}
