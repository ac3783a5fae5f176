//! The conformance suite of the `Cache` port, run on sled in a real directory.

#![allow(clippy::unwrap_used, reason = "a harness that fails is a test that fails")]

mod files;

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use digital_key_cache_sled::{DataKey, DataKeySource, SledCache, StaticKey};
use digital_key_domain::Vin;
use digital_key_ports::{Cache, CacheError, Cause};
use digital_key_testkit::cache::{CacheHarness, Key};
use digital_key_testkit::{CaseResult, Violation};
use tempfile::TempDir;

use files::{copy, files_in};

// `full_disk.rs` makes writes fail, in a process of its own.
digital_key_testkit::cache_conformance!(SledHarness::new, without: FailedWrites);

struct SledHarness {
    /// The directory of the cache, after those of the caches that have crashed.
    directories: Mutex<Vec<TempDir>>,
    key: Mutex<Key>,
}

impl SledHarness {
    async fn new() -> Self {
        Self { directories: Mutex::new(vec![tempfile::tempdir().unwrap()]), key: Mutex::default() }
    }

    fn directory(&self) -> PathBuf {
        self.directories.lock().unwrap().last().unwrap().path().to_owned()
    }
}

/// A source without a key, like a keychain that is locked.
struct NoKey;

impl DataKeySource for NoKey {
    fn data_key(&self) -> Result<DataKey, Cause> {
        Err("the keychain is locked".into())
    }
}

impl CacheHarness for SledHarness {
    type Cache = SledCache;

    async fn open(&self) -> Result<SledCache, CacheError> {
        let keys: Arc<dyn DataKeySource> = match *self.key.lock().unwrap() {
            Key::Own => Arc::new(StaticKey::new([7; 32])),
            Key::Other => Arc::new(StaticKey::new([8; 32])),
            Key::Missing => Arc::new(NoKey),
        };
        SledCache::open(self.directory(), keys).await
    }

    async fn close(&self, cache: SledCache) {
        cache.suspend().await.unwrap();
    }

    fn debug_text(&self, cache: &SledCache) -> String {
        format!("{cache:?} {cache:#?}")
    }

    /// Copies the files of the open cache: a killed process would leave the same bytes.
    async fn crash(&self) -> CaseResult {
        let image = tempfile::tempdir().unwrap();
        copy(&self.directory(), image.path());
        self.directories.lock().unwrap().push(image);
        Ok(())
    }

    async fn make_record_unreadable(&self, vin: Vin) -> CaseResult {
        let directory = self.directory();
        let database = sled::open(directory.join("db")).unwrap();
        database.insert(vin.as_str(), b"\x03{\"password\":\"76543210\"}").unwrap();
        drop(database);
        // A thread of sled may hold the lock for a moment after the last handle is dropped.
        File::open(directory.join("db/db")).unwrap().lock().unwrap();
        Ok(())
    }

    async fn make_store_unreadable(&self) -> CaseResult {
        fs::write(self.directory().join("db/conf"), [0xA5; 100]).unwrap();
        Ok(())
    }

    async fn set_key(&self, key: Key) -> CaseResult {
        *self.key.lock().unwrap() = key;
        Ok(())
    }

    async fn stored_bytes(&self) -> Result<Vec<u8>, Violation> {
        let mut bytes = Vec::new();
        for path in files_in(&self.directory()) {
            bytes.extend(fs::read(path).unwrap());
        }
        Ok(bytes)
    }
}
