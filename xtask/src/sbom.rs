//! A bill of materials for each crate, in the format CycloneDX.

use std::fs;
use std::path::PathBuf;

use crate::Outcome;
use crate::TaskError;
use crate::command::{cargo, missing_cargo_tool, target_folder, workspace_root};
use crate::metadata::Metadata;

/// The file that cargo-cyclonedx writes beside each manifest, without its ending `.json`.
const NAME: &str = "sbom.cdx";

/// The folder of the bills; each is named after its crate, such as `digital-key-app.cdx.json`.
pub(crate) fn folder() -> PathBuf {
    target_folder().join("sbom")
}

/// Writes the bills, unless cargo-cyclonedx is missing.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    if let Some(missing) = missing_cargo_tool("cyclonedx") {
        return Ok(Outcome::Skipped(missing));
    }
    write()?;
    Ok(Outcome::Passed)
}

/// Writes a bill for each crate of the workspace, for all platforms.
pub(crate) fn write() -> Result<(), TaskError> {
    cargo(&format!(
        "cyclonedx --quiet --format json --spec-version 1.5 --target all --override-filename {NAME}"
    ))
    .run()?;
    fs::create_dir_all(folder())?;
    let metadata = Metadata::of_this_workspace()?;
    for package in metadata.members() {
        let beside_manifest =
            workspace_root().join(metadata.folder(package)).join(format!("{NAME}.json"));
        // The references to our own crates hold the workspace's path on this machine.
        let bill = fs::read_to_string(&beside_manifest)?
            .replace(&format!("{}/", workspace_root().display()), "");
        fs::remove_file(beside_manifest)?;
        fs::write(folder().join(format!("{}.cdx.json", package.name)), bill)?;
    }
    println!("wrote {}", folder().display());
    Ok(())
}
