//! Storing passwords and taking their three uses.

use std::sync::Arc;

use digital_key_domain::{Generation, RecordChange, UsageCounter};
use digital_key_ports::{Cache, CacheErrorKind, StoredPassword, Take};

use super::record::crash;
use super::{
    CacheHarness, granted, load, must_keep_secrets, must_take, open, reopen, store_password,
    take_use, used,
};
use crate::CaseResult;
use crate::values::{key, vin};
use crate::violation::{dropped_after, must, must_end, must_equal, must_fail, must_work};

/// A password is stored with its counter at 0 (WEL-3).
pub async fn a_fetched_password_starts_unused<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    let stored = store_password(&cache, vin(1), 1, 7).await?;
    must_equal("the answer to a first password", stored, StoredPassword::Stored)?;
    let record = load(&cache, vin(1)).await?;
    must_equal("its use", record.password, Some(used(7, 0)))?;
    must_equal("its generation", record.generation, Generation::new(7))
}

/// A generation that is not newer than the newest one is `Outdated` and changes neither the
/// password nor its count (ERR-4), also after a restart and after the end of the password.
pub async fn a_generation_that_is_not_newer_changes_nothing<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let mut cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 5).await?;
    take_use(&cache, vin(1)).await?;
    let outdated = StoredPassword::Outdated { newest: Generation::new(5) };
    for round in 0..2 {
        for generation in [0, 4, 5] {
            let answer = store_password(&cache, vin(1), 2, generation).await?;
            must_equal("the answer to a generation that is not newer", answer, outdated)?;
        }
        must_take(&cache, "the use after it", vin(1), granted(1, 5, 2 + round)).await?;
        cache = reopen(harness, cache).await?;
    }
    let paired = RecordChange::Paired { key: key(1), used: Generation::new(5) };
    must_work("store", cache.store(vin(1), paired).await)?;
    let answer = store_password(&cache, vin(1), 2, 5).await?;
    must_equal("the answer to the generation of a used password", answer, outdated)?;
    must_take(&cache, "the use after it", vin(1), Take::NoPassword).await
}

/// A newer generation replaces the password and sets its counter to 0, also before it is used up.
pub async fn a_newer_generation_starts_the_count_anew<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    for (number, generation, uses) in [(1, 1, 1), (2, 2, 3), (3, 10, 0), (4, 11, 3)] {
        let stored = store_password(&cache, vin(1), number, generation).await?;
        must_equal("the answer to a newer generation", stored, StoredPassword::Stored)?;
        for uses in 1..=uses {
            must_take(
                &cache,
                "a use of the newer password",
                vin(1),
                granted(number, generation, uses),
            )
            .await?;
        }
    }
    Ok(())
}

/// A password has three uses, which the record counts as well; then it is exhausted.
pub async fn a_password_is_given_out_exactly_three_times<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    for uses in 1..=UsageCounter::LIMIT {
        must_take(&cache, &format!("use {uses}"), vin(1), granted(1, 1, uses)).await?;
        let counted = load(&cache, vin(1)).await?.password;
        must_equal(&format!("the record after use {uses}"), counted, Some(used(1, uses)))?;
    }
    for _ in 0..3 {
        must_take(&cache, "the use after the last", vin(1), Take::Exhausted).await?;
    }
    Ok(())
}

/// Eight callers at the same time get three uses with different counts, and five refusals.
pub async fn eight_callers_at_once_get_three_uses<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = Arc::new(open(harness).await?);
    for number in 0..5 {
        let vin = vin(number);
        store_password(&*cache, vin, number, 1).await?;
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let cache = Arc::clone(&cache);
                tokio::spawn(async move { cache.take_use(vin).await })
            })
            .collect();
        let mut grants = Vec::new();
        for caller in callers {
            let take = must_work("a caller", must_end("take_use", caller).await?)?;
            match must_work("take_use", take)? {
                Take::Granted { counted, .. } => grants.push(counted.uses.get()),
                Take::Exhausted => {}
                Take::NoPassword => must!(false, "a caller got NoPassword"),
            }
        }
        grants.sort_unstable();
        must_equal("the counts that eight callers got", grants, vec![1, 2, 3])?;
    }
    Ok(())
}

