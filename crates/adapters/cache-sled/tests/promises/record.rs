//! Stored data comes back for its own VIN, also after the cache was dropped and reopened.

use digital_key_cache_sled::SledCache;
use digital_key_domain::{
    Generation, KnownKey, OwnerKey, PairingStatus, Readiness, RecordChange, ReportedKey, Support,
    VehicleRecord, Vin,
};
use digital_key_ports::{Cache, StoredPassword};
use futures_util::future::join_all;
use tempfile::tempdir;

use crate::{close, key, open, password, used, vin, with_sled};

const SUPPORTED: Support = Support::Supported { upgrade_required: true };

fn status(owner_key: Option<&str>) -> PairingStatus {
    PairingStatus {
        owner_key: owner_key.map(|id| ReportedKey { id: key(id), tracked: true }),
        primary_subscriber: true,
        prepared: false,
    }
}

/// Stores a value in each field, and returns the record.
async fn fill(cache: &SledCache, vin: Vin) -> VehicleRecord {
    for change in [
        RecordChange::Support(SUPPORTED),
        RecordChange::Status(status(Some("K1"))),
        RecordChange::Presence { key: key("K1"), on_this_phone: true },
    ] {
        cache.store(vin, change).await.unwrap();
    }
    let generation = Generation::new(7);
    cache.store_password(vin, password("01234567"), generation).await.unwrap();
    cache.take_use(vin).await.unwrap();
    VehicleRecord {
        support: Some(SUPPORTED),
        key: KnownKey::Owner(OwnerKey {
            id: key("K1"),
            tracked: true,
            on_this_phone: true,
            paired_here: false,
            reported: true,
        }),
        readiness: Some(Readiness { primary_subscriber: true, prepared: false }),
        password: Some(used(7, 1)),
        generation,
    }
}

#[tokio::test]
async fn a_vin_that_was_never_stored_is_the_empty_record() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap(), VehicleRecord::default());
}

#[tokio::test]
async fn every_field_comes_back_also_after_drop_and_reopen() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    let record = fill(&cache, vin(1)).await;
    assert_eq!(cache.load(vin(1)).await.unwrap(), record);
    close(cache).await;
    let cache = open(directory.path()).await;
    assert_eq!(cache.load(vin(1)).await.unwrap(), record);
}

#[tokio::test]
async fn a_call_changes_the_record_of_its_own_vin_only() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    let record = fill(&cache, vin(1)).await;
    fill(&cache, vin(2)).await;
    let paired = RecordChange::Paired { key: key("K2"), used: Generation::new(7) };
    cache.store(vin(2), paired).await.unwrap();
    cache.take_use(vin(3)).await.unwrap();
    assert_eq!(cache.load(vin(1)).await.unwrap(), record);
    assert_eq!(cache.load(vin(3)).await.unwrap(), VehicleRecord::default());
}

#[tokio::test]
async fn cbk_5_a_pairing_deletes_the_password_and_its_secret() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    fill(&cache, vin(1)).await;
    let paired = RecordChange::Paired { key: key("K2"), used: Generation::new(7) };
    cache.store(vin(1), paired).await.unwrap();
    assert_eq!(cache.load(vin(1)).await.unwrap().password, None);
    close(cache).await;

    let value = with_sled(directory.path(), |database| database.get(vin(1).as_str()));
    let value = value.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&value).contains("01234567"));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_applied_in_the_order_of_their_calls() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    for round in 0..20 {
        let keys: Vec<_> = (0..10).map(|n| format!("K{round}-{n}")).collect();
        let calls =
            keys.iter().map(|id| cache.store(vin(1), RecordChange::Status(status(Some(id)))));
        for answer in join_all(calls).await {
            answer.unwrap();
        }
        let record = cache.load(vin(1)).await.unwrap();
        assert_eq!(record.key.owner().unwrap().id, key(&keys[9]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_changes_of_one_vin_all_count() {
    let directory = tempdir().unwrap();
    let cache = open(directory.path()).await;
    let (support, status, stored) = tokio::join!(
        cache.store(vin(1), RecordChange::Support(SUPPORTED)),
        cache.store(vin(1), RecordChange::Status(status(None))),
        cache.store_password(vin(1), password("01234567"), Generation::new(1)),
    );
    support.unwrap();
    status.unwrap();
    assert_eq!(stored.unwrap(), StoredPassword::Stored);
    let record = cache.load(vin(1)).await.unwrap();
    assert_eq!(record.support, Some(SUPPORTED));
    assert_eq!(record.key, KnownKey::None);
    assert_eq!(record.password, Some(used(1, 0)));
}
