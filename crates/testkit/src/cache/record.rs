//! Storing and loading records.

use std::sync::Arc;

use digital_key_domain::{
    DigitalKeyId, Generation, PairingStatus, RecordChange, ReportedKey, Support, UsageCounter,
    VehicleRecord,
};
use digital_key_ports::{Cache, CacheErrorKind};
use futures_util::future::join_all;

use super::{
    CacheHarness, load, must_keep_secrets, must_load, must_take, open, record_after, reopen,
    status, store_password, take_use, used,
};
use crate::values::{key, password, vin};
use crate::violation::{must, must_end, must_equal, must_fail, must_work};
use crate::{CaseResult, Violation};

/// A VIN that was never stored has the empty record, also beside a stored one and after calls
/// about it.
pub async fn a_vin_that_was_never_stored_is_the_empty_record<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    must_load(&cache, "in an empty store", vin(1), VehicleRecord::default()).await?;
    take_use(&cache, vin(1)).await?;
    store_password(&cache, vin(2), 2, 1).await?;
    must_load(&cache, "beside another one", vin(1), VehicleRecord::default()).await
}

/// `load` returns every value of every field as it was stored, at once and after the cache was
/// dropped and reopened.
pub async fn every_field_comes_back_as_it_was_stored<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    let longest = "é".repeat(DigitalKeyId::MAX_LENGTH / 2);
    let ids = ["K", "key \"1\" \\ \n\0", &longest];
    let mut expected = Vec::new();
    for number in 0..16_u16 {
        let bit = |bit: u16| number & bit != 0;
        let id = DigitalKeyId::try_from(ids[usize::from(number) % ids.len()]);
        let id = must_work("the identifier of a key", id)?;
        let mut changes = vec![RecordChange::Support(match number {
            0 | 8 => Support::NotSupported,
            _ => Support::Supported { upgrade_required: bit(1) },
        })];
        if bit(8) {
            let owner_key = Some(ReportedKey { id: id.clone(), tracked: bit(2) });
            changes.push(RecordChange::Status(PairingStatus {
                owner_key: owner_key.filter(|_| number != 8),
                primary_subscriber: bit(1),
                prepared: bit(4),
            }));
            changes.push(RecordChange::Presence { key: id, on_this_phone: bit(4) });
        }
        let mut record = VehicleRecord::default();
        for change in changes {
            record.apply(&change);
            must_work("store", cache.store(vin(number), change).await)?;
        }
        let (generation, uses) = (u64::MAX - u64::from(number), (number % 4) as u8);
        store_password(&cache, vin(number), number, generation).await?;
        for _ in 0..uses {
            take_use(&cache, vin(number)).await?;
        }
        record.generation = Generation::new(generation);
        record.password = Some(used(generation, uses));
        expected.push((vin(number), record));
    }
    for when in ["that was stored", "after drop and reopen"] {
        for (vin, record) in &expected {
            must_load(&cache, when, *vin, record.clone()).await?;
        }
        cache = reopen(harness, cache).await?;
    }
    Ok(())
}

/// What a call has stored is still there when the app is killed right after its answer (GEN-4).
pub async fn an_answered_call_survives_a_crash<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    let mut record = VehicleRecord::default();
    for change in [
        RecordChange::Support(Support::NotSupported),
        RecordChange::Status(status(Some(1))),
        RecordChange::Presence { key: key(1), on_this_phone: true },
    ] {
        record.apply(&change);
        must_work("store", cache.store(vin(1), change).await)?;
        cache = crash(harness, cache).await?;
        must_load(&cache, "after store and a crash", vin(1), record.clone()).await?;
    }
    store_password(&cache, vin(1), 1, 1).await?;
    cache = crash(harness, cache).await?;
    let found = load(&cache, vin(1)).await?.password;
    must_equal("the password after store_password and a crash", found, Some(used(1, 0)))?;

    must_work("erase_all", cache.erase_all().await)?;
    cache = crash(harness, cache).await?;
    must_load(&cache, "after erase_all and a crash", vin(1), VehicleRecord::default()).await
}

/// Kills the app and opens the store as the kill leaves it.
pub(super) async fn crash<H: CacheHarness>(
    harness: &H,
    cache: H::Cache,
) -> Result<H::Cache, Violation> {
    harness.crash().await?;
    reopen(harness, cache).await
}

