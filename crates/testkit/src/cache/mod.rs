//! The suite of the [`Cache`] port.
//!
//! | MUST | case |
//! |---|---|
//! | a VIN that was never stored has the empty record | [`a_vin_that_was_never_stored_is_the_empty_record`] |
//! | every stored field is loaded again, also after drop and reopen | [`every_field_comes_back_as_it_was_stored`] |
//! | an answered call is durable (GEN-4) | [`an_answered_call_survives_a_crash`] |
//! | … so a failed write is not `Ok` | [`a_failed_write_is_no_success`] |
//! | changes are applied with `VehicleRecord::apply` | [`changes_follow_the_rules_of_the_domain`] |
//! | … each as one atomic step | [`changes_at_the_same_time_all_count`] |
//! | … in the order of the calls | [`changes_are_applied_in_the_order_of_their_calls`] |
//! | VINs are isolated | [`a_call_changes_the_record_of_its_own_vin_only`] |
//! | one instance at a time | [`a_second_opening_is_busy_until_the_first_is_closed`] |
//! | an unreadable record is reported, without a panic (GEN-7) | [`an_unreadable_record_is_reported_once_and_then_empty`] |
//! | … and so is an unreadable store | [`an_unreadable_store_is_reported_once_and_then_empty`] |
//! | a password is encrypted (GEN-6) | [`no_password_is_kept_in_plain_text`] |
//! | … and absent without its key | [`without_its_key_a_password_is_absent`] |
//! | no error holds a secret (GEN-6) | [`no_error_holds_a_password_or_a_whole_vin`] |
//! | no `Debug` holds a secret (GEN-6) | [`no_debug_holds_a_password_or_a_whole_vin`] |
//! | `store_password` sets the counter to 0 (WEL-3) | [`a_fetched_password_starts_unused`] |
//! | … and only a newer generation changes anything (ERR-4) | [`a_generation_that_is_not_newer_changes_nothing`] |
//! | … which always does | [`a_newer_generation_starts_the_count_anew`] |
//! | `take_use` grants three uses with three counts | [`a_password_is_given_out_exactly_three_times`] |
//! | … to any number of callers | [`eight_callers_at_once_get_three_uses`] |
//! | … over restarts | [`the_count_survives_drop_and_reopen`] |
//! | … `NoPassword` when none is cached | [`without_a_password_nothing_is_given_out`] |
//! | … after the count is durable (RDY-4) | [`the_count_is_durable_before_the_password_is_given_out`] |
//! | … not if the write fails | [`a_failed_write_gives_out_no_password`] |
//! | … a dropped call burns at most one use | [`a_dropped_call_burns_at_most_one_use`] |
//! | `erase_all` erases all data (GEN-5) | [`erasing_leaves_no_record`], [`erasing_leaves_no_byte`] |
//! | … also of a suspended cache, which stays suspended | [`a_suspended_cache_can_be_erased_and_stays_suspended`] |
//! | `erase` erases a vehicle and no other one (GEN-9) | [`erasing_a_vehicle_leaves_the_others`], [`erasing_a_vehicle_leaves_no_byte`] |
//! | … also of a suspended cache | [`a_vehicle_of_a_suspended_cache_can_be_erased`] |
//! | every other call to a suspended cache is `Suspended` | [`a_suspended_cache_answers_nothing`] |
//! | … and the store is closed | [`a_suspended_store_is_free_for_another_instance`] |
//! | … `suspend` and `resume` are idempotent | [`suspending_and_resuming_are_idempotent`] |
//! | … and the data is the same afterwards | [`the_data_is_the_same_after_resuming`] |

mod record;
mod password;
mod loss;
mod closing;

pub use closing::{
    a_second_opening_is_busy_until_the_first_is_closed, a_suspended_cache_answers_nothing,
    a_suspended_cache_can_be_erased_and_stays_suspended,
    a_suspended_store_is_free_for_another_instance, a_vehicle_of_a_suspended_cache_can_be_erased,
    erasing_a_vehicle_leaves_no_byte, erasing_a_vehicle_leaves_the_others, erasing_leaves_no_byte,
    erasing_leaves_no_record, suspending_and_resuming_are_idempotent,
    the_data_is_the_same_after_resuming,
};
pub use loss::{
    an_unreadable_record_is_reported_once_and_then_empty,
    an_unreadable_store_is_reported_once_and_then_empty, no_debug_holds_a_password_or_a_whole_vin,
    no_error_holds_a_password_or_a_whole_vin, no_password_is_kept_in_plain_text,
    without_its_key_a_password_is_absent,
};
pub use password::{
    a_dropped_call_burns_at_most_one_use, a_failed_write_gives_out_no_password,
    a_fetched_password_starts_unused, a_generation_that_is_not_newer_changes_nothing,
    a_newer_generation_starts_the_count_anew, a_password_is_given_out_exactly_three_times,
    eight_callers_at_once_get_three_uses, the_count_is_durable_before_the_password_is_given_out,
    the_count_survives_drop_and_reopen, without_a_password_nothing_is_given_out,
};
pub use record::{
    a_call_changes_the_record_of_its_own_vin_only, a_failed_write_is_no_success,
    a_vin_that_was_never_stored_is_the_empty_record, an_answered_call_survives_a_crash,
    changes_are_applied_in_the_order_of_their_calls, changes_at_the_same_time_all_count,
    changes_follow_the_rules_of_the_domain, every_field_comes_back_as_it_was_stored,
};

