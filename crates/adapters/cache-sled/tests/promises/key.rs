//! The password is present only for the key that sealed it (GEN-6).

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use digital_key_cache_sled::{DataKey, DataKeySource, SledCache, StaticKey};
use digital_key_domain::{Generation, RecordChange, Support};
use digital_key_ports::{Cache, CacheErrorKind, Cause, StoredPassword, Take};
use digital_key_testkit::values::key;
use tempfile::tempdir;

use crate::files::files_in;
use crate::{close, contains, open, open_with_password, password, used, vin, with_sled};

/// A keychain that can be locked, and that counts its calls.
#[derive(Default)]
struct Keychain {
    is_locked: AtomicBool,
    calls: AtomicUsize,
}

impl DataKeySource for Keychain {
    fn data_key(&self) -> Result<DataKey, Cause> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.is_locked.load(Ordering::SeqCst) {
            return Err("the keychain is locked".into());
        }
        Ok(DataKey::new([7; 32]))
    }
}

fn assert_no_plain_text(directory: &Path, digits: &str) {
    for path in files_in(directory) {
        assert!(!contains(&fs::read(&path).unwrap(), digits), "{}", path.display());
    }
}

#[tokio::test]
async fn gen_6_the_password_is_back_when_its_key_is() {
    let directory = tempdir().unwrap();
    let keychain = Arc::new(Keychain::default());
    let cache = SledCache::open(directory.path(), keychain.clone()).await.unwrap();
    cache.store_password(vin(1), password("76543210"), Generation::new(1)).await.unwrap();
    cache.take_use(vin(1)).await.unwrap();
    cache.suspend().await.unwrap();

    keychain.is_locked.store(true, Ordering::SeqCst);
    cache.resume().await.unwrap();
    let support = RecordChange::Support(Support::NotSupported);
    cache.store(vin(1), support).await.unwrap();
    let record = cache.load(vin(1)).await.unwrap();
    assert_eq!((record.password, record.generation), (None, Generation::new(1)));
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::NoPassword);
    cache.suspend().await.unwrap();

    keychain.is_locked.store(false, Ordering::SeqCst);
    cache.resume().await.unwrap();
    let record = cache.load(vin(1)).await.unwrap();
    assert_eq!(record.password, Some(used(1, 1)));
    assert_eq!(record.support, Some(Support::NotSupported));
    let take = cache.take_use(vin(1)).await.unwrap();
    assert_eq!(take, Take::Granted { password: password("76543210"), counted: used(1, 2) });
}

#[tokio::test]
async fn gen_6_without_a_key_no_password_is_stored_and_the_source_is_called_again() {
    let directory = tempdir().unwrap();
    let keychain = Arc::new(Keychain::default());
    keychain.is_locked.store(true, Ordering::SeqCst);
    let cache = SledCache::open(directory.path(), keychain.clone()).await.unwrap();
    let store = || cache.store_password(vin(1), password("76543210"), Generation::new(1));
    assert_eq!(store().await.unwrap_err().kind(), CacheErrorKind::Unavailable);
    assert_eq!(cache.load(vin(1)).await.unwrap(), Default::default());
    assert_no_plain_text(directory.path(), "76543210");

    // The phone is unlocked while the cache stays open.
    keychain.is_locked.store(false, Ordering::SeqCst);
    assert_eq!(store().await.unwrap(), StoredPassword::Stored);
    assert_eq!(cache.load(vin(1)).await.unwrap().password, Some(used(1, 0)));

    let calls = || keychain.calls.load(Ordering::SeqCst);
    let before = calls();
    cache.take_use(vin(1)).await.unwrap();
    assert_eq!(calls(), before, "the source was called although the key is known");
    cache.suspend().await.unwrap();
    cache.resume().await.unwrap();
    assert_eq!(calls(), before + 1);
}

/// The JSON that the first version of the app wrote.
const UNSEALED: &str = r#"{"support":"NotSupported","key":{"Owner":{"id":"key-1","tracked":true,"on_this_phone":true,"paired_here":false}},"readiness":{"primary_subscriber":true,"prepared":true},"password":{"digits":"76543210","generation":4,"uses":1},"generation":4}"#;

