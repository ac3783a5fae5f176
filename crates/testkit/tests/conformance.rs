//! The suites, run on the fakes of this crate.

#![allow(clippy::unwrap_used, reason = "the helpers are part of the tests")]

use digital_key_ports::CacheError;
use digital_key_testkit::cache::{CacheHarness, a_failed_write_gives_out_no_password};
use digital_key_testkit::fake::{MemoryBff, MemoryCache, MemoryDisk};

mod cache {
    digital_key_testkit::cache_conformance!(async || super::MemoryDisk::new());
}

mod bff {
    digital_key_testkit::bff_conformance!(async || super::MemoryBff::new());
}

/// The suite on a harness without any optional hook.
mod cache_without_hooks {
    digital_key_testkit::cache_conformance!(
        async || super::WithoutHooks(super::MemoryDisk::new()),
        without: StoredBytes, Crash, FailedWrites, UnreadableRecord, UnreadableStore, SetKey
    );
}

struct WithoutHooks(MemoryDisk);

impl CacheHarness for WithoutHooks {
    type Cache = MemoryCache;

    async fn open(&self) -> Result<MemoryCache, CacheError> {
        self.0.open_cache()
    }

    fn debug_text(&self, cache: &MemoryCache) -> String {
        self.0.debug_text(cache)
    }
}

#[tokio::test]
async fn the_cases_of_a_missing_hook_fail_and_name_the_remedy() {
    let harness = WithoutHooks(MemoryDisk::new());
    let violation = a_failed_write_gives_out_no_password(&harness).await.unwrap_err().to_string();
    assert!(violation.contains("`CacheHarness::fail_writes`"), "{violation}");
    assert!(violation.contains("`without: FailedWrites`"), "{violation}");
}
