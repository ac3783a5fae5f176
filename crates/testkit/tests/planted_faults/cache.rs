//! A cache with planted faults.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use digital_key_domain::{
    Generation, KnownKey, PasswordUse, RecordChange, Support, UsageCounter, VehicleRecord, Vin,
};
use digital_key_ports::{
    Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, StoredPassword, Take,
};
use digital_key_testkit::cache::{CacheHarness, Key};
use digital_key_testkit::fake::{MemoryCache, MemoryDisk};
use digital_key_testkit::values::{password, vin};
use digital_key_testkit::{CaseResult, Violation};
use tokio::task::yield_now;

use crate::found;
use Fault::*;

found! { cache:
    a_vin_that_was_never_stored_is_the_empty_record finds planted(EmptyLooksLikeAnAnswer);
    every_field_comes_back_as_it_was_stored finds planted(ForgetsTheUpgrade);
    an_answered_call_survives_a_crash finds planted(WritesLater);
    a_failed_write_is_no_success finds planted(PromisesWithoutAWrite);
    changes_follow_the_rules_of_the_domain finds planted(PresenceOfAnyKey);
    changes_at_the_same_time_all_count finds planted(LosesUpdates);
    changes_are_applied_in_the_order_of_their_calls finds planted(ShufflesChanges);
    a_call_changes_the_record_of_its_own_vin_only finds planted(OneRecordForAll);
    a_second_opening_is_busy_until_the_first_is_closed finds planted(NoLock);
    an_unreadable_record_is_reported_once_and_then_empty finds planted(HidesLosses);
    an_unreadable_store_is_reported_once_and_then_empty finds planted(HidesLosses);
    no_password_is_kept_in_plain_text finds planted(KeepsPlainText);
    without_its_key_a_password_is_absent finds planted(NeedsNoKey);
    no_error_holds_a_password_or_a_whole_vin finds planted(ErrorNamesTheVin);
    no_debug_holds_a_password_or_a_whole_vin finds planted(DebugShowsThePassword);
    a_fetched_password_starts_unused finds planted(StartsUsed);
    a_generation_that_is_not_newer_changes_nothing finds planted(OldGenerationsReset);
    a_newer_generation_starts_the_count_anew finds planted(KeepsTheFirstPassword);
    a_password_is_given_out_exactly_three_times finds planted(FourGrants);
    eight_callers_at_once_get_three_uses finds planted(CountsInTwoSteps);
    the_count_survives_drop_and_reopen finds planted(CountsInMemory);
    without_a_password_nothing_is_given_out finds planted(NeverForgetsAPassword);
    the_count_is_durable_before_the_password_is_given_out finds planted(WritesLater);
    a_failed_write_gives_out_no_password finds planted(GivesOutWithoutAWrite);
    a_dropped_call_burns_at_most_one_use finds planted(BurnsTwoWhenDropped);
    erasing_leaves_no_record finds planted(ErasesNothing);
    erasing_leaves_no_byte finds planted(KeepsABackup);
    a_suspended_cache_can_be_erased_and_stays_suspended finds planted(ErasesOnlyWhenOpen);
    erasing_a_vehicle_leaves_the_others finds planted(ErasesNothing);
    erasing_a_vehicle_leaves_no_byte finds planted(KeepsABackup);
    a_vehicle_of_a_suspended_cache_can_be_erased finds planted(ErasesOnlyWhenOpen);
    a_suspended_cache_answers_nothing finds planted(NeverSuspends);
    a_suspended_store_is_free_for_another_instance finds planted(KeepsTheLock);
    suspending_and_resuming_are_idempotent finds planted(SuspendsOnlyOnce);
    the_data_is_the_same_after_resuming finds planted(ForgetsWhenSuspended);
}

mod further {
    use super::*;

    found! { cache:
        every_field_comes_back_as_it_was_stored finds planted(CountsInMemory);
        a_generation_that_is_not_newer_changes_nothing finds planted(TheSameGenerationResets);
        a_password_is_given_out_exactly_three_times finds planted(TwoGrants);
        the_count_survives_drop_and_reopen finds planted(FourGrants);
        no_debug_holds_a_password_or_a_whole_vin finds planted(DebugShowsTheVin);
        a_suspended_cache_can_be_erased_and_stays_suspended finds planted(OpensToErase);
        a_suspended_cache_answers_nothing finds planted(ErrorNamesTheVin);
        without_its_key_a_password_is_absent finds planted(StoresWithoutAKey);
    }
}

/// The cache below passes without a fault, so that the cases above find the fault alone.
mod without_a_fault {
    use super::{Fault, planted};

