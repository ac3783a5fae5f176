//! The promises of the `Cache` port, tested with sled in a real directory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers are part of the tests")]

mod record;
mod uses;
mod journal;
mod key;
mod loss;
mod closing;
mod accounts;
#[path = "../files/mod.rs"]
mod files;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::{DigitalKeyId, Generation, PasswordUse, UsageCounter, Vin};
use digital_key_ports::{Cache, PairingPassword, StoredPassword};

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

/// Opens a cache and stores a password with these digits, as generation 1 of the first vehicle.
async fn open_with_password(directory: &Path, digits: &str) -> SledCache {
    let cache = open(directory).await;
    let stored = cache.store_password(vin(1), password(digits), Generation::new(1)).await.unwrap();
    assert_eq!(stored, StoredPassword::Stored);
    cache
}

/// Closes a cache. Its files do not change afterwards.
async fn close(cache: SledCache) {
    cache.suspend().await.unwrap();
}

/// Opens the database of a closed cache with sled itself, and waits until it is closed again.
fn with_sled<T>(directory: &Path, work: impl FnOnce(&sled::Db) -> T) -> T {
    let database = sled::open(directory.join("db")).unwrap();
    let answer = work(&database);
    drop(database);
    // A thread of sled may hold the lock for a moment after the last handle is dropped.
    File::open(directory.join("db/db")).unwrap().lock().unwrap();
    answer
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
