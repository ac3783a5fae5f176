//! A cache belongs to one account, and an erasure that was requested is not forgotten (GEN-5).

use std::fs;
use std::path::Path;

use digital_key_cache_sled::SledCache;
use digital_key_domain::{Generation, VehicleRecord};
use digital_key_ports::Cache;
use tempfile::tempdir;

use crate::files::files_in;
use crate::{close, contains, data_key, open, open_with_password, password, vin};

const ACCOUNTS: [Option<&str>; 3] = [None, Some("account-anna"), Some("account-otto")];

async fn open_as(directory: &Path, account: Option<&str>) -> SledCache {
    match account {
        Some(account) => SledCache::open_for(directory, data_key(), account).await.unwrap(),
        None => open(directory).await,
    }
}

async fn store(cache: &SledCache) -> VehicleRecord {
    cache.store_password(vin(1), password("76543210"), Generation::new(1)).await.unwrap();
    cache.load(vin(1)).await.unwrap()
}

async fn is_empty(cache: &SledCache) -> bool {
    cache.load(vin(1)).await.unwrap() == VehicleRecord::default()
}

/// Returns whether a file or its name contains this text.
fn holds(directory: &Path, text: &str) -> bool {
    files_in(directory).iter().any(|path| {
        contains(&fs::read(path).unwrap(), text) || path.to_string_lossy().contains(text)
    })
}

#[tokio::test]
async fn gen_5_only_the_account_that_stored_a_record_reads_it() {
    for stored_by in ACCOUNTS {
        for opened_by in ACCOUNTS {
            let directory = tempdir().unwrap();
            let cache = open_as(directory.path(), stored_by).await;
            let record = store(&cache).await;
            close(cache).await;
            let cache = open_as(directory.path(), opened_by).await;
            let found = cache.load(vin(1)).await.unwrap();
            if stored_by == opened_by {
                assert_eq!(found, record, "{stored_by:?}");
            } else {
                assert_eq!(found, VehicleRecord::default(), "{stored_by:?}, {opened_by:?}");
                assert!(!holds(directory.path(), vin(1).as_str()), "{stored_by:?}, {opened_by:?}");
            }
            close(cache).await;
            for account in ACCOUNTS.into_iter().flatten() {
                assert!(!holds(directory.path(), account), "the id is in a file");
            }
        }
    }
}

#[tokio::test]
async fn gen_5_a_resumed_cache_does_not_read_what_another_account_stored_meanwhile() {
    let directory = tempdir().unwrap();
    for account in ACCOUNTS {
        let first = open_as(directory.path(), account).await;
        let record = store(&first).await;
        first.suspend().await.unwrap();
        first.resume().await.unwrap();
        assert_eq!(first.load(vin(1)).await.unwrap(), record);
        first.suspend().await.unwrap();
        let second = open_as(directory.path(), Some("account-bea")).await;
        store(&second).await;
        close(second).await;
        first.resume().await.unwrap();
        assert!(is_empty(&first).await, "{account:?}");
        close(first).await;
    }
}

#[tokio::test]
async fn gen_5_after_a_sign_out_the_cache_belongs_to_no_account() {
    let directory = tempdir().unwrap();
    let cache = open_as(directory.path(), Some("account-anna")).await;
    store(&cache).await;
    cache.erase_all().await.unwrap();
    let record = store(&cache).await;
    cache.suspend().await.unwrap();
    cache.resume().await.unwrap();
    assert_eq!(cache.load(vin(1)).await.unwrap(), record);
    close(cache).await;
    assert!(is_empty(&open_as(directory.path(), Some("account-anna")).await).await);
}

#[tokio::test]
async fn gen_5_a_requested_erasure_is_done_by_the_next_opening() {
    for is_suspended in [false, true] {
        let directory = tempdir().unwrap();
        let cache = open_with_password(directory.path(), "76543210").await;
        if is_suspended {
            cache.suspend().await.unwrap();
        }
        cache.request_erasure();
        cache.request_erasure();
        close(cache).await;
        let cache = open(directory.path()).await;
        assert!(is_empty(&cache).await, "suspended: {is_suspended}");
        // The request is done: it does not erase what is stored from now on.
        let record = store(&cache).await;
        close(cache).await;
        assert_eq!(open(directory.path()).await.load(vin(1)).await.unwrap(), record);
    }
}

#[tokio::test]
async fn gen_5_a_requested_erasure_is_done_by_erase_all() {
    let directory = tempdir().unwrap();
    let cache = open_with_password(directory.path(), "76543210").await;
    cache.request_erasure();
    cache.erase_all().await.unwrap();
    let record = store(&cache).await;
    close(cache).await;
    assert_eq!(open(directory.path()).await.load(vin(1)).await.unwrap(), record);
}

/// Each mark is enough: a disk may refuse the others.
#[tokio::test]
async fn gen_5_any_mark_lets_the_next_opening_erase() {
    type Mark = fn(&Path);
    let marks: [Mark; 5] = [
        |directory| fs::write(directory.join("erase-requested"), "").unwrap(),
        |directory| fs::create_dir(directory.join("erase-requested")).unwrap(),
        |directory| fs::create_dir(directory.join("erasing")).unwrap(),
        |directory| fs::rename(directory.join("db"), directory.join("erasing")).unwrap(),
        |directory| fs::write(directory.join("lock"), "E").unwrap(),
    ];
    for mark in marks {
        let directory = tempdir().unwrap();
        close(open_with_password(directory.path(), "76543210").await).await;
        mark(directory.path());
        let cache = open(directory.path()).await;
        assert!(is_empty(&cache).await);
        let record = store(&cache).await;
        close(cache).await;
        assert_eq!(open(directory.path()).await.load(vin(1)).await.unwrap(), record);
    }
}

#[tokio::test]
async fn gen_5_a_request_without_a_directory_does_no_harm() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("cache");
    let cache = open(&path).await;
    cache.suspend().await.unwrap();
    fs::remove_dir_all(&path).unwrap();
    cache.request_erasure();
    assert!(is_empty(&open(&path).await).await);
}
