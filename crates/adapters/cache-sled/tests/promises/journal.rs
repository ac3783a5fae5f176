//! Whichever file is damaged, the counter never comes back lower. In doubt the password is used up
//! until there is a newer one (RDY-4).

use std::fs;
use std::path::{Path, PathBuf};

use digital_key_cache_sled::SledCache;
use digital_key_domain::{Generation, VehicleRecord};
use digital_key_ports::{Cache, CacheErrorKind, StoredPassword, Take};
use tempfile::{TempDir, tempdir};

use crate::files::{copy, files_in};
use crate::{close, open, password, used, vin};

/// A closed cache with a password of this generation, of which this many uses were taken.
async fn with_uses(generation: u64, uses: u8) -> TempDir {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    store(&cache, generation).await;
    for _ in 0..uses {
        cache.take_use(vin(1)).await.unwrap();
    }
    close(cache).await;
    directory
}

async fn store(cache: &SledCache, generation: u64) -> StoredPassword {
    let generation = Generation::new(generation);
    cache.store_password(vin(1), password("76543210"), generation).await.unwrap()
}

/// Asserts that no use of generation 1 is left, and that a newer password has all its uses.
async fn assert_used_up(directory: &Path, what: &str) {
    let cache = open(directory).await;
    assert_eq!(cache.load(vin(1)).await.unwrap().password, Some(used(1, 3)), "{what}");
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::Exhausted, "{what}");
    assert!(matches!(store(&cache, 1).await, StoredPassword::Outdated { .. }), "{what}");
    assert_eq!(store(&cache, 2).await, StoredPassword::Stored, "{what}");
    close(cache).await;

    for uses in 1..=3 {
        let cache = open(directory).await;
        let Take::Granted { counted, .. } = cache.take_use(vin(1)).await.unwrap() else {
            panic!("{what}: use {uses} of a newer password was refused");
        };
        assert_eq!(counted, used(2, uses), "{what}");
        close(cache).await;
    }
}

#[tokio::test]
async fn rdy_4_a_password_with_an_incomplete_journal_is_used_up() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 7] = [
        ("the folder is gone", |file| fs::remove_dir_all(file.parent().unwrap()).unwrap()),
        ("the file is gone", |file| fs::remove_file(file).unwrap()),
        ("the file is empty", |file| fs::write(file, "").unwrap()),
        ("one slot is cut off", |file| fs::write(file, &fs::read(file).unwrap()[..64]).unwrap()),
        ("the first slot is zeroed", |file| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, [&[0; 64], &bytes[64..]].concat()).unwrap();
        }),
        ("a bit of the second slot is flipped", |file| {
            let mut bytes = fs::read(file).unwrap();
            bytes[64 + 29] ^= 1;
            fs::write(file, bytes).unwrap();
        }),
        ("the file belongs to another vehicle", |file| {
            let other = file.with_file_name("WBA00000000DEM999");
            fs::rename(file, other).unwrap();
        }),
    ];
    for (what, damage) in damages {
        for uses in [0, 1] {
            let directory = with_uses(1, uses).await;
            damage(&journal_file(directory.path()));
            assert_used_up(directory.path(), what).await;
        }
    }
}

fn journal_file(directory: &Path) -> PathBuf {
    directory.join("witness").join(vin(1).as_str())
}

/// sled may come back with an older state, without an error.
#[tokio::test]
async fn rdy_4_the_count_does_not_fall_with_an_older_database() {
    let directory = with_uses(1, 1).await;
    let older = tempdir().unwrap();
    copy(&directory.path().join("db"), older.path());
    let restore = || {
        fs::remove_dir_all(directory.path().join("db")).unwrap();
        copy(older.path(), &directory.path().join("db"));
    };

    let cache = open(directory.path()).await;
    cache.take_use(vin(1)).await.unwrap();
    close(cache).await;
    restore();
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap().password, Some(used(1, 2)));
    let take = cache.take_use(vin(1)).await.unwrap();
    assert!(matches!(take, Take::Granted { counted, .. } if counted == used(1, 3)), "{take:?}");

    // The older database does not know the newer generation.
    store(&cache, 2).await;
    close(cache).await;
    restore();
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap().generation, Generation::new(2));
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::Exhausted);
    let newest = Generation::new(2);
    assert_eq!(store(&cache, 2).await, StoredPassword::Outdated { newest });
    assert_eq!(store(&cache, 3).await, StoredPassword::Stored);
}

#[tokio::test]
async fn err_4_without_its_record_a_generation_is_still_known() {
    let directory = with_uses(5, 0).await;
    fs::remove_dir_all(directory.path().join("db")).unwrap();
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap_err().kind(), CacheErrorKind::Lost);
    let newest = Generation::new(5);
    let empty = VehicleRecord { generation: newest, ..VehicleRecord::default() };
    assert_eq!(cache.load(vin(1)).await.unwrap(), empty);
    for generation in [4, 5] {
        assert_eq!(store(&cache, generation).await, StoredPassword::Outdated { newest });
    }
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::NoPassword);
    assert_eq!(store(&cache, 6).await, StoredPassword::Stored);
}

/// Damages each file in each simple way: no use is given out a second time.
#[tokio::test]
async fn rdy_4_no_damage_of_one_file_gives_a_use_out_twice() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 6] = [
        ("emptied", Vec::clear),
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut by a byte", |bytes| bytes.truncate(bytes.len().saturating_sub(1))),
        ("zeroed", |bytes| bytes.fill(0)),
        ("flipped in the middle", |bytes| flip(bytes, 2)),
        ("flipped at the start", |bytes| flip(bytes, 100_000)),
    ];
    fn flip(bytes: &mut [u8], part: usize) {
        let at = bytes.len() / part;
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1;
        }
    }
    let whole = with_uses(1, 2).await;
    let files: Vec<_> = files_in(whole.path())
        .into_iter()
        .map(|path| path.strip_prefix(whole.path()).unwrap().to_owned())
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in &files {
        for (what, damage) in damages.iter().chain([&("removed", Vec::clear as Damage)]) {
            let directory = tempdir().unwrap();
            copy(whole.path(), directory.path());
            let path = directory.path().join(file);
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, bytes).unwrap();
            if *what == "removed" {
                fs::remove_file(&path).unwrap();
            }

            let what = format!("{} {what}", file.display());
            let cache = open(directory.path()).await;
            let mut last = 2;
            let mut losses = 0;
            for _ in 0..4 {
                match cache.take_use(vin(1)).await {
                    Ok(Take::Granted { counted, .. }) => {
                        assert!(counted.uses.get() > last, "{what}: {counted:?} after {last}");
                        last = counted.uses.get();
                    }
                    Ok(Take::NoPassword | Take::Exhausted) => {}
                    Err(error) if error.kind() == CacheErrorKind::Lost => losses += 1,
                    Err(error) => panic!("{what}: {error}"),
                }
            }
            assert!(losses <= 1, "{what}");
            let again = store(&cache, 1).await;
            assert!(matches!(again, StoredPassword::Outdated { .. }), "{what}");
            assert_eq!(store(&cache, 2).await, StoredPassword::Stored, "{what}");
        }
    }
}
