//! One instance at a time, suspension, and signing out.

use digital_key_domain::{Generation, RecordChange, VehicleRecord};
use digital_key_ports::{Cache, CacheErrorKind, CacheOperation, StoredPassword, Take};

use super::{
    CacheHarness, load, must_load, must_take, open, record_after, reopen, status, store_password,
};
use crate::CaseResult;
use crate::values::{password, vin};
use crate::violation::{must, must_equal, must_fail, must_work};

/// Every other opening is `Busy` while one instance holds the store, and does not disturb that
/// instance.
pub async fn a_second_opening_is_busy_until_the_first_is_closed<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let first = open(harness).await?;
    store_password(&first, vin(1), 1, 1).await?;
    for _ in 0..2 {
        let refused = harness.open().await.is_err_and(|error| error.kind() == CacheErrorKind::Busy);
        must!(refused, "a second opening is not Busy");
    }
    must_take(&first, "a use by the first instance", vin(1), super::granted(1, 1, 1)).await?;
    let second = reopen(harness, first).await?;
    must_take(&second, "a use by the next instance", vin(1), super::granted(1, 1, 2)).await
}

/// Every call to a suspended cache but `suspend`, `resume` and `erase_all` is `Suspended`, names
/// its operation, and has no effect.
pub async fn a_suspended_cache_answers_nothing<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    let record = load(&cache, vin(1)).await?;
    must_work("suspend", cache.suspend().await)?;
    let errors = [
        (CacheOperation::Load, must_fail("load", cache.load(vin(1)).await)?),
        (
            CacheOperation::Store,
            must_fail("store", cache.store(vin(1), RecordChange::Status(status(None))).await)?,
        ),
        (
            CacheOperation::StorePassword,
            must_fail(
                "store_password",
                cache.store_password(vin(1), password(2), Generation::new(2)).await,
            )?,
        ),
        (CacheOperation::TakeUse, must_fail("take_use", cache.take_use(vin(1)).await)?),
    ];
    for (operation, error) in errors {
        let suspended = error.kind() == CacheErrorKind::Suspended;
        must!(suspended, "{operation} is {error:?}, not Suspended");
        must_equal("the operation of the error", error.operation(), operation)?;
    }
    must_work("resume", cache.resume().await)?;
    must_load(&cache, "after calls in suspension", vin(1), record).await
}

/// Another instance can open the store of a suspended cache, and then holds it.
pub async fn a_suspended_store_is_free_for_another_instance<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let first = open(harness).await?;
    store_password(&first, vin(1), 1, 1).await?;
    must_work("suspend", first.suspend().await)?;
    let second = open(harness).await?;
    must_take(&second, "a use by the second instance", vin(1), super::granted(1, 1, 1)).await?;
    let refused = first.resume().await.is_err_and(|error| error.kind() == CacheErrorKind::Busy);
    must!(refused, "resume is not Busy while another instance holds the store");
    harness.close(second).await;
    must_work("resume", first.resume().await)?;
    must_take(&first, "a use by the first instance", vin(1), super::granted(1, 1, 2)).await
}

/// A second call of `suspend` or `resume` has no further effect.
pub async fn suspending_and_resuming_are_idempotent<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    must_work("resume of an open store", cache.resume().await)?;
    store_password(&cache, vin(1), 1, 1).await?;
    must_work("suspend", cache.suspend().await)?;
    must_work("a second suspend", cache.suspend().await)?;
    must_work("resume", cache.resume().await)?;
    must_work("a second resume", cache.resume().await)?;
    must_take(&cache, "a use after all calls", vin(1), super::granted(1, 1, 1)).await
}

/// The stored data is the same after a suspension, and the count goes on.
pub async fn the_data_is_the_same_after_resuming<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    must_work("store", cache.store(vin(2), RecordChange::Status(status(Some(1)))).await)?;
    store_password(&cache, vin(1), 1, 1).await?;
    for uses in 1..=3 {
        must_take(&cache, "a use between suspensions", vin(1), super::granted(1, 1, uses)).await?;
        must_work("suspend", cache.suspend().await)?;
        must_work("resume", cache.resume().await)?;
    }
    must_take(&cache, "the use after the last", vin(1), Take::Exhausted).await?;
    must_load(&cache, "after suspensions", vin(2), record_after(&status(Some(1)))).await
}

/// After `erase_all` every vehicle has the empty record without its generation, also after a
/// restart, and the cache works for the next account (GEN-5).
pub async fn erasing_leaves_no_record<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    for number in 0..5 {
        must_work("store", cache.store(vin(number), RecordChange::Status(status(None))).await)?;
        store_password(&cache, vin(number), 1, 9).await?;
    }
    must_work("erase_all", cache.erase_all().await)?;
    for when in ["after erasing", "after erasing and a restart"] {
        for number in 0..5 {
            must_load(&cache, when, vin(number), VehicleRecord::default()).await?;
            must_take(&cache, &format!("a use {when}"), vin(number), Take::NoPassword).await?;
        }
        cache = reopen(harness, cache).await?;
    }
    let stored = store_password(&cache, vin(1), 2, 1).await?;
    must_equal("the answer to the next account's password", stored, StoredPassword::Stored)?;
    must_take(&cache, "a use by the next account", vin(1), super::granted(2, 1, 1)).await
}

