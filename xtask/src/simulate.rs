//! The simulator, optimised: it lives through thousands of histories a second.

use crate::Failure;
use crate::command::cargo;

/// How many histories CI lives through: it takes seconds.
pub(crate) const SEEDS_IN_CI: u64 = 5_000;

/// Lives through the histories of these seeds.
pub(crate) fn run(seeds: u64, from: u64) -> Result<(), Failure> {
    let simulator = "run --profile simulation -p digital-key-simulator";
    cargo(&format!("{simulator} -- --seeds {seeds} --from {from}")).run()
}