    digital_key_testkit::cache_conformance!(async || planted(Fault::Sound));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Sound,
    EmptyLooksLikeAnAnswer,
    ForgetsTheUpgrade,
    WritesLater,
    PromisesWithoutAWrite,
    PresenceOfAnyKey,
    LosesUpdates,
    ShufflesChanges,
    OneRecordForAll,
    NoLock,
    HidesLosses,
    ErrorNamesTheVin,
    DebugShowsThePassword,
    DebugShowsTheVin,
    StartsUsed,
    OldGenerationsReset,
    TheSameGenerationResets,
    KeepsTheFirstPassword,
    FourGrants,
    TwoGrants,
    CountsInTwoSteps,
    CountsInMemory,
    NeverForgetsAPassword,
    GivesOutWithoutAWrite,
    BurnsTwoWhenDropped,
    ErasesNothing,
    ErasesOnlyWhenOpen,
    OpensToErase,
    KeepsABackup,
    KeepsPlainText,
    NeedsNoKey,
    StoresWithoutAKey,
    NeverSuspends,
    KeepsTheLock,
    SuspendsOnlyOnce,
    ForgetsWhenSuspended,
}

/// A sound disk that opens caches with one fault.
struct FaultyDisk {
    fault: Fault,
    disk: Mutex<MemoryDisk>,
    /// The disk as it was before the last opening.
    earlier: Mutex<MemoryDisk>,
}

fn planted(fault: Fault) -> FaultyDisk {
    FaultyDisk { fault, disk: Mutex::default(), earlier: Mutex::default() }
}

impl FaultyDisk {
    fn disk(&self) -> MemoryDisk {
        self.disk.lock().unwrap().clone()
    }
}

impl CacheHarness for FaultyDisk {
    type Cache = FaultyCache;

    async fn open(&self) -> Result<FaultyCache, CacheError> {
        let mut disk = self.disk();
        if self.fault == NoLock && disk.open_cache().is_err() {
            disk = disk.image();
        }
        *self.earlier.lock().unwrap() = disk.image();
        Ok(FaultyCache {
            fault: self.fault,
            in_memory: disk.image().open_cache()?,
            inner: disk.open_cache()?,
            first: Mutex::default(),
            calls: AtomicUsize::new(0),
            is_suspended: AtomicBool::new(false),
        })
    }

    fn debug_text(&self, cache: &FaultyCache) -> String {
        if self.fault == DebugShowsThePassword {
            return format!("{:?}", cache.first().map(|it| it.expose().to_owned()));
        }
        if self.fault == DebugShowsTheVin {
            return vin(1).as_str().to_owned();
        }
        format!("{:?}", cache.inner)
    }

    async fn crash(&self) -> CaseResult {
        if self.fault == WritesLater {
            let earlier = self.earlier.lock().unwrap().image();
            *self.disk.lock().unwrap() = earlier;
            return Ok(());
        }
        self.disk().crash().await
    }

    async fn fail_writes(&self, fail: bool) -> CaseResult {
        self.disk().fail_writes(fail).await
    }

    async fn make_record_unreadable(&self, vin: Vin) -> CaseResult {
        self.disk().make_record_unreadable(vin).await
    }

    async fn make_store_unreadable(&self) -> CaseResult {
        self.disk().make_store_unreadable().await
    }

    async fn set_key(&self, key: Key) -> CaseResult {
        if self.fault == NeedsNoKey { Ok(()) } else { self.disk().set_key(key).await }
    }

    async fn stored_bytes(&self) -> Result<Vec<u8>, Violation> {
        let mut bytes = self.disk().stored_bytes().await?;
        if self.fault == KeepsABackup {
            bytes.extend(b"a backup of 76500001");
        }
        if self.fault == KeepsPlainText {
            bytes.extend(password(2).expose().as_bytes());
        }
        Ok(bytes)
    }
}

/// A cache with one fault, and sound otherwise.
struct FaultyCache {
    fault: Fault,
    inner: MemoryCache,
    /// A cache that never writes to the disk.
    in_memory: MemoryCache,
    /// The first password that was stored.
    first: Mutex<Option<PairingPassword>>,
    calls: AtomicUsize,
    is_suspended: AtomicBool,
}

impl FaultyCache {
    fn first(&self) -> Option<PairingPassword> {
        self.first.lock().unwrap().clone()
    }

    fn vin(&self, of_call: Vin) -> Vin {
        if self.fault == OneRecordForAll { vin(0) } else { of_call }
    }

    fn granted(&self, uses: u8) -> Take {
        let uses = UsageCounter::new(uses);
        let counted = PasswordUse { generation: Generation::new(1), uses };
        Take::Granted { password: self.first().unwrap_or_else(|| password(1)), counted }
    }
}

