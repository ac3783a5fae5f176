//! On a full disk a call fails, gives out no password, and loses no data.
//!
//! The limit for the size of files in a process stands in for the full disk. The test runs itself
//! again in a process of its own, which ignores the signal of that limit.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers are part of the tests")]

use std::env;
use std::process::Command;
use std::sync::Arc;

use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::{Generation, RecordChange, Support, Vin};
use digital_key_ports::{Cache, CacheErrorKind, PairingPassword, Take};

const TEST: &str = "rdy_4_a_failed_write_hands_out_no_secret_and_the_count_never_falls";
const CHILD: &str = "DIGITAL_KEY_FULL_DISK_CHILD";

#[test]
fn rdy_4_a_failed_write_hands_out_no_secret_and_the_count_never_falls() {
    if env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        return runtime.block_on(on_a_full_disk());
    }
    let child = Command::new("sh")
        .args(["-c", r#"trap "" XFSZ; exec "$0" --exact "$1""#])
        .arg(env::current_exe().unwrap())
        .arg(TEST)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{output}");
    assert!(output.contains("1 passed"), "{output}");
}

/// Sets the limit for the size of files in this process, in bytes.
fn limit_file_size(limit: &str) {
    let status = Command::new("prlimit")
        .arg(format!("--pid={}", std::process::id()))
        .arg(format!("--fsize={limit}:"))
        .status()
        .unwrap();
    assert!(status.success());
}

async fn on_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let vin: Vin = "WBA00000000DEMO03".parse().unwrap();
    let password = PairingPassword::parse("12345678").unwrap();
    let key = Arc::new(StaticKey::new([7; 32]));
    let cache = SledCache::open(directory.path(), key).await.unwrap();
    cache.store_password(vin, password.clone(), Generation::new(1)).await.unwrap();
    cache.take_use(vin).await.unwrap();

    limit_file_size("1");
    for _ in 0..3 {
        let error = cache.take_use(vin).await.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error}");
        let support = RecordChange::Support(Support::NotSupported);
        let error = cache.store(vin, support).await.unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error}");
    }

    limit_file_size("unlimited");
    let record = cache.load(vin).await.unwrap();
    assert_eq!(record.support, None, "a failed write was stored");
    let counted = record.password.unwrap().uses.get();
    assert_eq!(counted, 1, "a failed write changed the count");
    let take = cache.take_use(vin).await.unwrap();
    let Take::Granted { password: handed_out, counted } = take else {
        panic!("a use is left, but the answer is {take:?}");
    };
    assert_eq!((handed_out, counted.uses.get()), (password, 2));
    let put_aside = directory.path().join("corrupt-1");
    assert!(!put_aside.exists(), "a full disk was taken for damage");
}
