//! Unreadable records and stores, keys and secrets.

use digital_key_domain::{Generation, RecordChange, VehicleRecord, Vin};
use digital_key_ports::{Cache, CacheErrorKind, Take};

use super::{
    CacheHarness, Key, load, must_keep_secrets, must_load, must_take, open, record_after, reopen,
    status, store_password, take_use,
};
use crate::values::{key, password, vin};
use crate::violation::{must, must_equal, must_fail, must_keep_secret, must_work};
use crate::{CaseResult, Violation};

/// A record that this version cannot read is reported as lost once, without a panic; then its
/// vehicle has the empty record (GEN-7).
pub async fn an_unreadable_record_is_reported_once_and_then_empty<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    fill(harness).await?;
    harness.make_record_unreadable(vin(1)).await?;
    let cache = open_with_loss(harness, vin(1)).await?;
    must_start_anew(harness, cache, &[vin(1)]).await
}

/// A store that cannot be read is reported as lost once, without a panic; then it is empty and
/// works (GEN-7).
pub async fn an_unreadable_store_is_reported_once_and_then_empty<H: CacheHarness>(
    harness: &H,
) -> CaseResult {
    fill(harness).await?;
    harness.make_store_unreadable().await?;
    let cache = open_with_loss(harness, vin(1)).await?;
    must_start_anew(harness, cache, &[vin(1), vin(2)]).await
}

/// Stores two vehicles and closes the store.
async fn fill<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    for number in 1..=2 {
        let vin = vin(number);
        must_work("store", cache.store(vin, RecordChange::Status(status(Some(1)))).await)?;
        store_password(&cache, vin, 1, 1).await?;
        take_use(&cache, vin).await?;
    }
    harness.close(cache).await;
    Ok(())
}

/// Opens a store that cannot read this vehicle's data. The opening or the first call reports the
/// loss.
async fn open_with_loss<H: CacheHarness>(harness: &H, vin: Vin) -> Result<H::Cache, Violation> {
    let (cache, loss) = match harness.open().await {
        Ok(cache) => {
            let loss = must_fail("the first take_use after a loss", cache.take_use(vin).await)?;
            (cache, loss)
        }
        Err(loss) => (open(harness).await?, loss),
    };
    must_keep_secrets(&loss, 1, vin)?;
    must!(loss.kind() == CacheErrorKind::Lost, "the loss is reported as {loss:?}, not as Lost");
    Ok(cache)
}

/// Checks that these vehicles have the empty record after the report of the loss and that the cache
/// works. The newest generation may still be known (ERR-4).
async fn must_start_anew<H: CacheHarness>(
    harness: &H,
    mut cache: H::Cache,
    lost: &[Vin],
) -> CaseResult {
    let mut next = Vec::new();
    for &vin in lost {
        let newest = load(&cache, vin).await?.generation;
        let empty = VehicleRecord { generation: newest, ..VehicleRecord::default() };
        must_load(&cache, "after the loss", vin, empty).await?;
        must_equal("a use after the loss", take_use(&cache, vin).await?, Take::NoPassword)?;
        store_password(&cache, vin, 3, newest.next().get()).await?;
        next.push((vin, newest.next().get()));
    }
    cache = reopen(harness, cache).await?;
    for (vin, generation) in next {
        let take = take_use(&cache, vin).await?;
        must_equal("a use of the next password", take, super::granted(3, generation, 1))?;
    }
    Ok(())
}

/// No password is kept in plain text (GEN-6): neither in an open nor in a closed store, also if it
/// was replaced or has ended.
pub async fn no_password_is_kept_in_plain_text<H: CacheHarness>(harness: &H) -> CaseResult {
    let mut cache = open(harness).await?;
    for number in 1..=3_u16 {
        store_password(&cache, vin(1), number, number.into()).await?;
        take_use(&cache, vin(1)).await?;
        must_be_encrypted(harness).await?;
        cache = reopen(harness, cache).await?;
    }
    let paired = RecordChange::Paired { key: key(1), used: Generation::new(3) };
    must_work("store", cache.store(vin(1), paired).await)?;
    harness.close(cache).await;
    must_be_encrypted(harness).await
}

async fn must_be_encrypted<H: CacheHarness>(harness: &H) -> CaseResult {
    let bytes = harness.stored_bytes().await?;
    must!(!bytes.is_empty(), "a store with a password has no bytes");
    for number in 1..=3 {
        let password = password(number);
        let digits = password.expose().as_bytes();
        let found = bytes.windows(digits.len()).any(|window| window == digits);
        must!(!found, "a password is kept in plain text");
    }
    Ok(())
}

/// A password is absent without its key, while the other facts stay; without any key no password is
/// stored (GEN-6).
pub async fn without_its_key_a_password_is_absent<H: CacheHarness>(harness: &H) -> CaseResult {
    fill(harness).await?;
    for key in [Key::Missing, Key::Other] {
        harness.set_key(key).await?;
        let cache = open(harness).await?;
        let mut expected = record_after(&status(Some(1)));
        expected.generation = Generation::new(1);
        must_load(&cache, &format!("with a key that is {key:?}"), vin(1), expected).await?;
        must_take(&cache, "a use without the key", vin(1), Take::NoPassword).await?;
        let stored = cache.store_password(vin(1), password(2), Generation::new(2)).await;
        if key == Key::Missing {
            let error = must_fail("store_password without a key", stored)?;
            must_keep_secrets(&error, 2, vin(1))?;
            let unavailable = error.kind() == CacheErrorKind::Unavailable;
            must!(unavailable, "store_password without a key is {error:?}, not Unavailable");
        } else {
            must_work("store_password with another key", stored)?;
            must_take(&cache, "a use of the next password", vin(1), super::granted(2, 2, 1))
                .await?;
        }
        harness.close(cache).await;
    }
    Ok(())
}

/// No error holds a password or a whole VIN (GEN-6). This case checks the errors that it can cause
/// in any adapter; the cases about failures check theirs.
pub async fn no_error_holds_a_password_or_a_whole_vin<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    let busy = harness.open().await.err();
    must_work("suspend", cache.suspend().await)?;
    let errors = [
        busy,
        cache.load(vin(1)).await.err(),
        cache.store(vin(1), RecordChange::Status(status(None))).await.err(),
        cache.store_password(vin(1), password(1), Generation::new(2)).await.err(),
        cache.take_use(vin(1)).await.err(),
    ];
    errors.iter().flatten().try_for_each(|error| must_keep_secrets(error, 1, vin(1)))
}

/// The adapter's `Debug` shows no password and no whole VIN (GEN-6), also after a use and while it
/// is suspended.
pub async fn no_debug_holds_a_password_or_a_whole_vin<H: CacheHarness>(harness: &H) -> CaseResult {
    let cache = open(harness).await?;
    store_password(&cache, vin(1), 1, 1).await?;
    take_use(&cache, vin(1)).await?;
    let secret = password(1);
    let shown = harness.debug_text(&cache);
    must_keep_secret("Debug of the cache", &shown, &[secret.expose()], &[vin(1)])?;
    must_work("suspend", cache.suspend().await)?;
    let shown = harness.debug_text(&cache);
    must_keep_secret("Debug of the suspended cache", &shown, &[secret.expose()], &[vin(1)])
}