#[async_trait]
impl Cache for FaultyCache {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        let vin = self.vin(vin);
        let mut loaded = self.inner.load(vin).await;
        if self.fault == HidesLosses && loaded.is_err() {
            loaded = self.inner.load(vin).await;
        }
        if self.fault == ErrorNamesTheVin && loaded.is_err() {
            return Err(CacheError::new(CacheOperation::Load, CacheErrorKind::Unavailable)
                .with_source(format!("no file {}", vin.as_str())));
        }
        let mut record = loaded?;
        if self.fault == EmptyLooksLikeAnAnswer && record.key == KnownKey::Unknown {
            record.key = KnownKey::None;
        }
        if self.fault == ForgetsTheUpgrade && record.support.is_some() {
            record.support = Some(Support::Supported { upgrade_required: false });
        }
        if self.fault == CountsInMemory {
            record.password = self.in_memory.load(vin).await?.password;
        }
        Ok(record)
    }

    async fn store(&self, vin: Vin, mut change: RecordChange) -> Result<(), CacheError> {
        let vin = self.vin(vin);
        if self.fault == PresenceOfAnyKey
            && let RecordChange::Presence { key, .. } = &mut change
            && let KnownKey::Owner(owner) = self.inner.load(vin).await?.key
        {
            *key = owner.id;
        }
        if self.fault == LosesUpdates {
            if self.calls.fetch_add(1, Ordering::SeqCst) % 2 == 1 {
                return Ok(());
            }
            yield_now().await;
        }
        if self.fault == ShufflesChanges {
            for _ in 0..10 - self.calls.fetch_add(1, Ordering::SeqCst) % 10 {
                yield_now().await;
            }
        }
        let stored = self.inner.store(vin, change).await;
        if self.fault == PromisesWithoutAWrite { Ok(()) } else { stored }
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        mut generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        let vin = self.vin(vin);
        self.first.lock().unwrap().get_or_insert(password.clone());
        if matches!(self.fault, OldGenerationsReset | TheSameGenerationResets) {
            let newest = self.inner.load(vin).await?.generation;
            let resets = generation == newest || self.fault == OldGenerationsReset;
            if resets && generation <= newest {
                generation = newest.next();
            }
        }
        if self.fault == KeepsTheFirstPassword && self.inner.load(vin).await?.password.is_some() {
            return Ok(StoredPassword::Stored);
        }
        if self.fault == CountsInMemory {
            self.in_memory.store_password(vin, password.clone(), generation).await?;
        }
        let stored = self.inner.store_password(vin, password, generation).await;
        if self.fault == StoresWithoutAKey && stored.is_err() {
            return Ok(StoredPassword::Stored);
        }
        if self.fault == StartsUsed {
            self.inner.take_use(vin).await?;
        }
        stored
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        let vin = self.vin(vin);
        if self.fault == CountsInMemory {
            return self.in_memory.take_use(vin).await;
        }
        if self.fault == CountsInTwoSteps {
            let before = self.inner.load(vin).await?.password;
            yield_now().await;
            let uses = before.map_or(0, |password| password.uses.get());
            self.inner.take_use(vin).await?;
            return Ok(if uses < 3 { self.granted(uses + 1) } else { Take::Exhausted });
        }
        if self.fault == BurnsTwoWhenDropped {
            let take = self.inner.take_use(vin).await?;
            self.inner.take_use(vin).await?;
            yield_now().await;
            return Ok(take);
        }
        let take = self.inner.take_use(vin).await;
        match (self.fault, take) {
            (FourGrants, Ok(Take::Exhausted)) => Ok(self.granted(4)),
            (TwoGrants, Ok(Take::Granted { counted, .. })) if counted.uses.get() == 3 => {
                Ok(Take::Exhausted)
            }
            (NeverForgetsAPassword, Ok(Take::NoPassword)) if self.first().is_some() => {
                Ok(self.granted(2))
            }
            (GivesOutWithoutAWrite, Err(_)) => Ok(self.granted(2)),
            (HidesLosses, Err(_)) => self.inner.take_use(vin).await,
            (_, take) => take,
        }
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        let is_suspended = self.is_suspended.load(Ordering::SeqCst);
        if self.fault == ErasesNothing || (self.fault == ErasesOnlyWhenOpen && is_suspended) {
            return Ok(());
        }
        self.inner.erase(vin).await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        let is_suspended = self.is_suspended.load(Ordering::SeqCst);
        if self.fault == ErasesNothing || (self.fault == ErasesOnlyWhenOpen && is_suspended) {
            return Ok(());
        }
        if self.fault == OpensToErase {
            self.inner.resume().await?;
        }
        self.inner.erase_all().await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        let was_suspended = self.is_suspended.swap(true, Ordering::SeqCst);
        if matches!(self.fault, NeverSuspends | KeepsTheLock) {
            return Ok(());
        }
        if self.fault == SuspendsOnlyOnce && was_suspended {
            return Err(CacheError::new(CacheOperation::Suspend, CacheErrorKind::Suspended));
        }
        if self.fault == ForgetsWhenSuspended && !was_suspended {
            self.inner.erase_all().await?;
        }
        self.inner.suspend().await
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.is_suspended.store(false, Ordering::SeqCst);
        self.inner.resume().await
    }
}
