//! A password is given out three times, and each use is counted before it is given out (RDY-4).

use std::collections::BTreeSet;
use std::sync::Arc;

use digital_key_cache_sled::SledCache;
use digital_key_domain::{Generation, RecordChange};
use digital_key_ports::{Cache, StoredPassword, Take};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tempfile::{TempDir, tempdir};

use crate::{open, open_with_password, password, used, vin};

async fn with_password() -> (TempDir, SledCache) {
    let directory = tempdir().unwrap();
    let cache = open_with_password(directory.path(), "12345678").await;
    (directory, cache)
}

fn granted(digits: &str, generation: u64, uses: u8) -> Take {
    Take::Granted { password: password(digits), counted: used(generation, uses) }
}

#[tokio::test]
async fn rdy_4_three_grants_and_then_exhausted() {
    let (_directory, cache) = with_password().await;
    assert_eq!(cache.take_use(vin(2)).await.unwrap(), Take::NoPassword);
    for uses in 1..=3 {
        let take = cache.take_use(vin(1)).await.unwrap();
        assert_eq!(take, granted("12345678", 1, uses));
        let record = cache.load(vin(1)).await.unwrap();
        assert_eq!(record.password, Some(used(1, uses)));
    }
    for _ in 0..2 {
        assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::Exhausted);
    }
}

#[tokio::test]
async fn gen_4_the_count_survives_drop_and_reopen() {
    let (directory, mut cache) = with_password().await;
    for uses in 1..=3 {
        let take = cache.take_use(vin(1)).await.unwrap();
        assert_eq!(take, granted("12345678", 1, uses));
        drop(cache);
        cache = open(directory.path()).await;
    }
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::Exhausted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_concurrent_takers_get_three_grants_with_three_counts() {
    let (_directory, cache) = with_password().await;
    let cache = Arc::new(cache);
    let takers = (0..8).map(|_| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { cache.take_use(vin(1)).await.unwrap() })
    });
    let mut counts = BTreeSet::new();
    let mut grants = 0;
    for take in join_all(takers).await {
        match take.unwrap() {
            Take::Granted { counted, .. } => {
                grants += 1;
                counts.insert(counted.uses.get());
            }
            Take::Exhausted => {}
            Take::NoPassword => panic!("the password is cached"),
        }
    }
    assert_eq!((grants, counts), (3, BTreeSet::from([1, 2, 3])));
}

#[tokio::test]
async fn err_4_only_a_newer_generation_resets_the_count() {
    let (_directory, cache) = with_password().await;
    let store = |digits, generation| {
        cache.store_password(vin(1), password(digits), Generation::new(generation))
    };
    store("22222222", 5).await.unwrap();
    cache.take_use(vin(1)).await.unwrap();
    for generation in [4, 5] {
        let newest = Generation::new(5);
        assert_eq!(
            store("33333333", generation).await.unwrap(),
            StoredPassword::Outdated { newest }
        );
    }
    let take = cache.take_use(vin(1)).await.unwrap();
    assert_eq!(take, granted("22222222", 5, 2));
    assert_eq!(store("44444444", 6).await.unwrap(), StoredPassword::Stored);
    let take = cache.take_use(vin(1)).await.unwrap();
    assert_eq!(take, granted("44444444", 6, 1));
}

#[tokio::test]
async fn err_4_the_newest_generation_outlives_its_password() {
    let (_directory, cache) = with_password().await;
    let paired = RecordChange::Paired { key: crate::key("K1"), used: Generation::new(1) };
    cache.store(vin(1), paired).await.unwrap();
    let newest = Generation::new(1);
    assert_eq!(
        cache.store_password(vin(1), password("12345678"), newest).await.unwrap(),
        StoredPassword::Outdated { newest }
    );
    assert_eq!(cache.take_use(vin(1)).await.unwrap(), Take::NoPassword);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_burns_at_most_one_use() {
    let (_directory, cache) = with_password().await;
    drop(cache.take_use(vin(1)));
    assert_eq!(cache.load(vin(1)).await.unwrap().password, Some(used(1, 0)));

    // The first poll starts the call; then its future is dropped.
    let dropped = cache.take_use(vin(1)).now_or_never();
    let burnt = u8::from(dropped.is_none());
    let counted = cache.load(vin(1)).await.unwrap().password.unwrap();
    assert!(counted.uses.get() <= 1);
    let mut grants = 0;
    while let Take::Granted { counted, .. } = cache.take_use(vin(1)).await.unwrap() {
        grants += 1;
        assert_eq!(counted.uses.get(), grants + burnt);
    }
    assert_eq!(grants + burnt, 3);
}