/// A call whose write fails is `Unavailable`, and works once writes work again.
pub async fn a_failed_write_is_no_success<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    harness.fail_writes(true).await?;
    let support = RecordChange::Support(Support::NotSupported);
    let generation = Generation::new(2);
    let errors = [
        must_fail("store without a write", cache.store(vin(1), support.clone()).await)?,
        must_fail(
            "store_password without a write",
            cache.store_password(vin(1), password(1), generation).await,
        )?,
        must_fail("erase_all without a write", cache.erase_all().await)?,
    ];
    harness.fail_writes(false).await?;
    for error in errors {
        must_keep_secrets(&error, 1, vin(1))?;
        let unavailable = error.kind() == CacheErrorKind::Unavailable;
        must!(unavailable, "a call without a write is {error:?}, not Unavailable");
    }
    must_work("store", cache.store(vin(1), support).await)?;
    let stored = load(&cache, vin(1)).await?.support;
    must_equal("the support after the failure", stored, Some(Support::NotSupported))
}

/// A long series of changes leads to the same record in the store as in memory.
pub async fn changes_follow_the_rules_of_the_domain<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    let mut record = VehicleRecord::default();
    let mut random: u32 = 1;
    for generation in 1..=60 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let draw = random >> 16;
        let (id, bit) = (key(draw % 2), draw & 8 != 0);
        let change = match draw >> 8 & 3 {
            0 => RecordChange::Status(PairingStatus {
                owner_key: (draw & 48 != 0).then_some(ReportedKey { id, tracked: bit }),
                primary_subscriber: draw & 4 != 0,
                prepared: draw & 2 != 0,
            }),
            1 => RecordChange::Presence { key: id, on_this_phone: bit },
            2 => RecordChange::Paired { key: id, used: Generation::new(generation) },
            _ => RecordChange::Support(Support::Supported { upgrade_required: bit }),
        };
        if draw & 64 != 0 {
            // The change below ends this password, or ends an older one than this.
            let generation = generation + u64::from(bit);
            store_password(&cache, vin(1), 1, generation).await?;
            record.store_password(Generation::new(generation));
        }
        record.apply(&change);
        let what = format!("after {change:?}");
        must_work("store", cache.store(vin(1), change).await)?;
        must_load(&cache, &what, vin(1), record.clone()).await?;
    }
    Ok(())
}

/// Calls that change different fields at the same time all take effect.
pub async fn changes_at_the_same_time_all_count<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = Arc::new(open(harness).await?);
    for number in 0..10 {
        let vin = vin(number);
        let support = RecordChange::Support(Support::NotSupported);
        let changes = [support, RecordChange::Status(status(None))];
        let mut tasks = changes.map(|change| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.store(vin, change).await })
        });
        store_password(&*cache, vin, number, 1).await?;
        for task in &mut tasks {
            let stored = must_work("a task", must_end("store", task).await?)?;
            must_work("store", stored)?;
        }
        let mut expected = record_after(&status(None));
        expected.support = Some(Support::NotSupported);
        expected.generation = Generation::new(1);
        expected.password = Some(used(1, 0));
        must_load(&*cache, "after three calls at once", vin, expected).await?;
    }
    Ok(())
}

/// The last of several calls counts, although none of them waits for the one before it.
pub async fn changes_are_applied_in_the_order_of_their_calls<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    for round in 0..10_u32 {
        let numbers = round * 10..(round + 1) * 10;
        let calls = numbers
            .clone()
            .map(|number| cache.store(vin(1), RecordChange::Status(status(Some(number)))));
        for stored in must_end("store", join_all(calls)).await? {
            must_work("store", stored)?;
        }
        let last = record_after(&status(Some(numbers.end - 1)));
        must_load(&cache, "after ten calls in a row", vin(1), last).await?;
    }
    Ok(())
}

/// Calls for one vehicle leave the record of another one unchanged.
pub async fn a_call_changes_the_record_of_its_own_vin_only<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    must_work("store", cache.store(vin(1), RecordChange::Status(status(Some(1)))).await)?;
    store_password(&cache, vin(1), 1, 5).await?;
    take_use(&cache, vin(1)).await?;
    let first = load(&cache, vin(1)).await?;
    must!(first.password == Some(used(5, 1)), "the record of the first vehicle is {first:?}");

    let support = RecordChange::Support(Support::NotSupported);
    let paired = RecordChange::Paired { key: key(2), used: Generation::new(5) };
    must_work("store", cache.store(vin(2), support).await)?;
    store_password(&cache, vin(2), 2, 9).await?;
    for _ in 0..=UsageCounter::LIMIT {
        take_use(&cache, vin(2)).await?;
    }
    must_work("store", cache.store(vin(2), paired).await)?;
    must_load(&cache, "of another vehicle", vin(1), first).await?;
    must_take(&cache, "the next use of another vehicle", vin(1), super::granted(1, 5, 2)).await
}