use digital_key_domain::{
    Generation, PairingStatus, PasswordUse, RecordChange, ReportedKey, UsageCounter, VehicleRecord,
    Vin,
};
use digital_key_ports::{Cache, CacheError, StoredPassword, Take};

use crate::values::{key, password};
use crate::violation::{error_text, must_equal, must_keep_secret, must_work};
use crate::{CaseResult, Violation};

/// Opens the store of an adapter, and damages it as a phone does.
///
/// A harness has one store. Each case gets a harness of its own, whose store is empty.
///
/// The hooks from [`CacheHarness::crash`] on have a [`CacheCapability`] each. The cases of a hook
/// fail if the harness lacks it and the macro line does not leave them out.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait CacheHarness {
    /// The type of the adapter.
    type Cache: Cache + 'static;

    /// Opens the store, as the app does when it starts.
    async fn open(&self) -> Result<Self::Cache, CacheError>;

    /// Closes an opened cache, as the app does when it ends. The store must be free when this
    /// returns; override it if that takes more than a drop.
    async fn close(&self, cache: Self::Cache) {
        drop(cache);
    }

    /// Returns the adapter's `Debug` output, such as `format!("{cache:?} {cache:#?}")`; an empty
    /// text for an adapter without `Debug`.
    fn debug_text(&self, cache: &Self::Cache) -> String;

    /// Makes the next opening see the store as it is now, as after a kill of the process. The cache
    /// is still open during this call.
    async fn crash(&self) -> CaseResult {
        Err(Violation::missing_hook("CacheHarness::crash", CacheCapability::Crash))
    }

    /// Makes every write fail, as on a full disk, or work again.
    async fn fail_writes(&self, _fail: bool) -> CaseResult {
        Err(Violation::missing_hook("CacheHarness::fail_writes", CacheCapability::FailedWrites))
    }

    /// Replaces the stored record of a vehicle by one of a later version of the app, which this
    /// version cannot read. The store is closed during this call.
    async fn make_record_unreadable(&self, _vin: Vin) -> CaseResult {
        Err(Violation::missing_hook(
            "CacheHarness::make_record_unreadable",
            CacheCapability::UnreadableRecord,
        ))
    }

    /// Damages the whole store, which is closed during this call.
    async fn make_store_unreadable(&self) -> CaseResult {
        Err(Violation::missing_hook(
            "CacheHarness::make_store_unreadable",
            CacheCapability::UnreadableStore,
        ))
    }

    /// Sets the key that passwords are encrypted with from the next opening on. The store is closed
    /// during this call.
    async fn set_key(&self, _key: Key) -> CaseResult {
        Err(Violation::missing_hook("CacheHarness::set_key", CacheCapability::SetKey))
    }

    /// Returns all bytes of the store and of all files that the adapter keeps beside it.
    async fn stored_bytes(&self) -> Result<Vec<u8>, Violation> {
        Err(Violation::missing_hook("CacheHarness::stored_bytes", CacheCapability::StoredBytes))
    }
}

/// The key that passwords are encrypted with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Key {
    /// The key of a fresh harness.
    #[default]
    Own,
    /// Another key.
    Other,
    /// No key is available.
    Missing,
}

/// A capability that a harness may lack; see [`cache_conformance!`](crate::cache_conformance).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheCapability {
    /// [`CacheHarness::crash`].
    Crash,
    /// [`CacheHarness::fail_writes`].
    FailedWrites,
    /// [`CacheHarness::make_record_unreadable`].
    UnreadableRecord,
    /// [`CacheHarness::make_store_unreadable`].
    UnreadableStore,
    /// [`CacheHarness::set_key`].
    SetKey,
    /// [`CacheHarness::stored_bytes`].
    StoredBytes,
}