/// `erase_all` of a suspended cache erases at once, since the app may be killed before it is
/// resumed, and leaves the store closed (GEN-5).
pub async fn a_suspended_cache_can_be_erased_and_stays_suspended<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    must_work("store", cache.store(vin(1), RecordChange::Status(status(Some(1)))).await)?;
    store_password(&cache, vin(1), 1, 9).await?;
    must_work("suspend", cache.suspend().await)?;
    for call in ["erase_all", "a second erase_all"] {
        must_work(call, cache.erase_all().await)?;
        let error = must_fail("load after erasing", cache.load(vin(1)).await)?;
        let suspended = error.kind() == CacheErrorKind::Suspended;
        must!(suspended, "load after {call} is {error:?}, not Suspended");
    }
    // Another instance now finds the same as the next app does after a kill.
    let next = open(harness).await?;
    must_load(&next, "for another instance", vin(1), VehicleRecord::default()).await?;
    must_take(&next, "a use by another instance", vin(1), Take::NoPassword).await?;
    harness.close(next).await;
    must_work("resume", cache.resume().await)?;
    must_load(&cache, "after resuming", vin(1), VehicleRecord::default()).await?;
    let stored = store_password(&cache, vin(1), 2, 1).await?;
    must_equal("the answer to the next account's password", stored, StoredPassword::Stored)
}

/// After `erase_all` the bytes of the store contain no password, no VIN and no key (GEN-5).
pub async fn erasing_leaves_no_byte<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    let password = password(1);
    let secrets = [password.expose(), vin(1).as_str(), crate::values::key(1).as_str()]
        .map(|secret| secret.as_bytes().to_vec());
    must_work("store", cache.store(vin(1), RecordChange::Status(status(Some(1)))).await)?;
    store_password(&cache, vin(1), 1, 1).await?;
    must!(!harness.stored_bytes().await?.is_empty(), "a store with a record has no bytes");
    must_work("erase_all", cache.erase_all().await)?;
    let left = harness.stored_bytes().await?;
    for secret in secrets {
        let found = left.windows(secret.len()).any(|window| window == secret);
        must!(!found, "erasing left {} in the store", String::from_utf8_lossy(&secret));
    }
    Ok(())
}

/// After `erase` a vehicle has the empty record without its generation, also after a restart, and
/// another vehicle is unchanged (GEN-9).
pub async fn erasing_a_vehicle_leaves_the_others<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    must_work("erase of a vehicle without a record", cache.erase(vin(1)).await)?;
    for number in 1..=2 {
        must_work("store", cache.store(vin(number), RecordChange::Status(status(None))).await)?;
        store_password(&cache, vin(number), 1, 9).await?;
        super::take_use(&cache, vin(number)).await?;
    }
    let other = super::load(&cache, vin(2)).await?;
    must_work("erase", cache.erase(vin(1)).await)?;
    for when in ["after erasing", "after erasing and a restart"] {
        must_load(&cache, when, vin(1), VehicleRecord::default()).await?;
        must_take(&cache, &format!("a use {when}"), vin(1), Take::NoPassword).await?;
        must_load(&cache, when, vin(2), other.clone()).await?;
        cache = reopen(harness, cache).await?;
    }
    must_take(&cache, "the next use of the other", vin(2), super::granted(1, 9, 2)).await?;
    let stored = store_password(&cache, vin(1), 2, 1).await?;
    must_equal("the answer to a new password", stored, StoredPassword::Stored)
}

/// `erase` of a suspended cache erases at once, and leaves the store closed (GEN-9).
pub async fn a_vehicle_of_a_suspended_cache_can_be_erased<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    for number in 1..=2 {
        let change = RecordChange::Status(status(Some(1)));
        must_work("store", cache.store(vin(number), change).await)?;
    }
    must_work("suspend", cache.suspend().await)?;
    must_work("erase", cache.erase(vin(1)).await)?;
    let error = must_fail("load after erasing", cache.load(vin(1)).await)?;
    let suspended = error.kind() == CacheErrorKind::Suspended;
    must!(suspended, "load after erase is {error:?}, not Suspended");
    // Another instance now finds the same as the next app does after a kill.
    let next = open(harness).await?;
    must_load(&next, "for another instance", vin(1), VehicleRecord::default()).await?;
    must_load(&next, "of the other vehicle", vin(2), record_after(&status(Some(1)))).await?;
    harness.close(next).await;
    Ok(())
}

/// After `erase` the bytes of the store contain neither the password nor the VIN (GEN-9).
pub async fn erasing_a_vehicle_leaves_no_byte<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    let password = password(1);
    let secrets = [password.expose(), vin(1).as_str()].map(|secret| secret.as_bytes().to_vec());
    for number in 1..=2 {
        let change = RecordChange::Status(status(None));
        must_work("store", cache.store(vin(number), change).await)?;
        store_password(&cache, vin(number), number, 1).await?;
    }
    must_work("erase", cache.erase(vin(1)).await)?;
    let left = harness.stored_bytes().await?;
    for secret in secrets {
        let found = left.windows(secret.len()).any(|window| window == secret);
        must!(!found, "erasing left {} in the store", String::from_utf8_lossy(&secret));
    }
    Ok(())
}
