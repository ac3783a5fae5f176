//! Whether the dependencies keep the rules of `deny.toml`.

use std::path::Path;

use crate::Outcome;
use crate::TaskError;
use crate::command::{cargo, missing_cargo_tool, program, target_folder};

/// Names the advisory database: a bundle, a folder or an address that git clones.
const DATABASE: &str = "DIGITAL_KEY_ADVISORY_DB";

/// Where `cargo deny --offline` looks for the database: in the folder of the target folder that
/// `deny.toml` names, below the name that cargo-deny derives from the database's address.
const CLONE: &str = "advisory-dbs/advisory-db-3157b0e258782691";

/// Checks advisories, bans, licences and sources; without a database all but the advisories.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    if let Some(missing) = missing_cargo_tool("deny") {
        return Ok(Outcome::Skipped(missing));
    }
    let Some(database) = std::env::var_os(DATABASE).filter(|name| !name.is_empty()) else {
        cargo("deny --offline check --hide-inclusion-graph bans licenses sources").run()?;
        let reason = format!("advisories: {DATABASE} names no clone or address of advisory-db");
        return Ok(Outcome::Skipped(reason));
    };
    clone(Path::new(&database), &target_folder().join(CLONE))?;
    cargo("deny --offline check --hide-inclusion-graph").run()?;
    Ok(Outcome::Passed)
}

/// Clones the database anew, since an older clone lacks the newest advisories.
fn clone(database: &Path, clone: &Path) -> Result<(), TaskError> {
    if clone.exists() {
        std::fs::remove_dir_all(clone)?;
    }
    program("git", "clone --quiet --").argument(database).argument(clone).run()
}
