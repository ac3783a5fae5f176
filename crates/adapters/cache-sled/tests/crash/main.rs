//! Crashes of the cache, with real processes on real directories.
//!
//! | module | what happens to the cache |
//! |---|---|
//! | `kills` | its process is killed by SIGKILL at any instant |
//! | `damage` | its files are flipped, zeroed, cut off and deleted |
//! | `faults` | a call of the system fails with EIO, once or for good |
//! | `space` | its file system is full |
//! | `instances` | other processes open its directory |
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
mod instances;
mod judge;
mod kills;
mod model;
mod plan;
mod process;
mod space;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
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

/// Every file below this directory, in the order of their names.
fn files_in(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_in(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Makes the second directory a copy of the first.
fn restore(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    for file in files_in(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}
