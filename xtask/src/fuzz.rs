//! Runs the fuzz targets for a while.

use std::fs;

use crate::TaskError;
use crate::command::{Program, program, target_folder};

/// The workspace of the targets. The inputs in its folder `corpus` are only read: libFuzzer writes
/// the inputs that it finds into the target folder, so that the next run starts from them.
const TARGETS: &str = "crates/verification/fuzz/targets";

/// Runs these targets, or all when none is named, for so many seconds each.
pub(crate) fn run(targets: &[String], seconds: u32) -> Result<(), TaskError> {
    let all = fuzz("list", TARGETS).output().map_err(|error| {
        format!(
            "{error}\nFuzzing needs a nightly compiler and cargo-fuzz: `rustup toolchain install \
             nightly --profile minimal`, `cargo install --locked cargo-fuzz`. The test `corpus` of \
             crates/verification/fuzz runs the committed inputs without them."
        )
    })?;
    let all: Vec<_> = all.lines().map(str::to_owned).collect();
    let build = target_folder().join("fuzz");
    for target in if targets.is_empty() { &all } else { targets } {
        let found = build.join("corpus").join(target);
        let crashes = build.join("findings");
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&crashes)?;
        fuzz("run", TARGETS)
            .argument("--target-dir")
            .argument(&build)
            .argument(target)
            .argument(&found)
            .args(&format!("{TARGETS}/corpus/{target} --"))
            .args(&format!("-max_total_time={seconds} -print_final_stats=1 -verbosity=0"))
            .argument(format!("-artifact_prefix={}/{target}-", crashes.display()))
            .run()?;
    }
    Ok(())
}

/// A command of cargo-fuzz, by the nightly toolchain: libFuzzer needs a flag of it.
fn fuzz(command: &str, targets: &str) -> Program {
    program("rustup", &format!("run nightly cargo fuzz {command} --fuzz-dir {targets}"))
}
