//! Whether BFF and SmAcc service answer as their OpenAPI documents say: schemathesis makes requests
//! from the documents, good and bad, and judges each answer. It expects no 5xx, documented statuses,
//! headers and media types, bodies that fit their schemas, and a refusal of wrong tokens and values.

use crate::command::{program, service_tools, target_folder, workspace_root};
use crate::services::{Backend, Bff};
use crate::{Outcome, TaskError};

/// How many requests each operation gets beside those at the bounds of its parameters.
const EXAMPLES: u32 = 50;

/// The same requests in each run.
const SEED: u32 = 1;

const TOKEN: &str = "the-token-of-the-contract";

/// The settings of schemathesis.
const CONFIGURATIONS: [&str; 2] =
    ["xtask/src/contract/known-vehicle.toml", "xtask/src/contract/any-vehicle.toml"];

pub(crate) fn check() -> Result<Outcome, TaskError> {
    let schemathesis = service_tools().join("bin/schemathesis");
    if program(&schemathesis, "--version").output().is_err() {
        return Ok(Outcome::Skipped(
            "no schemathesis; `.ci/install-service-tools` installs it".to_owned(),
        ));
    }
    let backend = Backend::start(&format!("--token {TOKEN}"))?;
    let bff = Bff::start(Bff::build()?, &backend.smacc, "--access-log false")?;
    // It keeps what it found in the folder in which it runs.
    let folder = target_folder().join("contract");
    std::fs::create_dir_all(&folder)?;
    for (document, api) in [(&bff.operations, &bff.api), (&backend.smacc, &backend.smacc)] {
        for configuration in CONFIGURATIONS {
            program(&schemathesis, "--no-color --config-file")
                .within(&folder)
                .argument(workspace_root().join(configuration))
                .argument("run")
                .args(&format!("--url {api} --seed {SEED} --max-examples {EXAMPLES}"))
                // The backend needs no vehicle that a request made before.
                .args("--phases coverage,fuzzing --warnings off")
                .argument("--header")
                .argument(format!("Authorization: Bearer {TOKEN}"))
                .argument(format!("{document}/openapi.json"))
                .run()?;
        }
    }
    Ok(Outcome::Passed)
}
