//! Whether the dependencies keep the rules of `deny.toml`.

use std::ffi::OsString;

use crate::Failure;
use crate::ci::Ended;
use crate::command::{cargo, has_cargo_tool, program, workspace_root};

/// Names what holds the advisory database: a bundle, a folder or an address, whatever git clones.
const DATABASE: &str = "DIGITAL_KEY_ADVISORY_DB";

/// Where cargo-deny looks for the database without a network: the folder that `deny.toml` names,
/// and in it the name that cargo-deny makes of the database's address.
const CLONE: &str = "target/advisory-dbs/advisory-db-3157b0e258782691";

/// Checks advisories, bans, licences and sources; without a database all but the advisories.
pub(crate) fn check() -> Result<Ended, Failure> {
    if !has_cargo_tool("deny") {
        return Ok(Ended::Skipped("no cargo-deny".into()));
    }
    let Some(database) = std::env::var_os(DATABASE).filter(|name| !name.is_empty()) else {
        cargo("deny --offline check --hide-inclusion-graph bans licenses sources").run()?;
        println!(
            "ADVISORIES WERE NOT CHECKED: {DATABASE} names no database. It may be a bundle, a \
             folder or an address of RustSec's advisory-db."
        );
        return Ok(Ended::Skipped("advisories, for want of a database".into()));
    };
    clone(database)?;
    cargo("deny --offline check --hide-inclusion-graph").run()?;
    Ok(Ended::Passed)
}

/// Clones the database afresh: what an older one does not know is not checked.
fn clone(database: OsString) -> Result<(), Failure> {
    let path = workspace_root().join(CLONE);
    if path.exists() {
        std::fs::remove_dir_all(&path)?;
    }
    program("git", "clone --quiet --").argument(database).argument(CLONE).run()
}