/// A password has three uses with a restart of the app after each.
pub async fn the_count_survives_drop_and_reopen<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    for uses in 1..=UsageCounter::LIMIT {
        cache = reopen(harness, cache).await?;
        must_take(
            &cache,
            &format!("use {uses}, each after a restart"),
            vin(1),
            granted(1, 1, uses),
        )
        .await?;
    }
    cache = reopen(harness, cache).await?;
    must_take(&cache, "the use after the last", vin(1), Take::Exhausted).await
}

/// `take_use` is `NoPassword` for a VIN that was never stored, for one that has only other facts,
/// and after a pairing has ended the password (CBK-5).
pub async fn without_a_password_nothing_is_given_out<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    must_take(&cache, "a use without a password", vin(1), Take::NoPassword).await?;
    let status = RecordChange::Status(super::status(Some(1)));
    must_work("store", cache.store(vin(1), status).await)?;
    must_take(&cache, "a use without a password", vin(1), Take::NoPassword).await?;

    store_password(&cache, vin(1), 1, 1).await?;
    take_use(&cache, vin(1)).await?;
    let paired = RecordChange::Paired { key: key(1), used: Generation::new(1) };
    must_work("store", cache.store(vin(1), paired).await)?;
    must_take(&cache, "a use after the pairing", vin(1), Take::NoPassword).await
}

/// The use is counted when the app is killed right after it got the password (RDY-4).
pub async fn the_count_is_durable_before_the_password_is_given_out<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    let mut cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    for uses in 1..=UsageCounter::LIMIT {
        must_take(&cache, &format!("use {uses}, each before a crash"), vin(1), granted(1, 1, uses))
            .await?;
        cache = crash(harness, cache).await?;
        let counted = load(&cache, vin(1)).await?.password;
        must_equal(&format!("the count after use {uses}"), counted, Some(used(1, uses)))?;
    }
    must_take(&cache, "the use after the last", vin(1), Take::Exhausted).await
}

/// `take_use` gives out no password if its write fails. Afterwards no count is given out a second
/// time, and there are at most three uses.
pub async fn a_failed_write_gives_out_no_password<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    must_take(&cache, "use 1", vin(1), granted(1, 1, 1)).await?;

    harness.fail_writes(true).await?;
    for _ in 0..2 {
        let error = must_fail("take_use without a write", cache.take_use(vin(1)).await)?;
        must_keep_secrets(&error, 1, vin(1))?;
        let unavailable = error.kind() == CacheErrorKind::Unavailable;
        must!(unavailable, "take_use without a write is {error:?}, not Unavailable");
    }
    harness.fail_writes(false).await?;

    let mut last = 1;
    while let Take::Granted { counted, .. } = take_use(&cache, vin(1)).await? {
        let uses = counted.uses.get();
        let in_order = last < uses && uses <= UsageCounter::LIMIT;
        must!(in_order, "use {uses} was given out after use {last}");
        last = uses;
    }
    Ok(())
}

/// A dropped call burns at most one use, however far it got.
pub async fn a_dropped_call_burns_at_most_one_use<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    for polls in 0..6_u16 {
        let vin = vin(polls);
        store_password(&cache, vin, polls, 1).await?;
        let given_out = match dropped_after(polls.into(), cache.take_use(vin)).await {
            Some(take) => {
                must_equal("use 1", must_work("take_use", take)?, granted(polls, 1, 1))?;
                1
            }
            None => 0,
        };
        let (mut last, mut grants) = (given_out, given_out);
        while let Take::Granted { counted, .. } = take_use(&cache, vin).await? {
            must!(counted.uses.get() > last, "{counted:?} came after use {last}");
            last = counted.uses.get();
            grants += 1;
            must!(grants <= UsageCounter::LIMIT, "the password was given out {grants} times");
        }
        // A call that ended burns none beside its own.
        let burnt = UsageCounter::LIMIT - grants;
        must!(burnt <= 1 - given_out, "a call that was dropped after {polls} polls burnt {burnt}");
    }
    Ok(())
}
