//! Crashes of the cache, with real processes on real directories.
//!
//! | module | what happens to the cache |
//! |---|---|
//! | `kills` | its process is killed by SIGKILL at any instant |
//! | `damage` | its files are flipped, zeroed, cut off and deleted |
//! | `faults` | a call of the system fails with EIO, once or for good |
//! | `space` | its file system is full |
//! | `instances` | other processes open its directory |
//! | `sign_out` | its process is killed right after a sign-out in suspension |
//!
//! In CI these tests take samples. `cargo xtask crash` takes many; the numbers come from
//! `DIGITAL_KEY_KILLS`, `DIGITAL_KEY_DAMAGES` and `DIGITAL_KEY_FAULTS`. What they measured is
//! printed as lines `figure: <key>: <value>`.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers are part of the tests"
)]
#![allow(clippy::print_stdout, reason = "figures, and the child's answers, go to stdout")]

mod app;
mod damage;
mod faults;
#[path = "../files/mod.rs"]
mod files;
mod instances;
mod judge;
mod kills;
mod model;
mod plan;
mod process;
mod sign_out;
mod space;

use std::env;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::Runtime;

/// Every draw of these tests comes from it.
const SEED: u64 = 0x5EED;

/// Keeps the tests of this program from running at the same time: between its fork and its exec,
/// a child holds the locks that another test has just taken.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number of cases, from the environment.
fn cases(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |number| number.parse().expect("a number of cases"))
}

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