/// Runs the suite of the `Cache` port: one test for each case, of the same name.
///
/// The argument is an async function or closure that makes a fresh
/// [`CacheHarness`](crate::cache::CacheHarness). After `without:` stands each
/// [`CacheCapability`](crate::cache::CacheCapability) that the harness lacks.
///
/// ```
/// use digital_key_testkit::fake::MemoryDisk;
///
/// digital_key_testkit::cache_conformance!(async || MemoryDisk::new());
///
/// mod on_a_platform_that_cannot_be_crashed {
///     use digital_key_testkit::fake::MemoryDisk;
///
///     digital_key_testkit::cache_conformance!(async || MemoryDisk::new(), without: Crash);
/// }
/// ```
#[macro_export]
macro_rules! cache_conformance {
    ($new:expr $(, without: $($left_out:ident),+)? $(,)?) => {
        const _: &[$crate::cache::CacheCapability] =
            &[$($($crate::cache::CacheCapability::$left_out),+)?];

        $crate::__conformance! {
            cache($new) without [$($($left_out)+)?]
            a_vin_that_was_never_stored_is_the_empty_record
            every_field_comes_back_as_it_was_stored
            changes_follow_the_rules_of_the_domain
            changes_at_the_same_time_all_count
            changes_are_applied_in_the_order_of_their_calls
            a_call_changes_the_record_of_its_own_vin_only
            a_second_opening_is_busy_until_the_first_is_closed
            no_error_holds_a_password_or_a_whole_vin
            no_debug_holds_a_password_or_a_whole_vin
            a_fetched_password_starts_unused
            a_generation_that_is_not_newer_changes_nothing
            a_newer_generation_starts_the_count_anew
            a_password_is_given_out_exactly_three_times
            eight_callers_at_once_get_three_uses
            the_count_survives_drop_and_reopen
            without_a_password_nothing_is_given_out
            a_dropped_call_burns_at_most_one_use
            erasing_leaves_no_record
            a_suspended_cache_can_be_erased_and_stays_suspended
            erasing_a_vehicle_leaves_the_others
            a_vehicle_of_a_suspended_cache_can_be_erased
            a_suspended_cache_answers_nothing
            a_suspended_store_is_free_for_another_instance
            suspending_and_resuming_are_idempotent
            the_data_is_the_same_after_resuming;
            Crash:
            an_answered_call_survives_a_crash
            the_count_is_durable_before_the_password_is_given_out;
            FailedWrites:
            a_failed_write_is_no_success
            a_failed_write_gives_out_no_password;
            UnreadableRecord:
            an_unreadable_record_is_reported_once_and_then_empty;
            UnreadableStore:
            an_unreadable_store_is_reported_once_and_then_empty;
            SetKey:
            without_its_key_a_password_is_absent;
            StoredBytes:
            no_password_is_kept_in_plain_text
            erasing_leaves_no_byte
            erasing_a_vehicle_leaves_no_byte
        }
    };
}

async fn open<H: CacheHarness>(harness: &H) -> Result<H::Cache, Violation> {
    must_work("opening the store", harness.open().await)
}

async fn reopen<H: CacheHarness>(harness: &H, cache: H::Cache) -> Result<H::Cache, Violation> {
    harness.close(cache).await;
    open(harness).await
}

async fn load(cache: &impl Cache, vin: Vin) -> Result<VehicleRecord, Violation> {
    must_work("load", cache.load(vin).await)
}

async fn must_load(
    cache: &impl Cache,
    when: &str,
    vin: Vin,
    expected: VehicleRecord,
) -> CaseResult {
    must_equal(&format!("the record {when}"), load(cache, vin).await?, expected)
}

/// Takes a use, which must end in this.
async fn must_take(cache: &impl Cache, what: &str, vin: Vin, expected: Take) -> CaseResult {
    must_equal(what, take_use(cache, vin).await?, expected)
}

/// Stores the password with this number as this generation.
async fn store_password(
    cache: &impl Cache,
    vin: Vin,
    number: u16,
    generation: u64,
) -> Result<StoredPassword, Violation> {
    let stored = cache.store_password(vin, password(number), Generation::new(generation)).await;
    must_work("store_password", stored)
}

async fn take_use(cache: &impl Cache, vin: Vin) -> Result<Take, Violation> {
    must_work("take_use", cache.take_use(vin).await)
}

/// Returns one use of the password with this number.
fn granted(number: u16, generation: u64, uses: u8) -> Take {
    Take::Granted { password: password(number), counted: used(generation, uses) }
}

fn used(generation: u64, uses: u8) -> PasswordUse {
    PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) }
}

/// Returns a status whose owner key has this number.
fn status(owner_key: Option<u32>) -> PairingStatus {
    PairingStatus {
        owner_key: owner_key.map(|number| ReportedKey { id: key(number), tracked: true }),
        primary_subscriber: true,
        prepared: true,
    }
}

/// Returns the record after this status alone.
fn record_after(status: &PairingStatus) -> VehicleRecord {
    let mut record = VehicleRecord::default();
    record.apply(&RecordChange::Status(status.clone()));
    record
}

/// Checks that an error shows neither the password with this number nor the whole VIN.
fn must_keep_secrets(error: &CacheError, secret: u16, vin: Vin) -> CaseResult {
    let secret = password(secret);
    must_keep_secret("an error", &error_text(error), &[secret.expose()], &[vin])
}
