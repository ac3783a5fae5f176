//! One instance at a time, suspension, and signing out.

use std::fs::{self, File};

use digital_key_domain::{Generation, RecordChange, Support, VehicleRecord};
use digital_key_ports::{Cache, CacheErrorKind, CacheOperation, Take};
use futures_util::FutureExt;
use tempfile::tempdir;

use crate::files::files_in;
use crate::{close, contains, data_key, open, open_with_password, password, vin};
use digital_key_cache_sled::SledCache;

#[tokio::test]
async fn a_second_opening_is_busy_until_the_first_is_closed() {
    let directory = tempdir().unwrap();
    let first = open(directory.path()).await;
    for _ in 0..2 {
        let error = SledCache::open(directory.path(), data_key()).await.unwrap_err();
        assert_eq!(error.operation(), CacheOperation::Open);
        assert_eq!(error.kind(), CacheErrorKind::Busy, "{error}");
    }
    first.load(vin(1)).await.unwrap();

    first.suspend().await.unwrap();
    let second = open(directory.path()).await;
    let error = first.resume().await.unwrap_err();
    assert_eq!(error.operation(), CacheOperation::Resume);
    assert_eq!(error.kind(), CacheErrorKind::Busy, "{error}");
    drop(second);
    first.resume().await.unwrap();
    first.load(vin(1)).await.unwrap();
}

#[tokio::test]
async fn a_held_lock_file_keeps_every_process_out() {
    let directory = tempdir().unwrap();
    let lock = File::create(directory.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let error = SledCache::open(directory.path(), data_key()).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Busy, "{error}");
    drop(lock);
    open(directory.path()).await;
}

#[tokio::test]
async fn a_suspended_cache_refuses_calls_and_a_resumed_one_has_its_records() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    let generation = Generation::new(1);
    cache.store_password(vin(1), password("12345678"), generation).await.unwrap();
    let record = cache.load(vin(1)).await.unwrap();

    cache.suspend().await.unwrap();
    cache.suspend().await.unwrap();
    let support = RecordChange::Support(Support::NotSupported);
    let errors = [
        cache.load(vin(1)).await.unwrap_err(),
        cache.store(vin(1), support).await.unwrap_err(),
        cache.store_password(vin(1), password("12345678"), generation.next()).await.unwrap_err(),
        cache.take_use(vin(1)).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), CacheErrorKind::Suspended, "{error}");
    }

    cache.resume().await.unwrap();
    cache.resume().await.unwrap();
    assert_eq!(cache.load(vin(1)).await.unwrap(), record);
}

#[tokio::test]
async fn suspending_waits_for_a_dropped_call_and_releases_all_files() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    let support = RecordChange::Support(Support::NotSupported);
    for number in 0..20 {
        // The future is dropped, whether the call has finished or not.
        let _ = cache.store(vin(number), support.clone()).now_or_never();
        cache.suspend().await.unwrap();
        for file in ["lock", "db/db"] {
            let file = File::open(directory.path().join(file)).unwrap();
            file.try_lock().unwrap();
        }
        cache.resume().await.unwrap();
        let record = cache.load(vin(number)).await.unwrap();
        assert_eq!(record.support, Some(Support::NotSupported));
    }
}

#[tokio::test]
async fn gen_5_erasing_leaves_nothing() {
    let directory = tempdir().unwrap();
    fs::create_dir_all(directory.path().join("db")).unwrap();
    fs::write(directory.path().join("db/conf"), "not written by sled 76543210").unwrap();
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap_err().kind(), CacheErrorKind::Lost);
    for number in 0..5 {
        cache.store_password(vin(number), password("76543210"), Generation::new(1)).await.unwrap();
    }
    let holds_data = |path: &std::path::PathBuf| {
        let bytes = fs::read(path).unwrap();
        contains(&bytes, "76543210")
            || contains(&bytes, "WBA0000")
            || path.to_string_lossy().contains("WBA0000")
    };
    assert!(files_in(directory.path()).iter().any(holds_data));

    cache.erase_all().await.unwrap();
    for number in 0..5 {
        assert_eq!(cache.load(vin(number)).await.unwrap(), VehicleRecord::default());
        assert_eq!(cache.take_use(vin(number)).await.unwrap(), Take::NoPassword);
    }
    let left: Vec<_> = files_in(directory.path()).into_iter().filter(holds_data).collect();
    assert_eq!(left, [""; 0].map(std::path::PathBuf::from));

    // The cache still works, for the next account.
    cache.store_password(vin(1), password("11111111"), Generation::new(1)).await.unwrap();
    assert!(matches!(cache.take_use(vin(1)).await.unwrap(), Take::Granted { .. }));
}

/// Another instance holds the directory, so the next opening erases it.
#[tokio::test]
async fn gen_5_an_erasure_of_a_busy_directory_is_done_by_the_next_opening() {
    let directory = tempdir().unwrap();
    let first = open(directory.path()).await;
    first.store_password(vin(1), password("76543210"), Generation::new(1)).await.unwrap();
    first.suspend().await.unwrap();
    let second = open(directory.path()).await;
    let busy = first.erase_all().await.unwrap_err();
    assert_eq!((busy.kind(), busy.operation()), (CacheErrorKind::Busy, CacheOperation::EraseAll));
    assert!(
        second.load(vin(1)).await.unwrap().password.is_some(),
        "the other instance is not disturbed"
    );
    close(second).await;

    let next = open(directory.path()).await;
    assert_eq!(next.load(vin(1)).await.unwrap(), VehicleRecord::default());
}

#[tokio::test]
async fn gen_5_an_interrupted_erasure_is_completed_by_the_next_opening() {
    let directory = tempdir().unwrap();
    let cache = open_with_password(directory.path(), "76543210").await;
    close(cache).await;
    let path = |name| directory.path().join(name);
    fs::rename(path("db"), path("erasing")).unwrap();
    fs::create_dir(path("corrupt-1")).unwrap();

    let cache = open(directory.path()).await;
    assert!(!path("erasing").exists() && !path("corrupt-1").exists());
    assert_eq!(cache.load(vin(1)).await.unwrap(), VehicleRecord::default());
}

#[tokio::test]
async fn gen_6_debug_shows_the_path_only() {
    let directory = tempdir().unwrap();
    let cache = open_with_password(directory.path(), "12345678").await;
    assert_eq!(format!("{cache:?}"), format!("SledCache({:?})", directory.path()));
}

#[tokio::test]
async fn an_opening_right_after_a_drop_waits_for_the_closing() {
    let directory = tempdir().unwrap();
    for number in 0..20 {
        let cache = open(directory.path()).await;
        let support = RecordChange::Support(Support::NotSupported);
        // The future is dropped, whether the call has finished or not.
        let _ = cache.store(vin(number), support).now_or_never();
        drop(cache);
    }
    let cache = open(directory.path()).await;
    for number in 0..20 {
        let record = cache.load(vin(number)).await.unwrap();
        assert_eq!(record.support, Some(Support::NotSupported), "a running call is finished");
    }
}

#[test]
fn a_drop_outside_of_a_runtime_closes_at_once() {
    let directory = tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let cache = runtime.block_on(open(directory.path()));
    drop(runtime);
    drop(cache);
    File::open(directory.path().join("lock")).unwrap().try_lock().unwrap();
    File::open(directory.path().join("db/db")).unwrap().try_lock().unwrap();
}
