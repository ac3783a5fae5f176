//! Damage is reported once, never as a panic and never as a wrong answer (GEN-7).

use std::error::Error;
use std::fs;
use std::path::Path;

use digital_key_cache_sled::SledCache;
use digital_key_domain::{Generation, RecordChange, Support, VehicleRecord};
use digital_key_ports::{Cache, CacheErrorKind, CacheOperation, StoredPassword, Take};
use tempfile::{TempDir, tempdir};

use crate::{close, data_key, open, password, vin, with_sled};

/// A closed directory with two records and a snapshot of them, which sled writes when it opens.
async fn filled() -> TempDir {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    fill(&cache, 1).await;
    close(cache).await;
    close(open(directory.path()).await).await;
    directory
}

async fn fill(cache: &SledCache, generation: u64) {
    for number in 1..=2 {
        let generation = Generation::new(generation);
        cache.store_password(vin(number), password("76543210"), generation).await.unwrap();
        cache.take_use(vin(number)).await.unwrap();
    }
}

/// Asserts that the next call reports the loss, and that the cache is then empty and works. The
/// newest generation remains (ERR-4).
async fn assert_lost_once(cache: &SledCache, newest: u64) {
    let error = cache.take_use(vin(1)).await.unwrap_err();
    assert_eq!(error.operation(), CacheOperation::TakeUse);
    assert_eq!(error.kind(), CacheErrorKind::Lost, "{error}");
    for number in 1..=2 {
        assert_eq!(cache.take_use(vin(number)).await.unwrap(), Take::NoPassword);
        let record = cache.load(vin(number)).await.unwrap();
        assert_eq!(record.generation, Generation::new(newest));
        assert_eq!(record, VehicleRecord { generation: record.generation, ..Default::default() });
        let again = cache.store_password(vin(number), password("76543210"), record.generation);
        let newest = record.generation;
        assert_eq!(again.await.unwrap(), StoredPassword::Outdated { newest });
    }
    fill(cache, newest + 1).await;
}

fn aside(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("corrupt-"))
        .collect();
    names.sort();
    names
}

fn snapshot(directory: &Path) -> std::path::PathBuf {
    fs::read_dir(directory.join("db"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_stem().is_some_and(|stem| stem == "snap"))
        .unwrap()
}

#[tokio::test]
async fn a_database_that_cannot_be_read_is_put_aside() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 7] = [
        ("a page is damaged, which shows when it is read", |directory| {
            let path = directory.join("db/db");
            let mut bytes = fs::read(&path).unwrap();
            let places: Vec<_> =
                (0..bytes.len() - 8).filter(|at| bytes[*at..].starts_with(b"sealed")).collect();
            assert!(!places.is_empty());
            places.iter().for_each(|at| bytes[*at] = b'x');
            fs::write(path, bytes).unwrap();
        }),
        ("conf is garbage", |directory| {
            fs::write(directory.join("db/conf"), [0xA5; 100]).unwrap();
        }),
        ("db is garbage", |directory| {
            fs::write(directory.join("db/db"), [0xA5; 100_000]).unwrap();
        }),
        ("db is empty", |directory| {
            fs::write(directory.join("db/db"), "").unwrap();
        }),
        ("the snapshot is garbage", |directory| {
            fs::write(snapshot(directory), [0xA5; 100]).unwrap();
        }),
        ("db is a directory", |directory| {
            fs::remove_file(directory.join("db/db")).unwrap();
            fs::create_dir(directory.join("db/db")).unwrap();
        }),
        ("the database is a file", |directory| {
            fs::remove_dir_all(directory.join("db")).unwrap();
            fs::write(directory.join("db"), "not a directory").unwrap();
        }),
    ];
    for (what, damage) in damages {
        let directory = filled().await;
        damage(directory.path());
        let cache = open(directory.path()).await;
        assert_lost_once(&cache, 1).await;
        assert_eq!(aside(directory.path()), ["corrupt-1"], "{what}");
        close(cache).await;
        let cache = open(directory.path()).await;
        let record = cache.load(vin(1)).await.unwrap();
        assert_eq!(record.password, Some(crate::used(2, 1)), "{what}");
    }
}

