//! The promises of the `Cache` port, kept by sled on a real directory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers are part of the tests")]

mod closing;
mod key;
mod loss;
mod record;
mod uses;
mod witness;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::{DigitalKeyId, Generation, PasswordUse, UsageCounter, Vin};
use digital_key_ports::{Cache, PairingPassword};

fn vin(number: u32) -> Vin {
    format!("WBA00000000DEM{number:03}").parse().unwrap()
}

fn password(digits: &str) -> PairingPassword {
    PairingPassword::parse(digits).unwrap()
}

fn key(id: &str) -> DigitalKeyId {
    DigitalKeyId::try_from(id).unwrap()
}

fn used(generation: u64, uses: u8) -> PasswordUse {
    PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) }
}

fn data_key() -> Arc<StaticKey> {
    Arc::new(StaticKey::new([7; 32]))
}

async fn open(directory: &Path) -> SledCache {
    SledCache::open(directory, data_key()).await.unwrap()
}

/// Closes a cache; afterwards its files are at rest.
async fn close(cache: SledCache) {
    cache.suspend().await.unwrap();
}

/// Opens the database below a closed cache by sled itself, and waits until it is closed again.
fn with_sled<T>(directory: &Path, work: impl FnOnce(&sled::Db) -> T) -> T {
    let database = sled::open(directory.join("db")).unwrap();
    let answer = work(&database);
    drop(database);
    // A thread of sled may hold its lock a moment longer than the last handle did.
    File::open(directory.join("db/db")).unwrap().lock().unwrap();
    answer
}

/// Every path below this one.
fn everything_in(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_in(&path));
        }
        found.push(path);
    }
    found
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Copies a directory with everything in it.
fn copy(from: &Path, to: &Path) {
    for path in everything_in(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        if path.is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(path, target).unwrap();
        }
    }
}
