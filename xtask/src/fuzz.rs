//! Runs the fuzz targets for a while.

use std::fs;

use crate::Failure;
use crate::command::{Program, program, workspace_root};

/// The committed inputs, a folder a target. They are only read: what libFuzzer finds interesting
/// goes to `target/fuzz/corpus`, so that the next run goes on from there.
const CORPUS: &str = "crates/verification/fuzz/targets/corpus";

/// Runs these targets, or all when none is named, for so many seconds each.
pub(crate) fn run(targets: &[String], seconds: u32) -> Result<(), Failure> {
    if nightly_cargo("fuzz --version").output().is_err() {
        let why = "fuzzing needs a nightly compiler and cargo-fuzz: `rustup toolchain install \
                   nightly --profile minimal`, `cargo install --locked cargo-fuzz`. The test \
                   `corpus` of crates/verification/fuzz runs the committed inputs without them.";
        return Err(why.into());
    }
    let all = all_targets()?;
    for target in if targets.is_empty() { &all } else { targets } {
        if !all.contains(target) {
            return Err(format!("there is no target {target}, only {}", all.join(", ")).into());
        }
        let found = format!("target/fuzz/corpus/{target}");
        fs::create_dir_all(workspace_root().join(&found))?;
        fs::create_dir_all(workspace_root().join("target/fuzz/findings"))?;
        nightly_cargo(&format!(
            "fuzz run --fuzz-dir crates/verification/fuzz/targets --target-dir target/fuzz {target} {found} {CORPUS}/{target} -- \
             -max_total_time={seconds} -print_final_stats=1 -verbosity=0 \
             -artifact_prefix=target/fuzz/findings/{target}-"
        ))
        .run()?;
    }
    Ok(())
}

/// The targets, by their names: each has a folder of inputs.
fn all_targets() -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace_root().join(CORPUS))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The cargo of the nightly toolchain: libFuzzer needs a flag of it.
fn nightly_cargo(arguments: &str) -> Program {
    program("rustup", &format!("run nightly cargo {arguments}"))
}
