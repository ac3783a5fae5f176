//! Crashes of the cache, with real processes and real directories.
//!
//! | module | what happens to the cache |
//! |---|---|
//! | `kills` | its process is killed by SIGKILL at any instant |
//! | `damage` | its files are flipped, zeroed, cut off and deleted |
//! | `faults` | a call of the system fails with EIO, once or for good |
//! | `space` | its file system is full |
//! | `instances` | other processes open its directory |
//! | `sign_out` | its process is killed right after a sign-out, and the disk refuses the erasure |
//! | `forget` | its process is killed while it forgets a vehicle, and the disk refuses the erasure |
//!
//! An app (`app`) in a process of its own (`process`) makes the calls of a script (`plan`). The
//! expected records (`model`) decide whether its answers are right. After damage a second set of
//! rules (`judge`) decides.
//!
//! In CI these tests run few cases. `cargo xtask crash` runs many, and sets their number by
//! `DIGITAL_KEY_KILLS`, `DIGITAL_KEY_SIGN_OUTS`, `DIGITAL_KEY_FORGETS`, `DIGITAL_KEY_DAMAGES` and
//! `DIGITAL_KEY_FAULTS`. The tests print what they measured as lines `figure: <key>: <value>`.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers are part of the tests"
)]
#![allow(clippy::print_stdout, reason = "figures, and the child's answers, go to stdout")]

mod kills;
mod damage;
mod faults;
mod space;
mod instances;
mod sign_out;
mod forget;

mod plan;
mod account;
mod app;
mod process;
mod model;
mod judge;
#[path = "../files/mod.rs"]
mod files;

use std::env;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::Runtime;

/// The seed of all random numbers in these tests.
const SEED: u64 = 0x5EED;

/// Keeps the tests of this program from running at the same time: between fork and exec a child
/// process inherits the file locks of another test.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the number of cases from an environment variable, or the default.
fn cases(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |number| number.parse().expect("a number of cases"))
}

/// Prints a measured value.
fn figure(key: &str, value: impl std::fmt::Display) {
    println!("figure: {key}: {value}");
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// Makes the second directory a copy of the first.
fn restore(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    files::copy(from, to);
}