#[tokio::test]
async fn only_the_newest_two_are_kept_aside() {
    let directory = tempdir().unwrap();
    for newest in 0..4 {
        let cache = open(directory.path()).await;
        cache.suspend().await.unwrap();
        fs::write(directory.path().join("db/conf"), [0xA5; 100]).unwrap();
        cache.resume().await.unwrap();
        assert_lost_once(&cache, newest).await;
    }
    assert_eq!(aside(directory.path()), ["corrupt-3", "corrupt-4"]);
}

#[tokio::test]
async fn gen_5_erasing_reports_a_loss_and_still_erases() {
    let directory = filled().await;
    fs::write(directory.path().join("db/conf"), [0xA5; 100]).unwrap();
    let cache = open(directory.path()).await;
    assert_eq!(cache.erase_all().await.unwrap_err().kind(), CacheErrorKind::Lost);
    assert_eq!(aside(directory.path()), [""; 0]);
    cache.erase_all().await.unwrap();
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_lost_alone() {
    let values: [&[u8]; 5] = [
        b"",
        b"\x02",
        b"\x02{\"generation\":1}",
        // A value of the next schema, as a downgraded app finds it.
        b"\x03{\"password\":\"76543210\"}",
        &[0xFF; 300],
    ];
    for value in values {
        let directory = filled().await;
        with_sled(directory.path(), |database| database.insert(vin(1).as_str(), value).unwrap());

        let cache = open(directory.path()).await;
        let other = cache.load(vin(2)).await.unwrap();
        assert_eq!(other.password, Some(crate::used(1, 1)));
        let stored = cache.store(vin(1), RecordChange::Support(Support::NotSupported)).await;
        let error = stored.unwrap_err();
        assert_eq!(error.operation(), CacheOperation::Store);
        assert_eq!(error.kind(), CacheErrorKind::Lost, "{error}");
        let record = cache.load(vin(1)).await.unwrap();
        let generation = Generation::new(1);
        assert_eq!(record, VehicleRecord { generation, ..Default::default() });
        assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::NoPassword);
        assert_eq!(cache.load(vin(2)).await.unwrap(), other);
        assert_eq!(aside(directory.path()), [""; 0]);
    }
}

#[tokio::test]
async fn gen_4_a_crash_while_a_snapshot_is_written_loses_nothing() {
    let directory = filled().await;
    let whole = snapshot(directory.path());
    let bytes = fs::read(&whole).unwrap();
    for length in [0, 5, 13, bytes.len() - 1] {
        let mut half = whole.clone().into_os_string();
        half.push(".generating");
        fs::write(half, &bytes[..length]).unwrap();
        let cache = open(directory.path()).await;
        let record = cache.load(vin(1)).await.unwrap();
        assert_eq!(record.password, Some(crate::used(1, 1)), "{length}");
    }
}

#[tokio::test]
async fn gen_6_no_error_holds_a_secret_or_a_whole_vin() {
    let directory = filled().await;
    let broken = &b"\x02{\"digits\":\"76543210\"}"[..];
    with_sled(directory.path(), |database| database.insert(vin(1).as_str(), broken).unwrap());
    let cache = open(directory.path()).await;
    let lost = cache.load(vin(1)).await.unwrap_err();
    let busy = SledCache::open(directory.path(), data_key()).await.unwrap_err();
    cache.suspend().await.unwrap();
    let suspended = cache.take_use(vin(1)).await.unwrap_err();
    let no_directory = tempfile::NamedTempFile::new().unwrap();
    let unavailable = SledCache::open(no_directory.path(), data_key()).await.unwrap_err();
    assert_eq!(unavailable.kind(), CacheErrorKind::Unavailable);
    for error in [lost, busy, suspended, unavailable] {
        let mut text = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(cause) = source {
            text += &format!(" {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!text.contains("76543210"), "{text}");
        assert!(!text.contains(vin(1).as_str()), "{text}");
    }
}