#[tokio::test]
async fn gen_6_records_that_are_not_sealed_are_written_anew_without_their_passwords() {
    let directory = tempdir().unwrap();
    close(open(directory.path()).await).await;
    let value = [b"\x01", UNSEALED.as_bytes()].concat();
    with_sled(directory.path(), |database| {
        database.insert(vin(1).as_str(), &value[..]).unwrap();
        database.insert(vin(2).as_str(), &value[..]).unwrap();
        database.insert(vin(3).as_str(), b"\x01{}").unwrap();
    });
    fs::write(directory.path().join("db/found"), "").unwrap();

    let cache = open(directory.path()).await;
    assert_no_plain_text(directory.path(), "76543210");
    for number in 1..=2 {
        let record = cache.load(vin(number)).await.unwrap();
        assert_eq!(record.support, Some(Support::NotSupported));
        assert_eq!(record.key.owner().unwrap().id, key(1));
        assert_eq!((record.password, record.generation), (None, Generation::new(4)));
        let store =
            |generation| cache.store_password(vin(number), password("11111111"), generation);
        let newest = Generation::new(4);
        assert_eq!(store(newest).await.unwrap(), StoredPassword::Outdated { newest });
        assert_eq!(store(newest.next()).await.unwrap(), StoredPassword::Stored);
    }
    assert_eq!(cache.load(vin(3)).await.unwrap_err().kind(), CacheErrorKind::Lost);
    assert!(!directory.path().join("db/found").exists(), "the database was not written anew");
}

/// An unsealed record can appear later, after a downgrade and an upgrade.
#[tokio::test]
async fn a_single_record_that_is_not_sealed_is_read_without_its_password() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    cache.store_password(vin(2), password("11111111"), Generation::new(1)).await.unwrap();
    close(cache).await;
    let value = [b"\x01", UNSEALED.as_bytes()].concat();
    with_sled(directory.path(), |database| database.insert(vin(1).as_str(), value).unwrap());
    let cache = open(directory.path()).await;
    let record = cache.load(vin(1)).await.unwrap();
    assert_eq!((record.password, record.generation), (None, Generation::new(4)));
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::NoPassword);
}

#[tokio::test]
async fn gen_4_a_database_that_was_not_in_place_yet_changes_nothing() {
    let directory = tempdir().unwrap();
    let cache = open_with_password(directory.path(), "76543210").await;
    close(cache).await;
    let path = |name| directory.path().join(name);
    type Crash<'a> = &'a dyn Fn();
    let crashes: [Crash; 3] = [
        &|| fs::create_dir_all(path("unfinished/blobs")).unwrap(),
        &|| {
            fs::rename(path("db"), path("replaced")).unwrap();
            fs::create_dir_all(path("unfinished/blobs")).unwrap();
        },
        &|| fs::create_dir_all(path("replaced/blobs")).unwrap(),
    ];
    for (number, crash) in crashes.iter().enumerate() {
        crash();
        let cache = open(directory.path()).await;
        let record = cache.load(vin(1)).await.unwrap();
        assert_eq!(record.password, Some(used(1, 0)), "crash {number}");
        assert!(!path("unfinished").exists() && !path("replaced").exists(), "crash {number}");
        close(cache).await;
    }
}

/// A source that blocks until it is released.
struct BlockingSource(Mutex<std::sync::mpsc::Receiver<()>>);

impl DataKeySource for BlockingSource {
    fn data_key(&self) -> Result<DataKey, Cause> {
        self.0.lock().unwrap().recv()?;
        StaticKey::new([7; 32]).data_key()
    }
}

#[tokio::test]
async fn a_drop_does_not_wait_for_a_running_call() {
    let directory = tempdir().unwrap();
    let (release, wait) = std::sync::mpsc::channel();
    release.send(()).unwrap();
    let source = Arc::new(BlockingSource(Mutex::new(wait)));
    let cache = SledCache::open(directory.path(), source.clone()).await.unwrap();
    cache.suspend().await.unwrap();
    // The call runs and waits for the key, although its future is dropped.
    let resume = futures_util::FutureExt::now_or_never(cache.resume());
    assert!(resume.is_none());
    drop(cache);

    // The test has one thread, so this line is reached only if the drop did not wait.
    release.send(()).unwrap();
    open(directory.path()).await;
}
