//! Faults of a phone: of its wallet, its pairing sheet, and what it tells about the app's life.

use std::collections::{BTreeMap, VecDeque};

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    LateAnswer, LifecycleEvent, PairingRequest, Wallet, WalletError,
};
use digital_key_testkit::CaseResult;
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use digital_key_testkit::apple_pairing::ApplePairingHarness;
use digital_key_testkit::wallet::{KeyCondition, WalletHarness};
use tokio::sync::watch;

use Fault::*;

mod wallet {
    use super::*;
    use crate::found;

    found! { wallet:
        absence_is_claimed_only_by_a_wallet_that_is_able_to_know finds planted(EmptyIsAbsent);
        a_key_is_present_exactly_while_it_is_on_this_phone finds planted(DeletedIsPresent);
        a_key_is_present_unless_it_is_dead finds planted(ListedIsPresent);
        a_change_between_two_calls_is_reported_by_the_second finds planted(TellsOnlyWhoWaits);
        a_change_ends_the_waiting_for_it finds planted(NeverWakes);
        a_dropped_call_leaves_the_adapter_usable finds planted(DeafAfterADrop);
        the_wallet_app_opens_at_the_key finds planted(OpensAtTheFirstKey);
    }

    mod further {
        use super::*;

        found! { wallet:
            a_key_is_present_unless_it_is_dead finds planted(SuspendedIsAbsent);
        }
    }

    mod without_a_fault {
        use super::*;

        digital_key_testkit::wallet_conformance!(async || planted(Nothing));
    }
}

mod apple_pairing {
    use super::*;
    use crate::found;

    found! { apple_pairing:
        a_start_ends_once_its_sheet_is_gone finds planted(WaitsForAnAnswer);
        every_answer_of_apple_arrives_as_it_was_given finds planted(SuccessHidesItsError);
        the_sheet_is_up_from_the_start_to_its_end finds planted(SheetEndsWithItsAnswer);
        a_start_while_a_sheet_is_up_is_refused finds planted(ShowsTwoSheets);
        after_a_sheet_the_next_one_can_be_shown finds planted(ShowsOneSheetEver);
        what_apple_answers_after_the_end_is_given_once finds planted(KeepsOneLateAnswer);
        the_password_goes_to_apple_and_nowhere_else finds planted(DebugShowsThePassword);
        whether_a_key_can_be_created_is_apples_answer finds planted(AlwaysCanCreate);
    }

    mod without_a_fault {
        use super::*;

        digital_key_testkit::apple_pairing_conformance!(async || planted(Nothing));
    }
}

mod app_lifecycle {
    use super::*;
    use crate::found;

    found! { app_lifecycle:
        events_are_reported_in_the_order_in_which_they_happened finds planted(LatestFirst);
        no_event_between_two_calls_is_lost finds planted(KeepsTenEvents);
        a_dropped_call_loses_no_event finds planted(DropTakesAnEvent);
        an_event_ends_the_waiting_for_it finds planted(NeverWakes);
    }

    mod without_a_fault {
        use super::*;

        digital_key_testkit::app_lifecycle_conformance!(async || planted(Nothing));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Nothing,
    EmptyIsAbsent,
    DeletedIsPresent,
    ListedIsPresent,
    SuspendedIsAbsent,
    TellsOnlyWhoWaits,
    NeverWakes,
    DeafAfterADrop,
    OpensAtTheFirstKey,
    WaitsForAnAnswer,
    SuccessHidesItsError,
    SheetEndsWithItsAnswer,
    ShowsTwoSheets,
    ShowsOneSheetEver,
    KeepsOneLateAnswer,
    DebugShowsThePassword,
    AlwaysCanCreate,
    LatestFirst,
    KeepsTenEvents,
    DropTakesAnEvent,
}

/// A phone in memory with one fault. It is sound beside that.
struct Phone {
    fault: Fault,
    world: watch::Sender<World>,
}

#[derive(Default)]
struct World {
    keys: BTreeMap<DigitalKeyId, KeyCondition>,
    is_unable_to_know: bool,
    opened_at: Option<DigitalKeyId>,
    changes: u64,
    changes_told: u64,
    cannot_create: bool,
    given_to_apple: Option<PairingRequest>,
    sheet_is_up: bool,
    /// How the sheet that is up has ended; `None` inside = it was dismissed.
    sheet_end: Option<Option<PairingAnswer>>,
    late_answers: VecDeque<LateAnswer>,
    events: VecDeque<LifecycleEvent>,
}

fn planted(fault: Fault) -> Phone {
    Phone { fault, world: watch::Sender::default() }
}

impl Phone {
    /// Waits until the step is taken; it is tried now and after every change.
    async fn until<T>(&self, mut step: impl FnMut(&mut World) -> Option<T>) -> T {
        let mut changes = self.world.subscribe();
        loop {
            let mut taken = None;
            self.world.send_if_modified(|world| {
                taken = step(world);
                taken.is_some()
            });
            if let Some(taken) = taken {
                return taken;
            }
            if self.fault == NeverWakes {
                std::future::pending::<()>().await;
            }
            changes.changed().await.unwrap();
        }
    }

    /// Does something when a call ends, with an answer or dropped.
    fn at_the_end(&self, fault: Fault, act: fn(&mut World)) -> AtTheEnd<'_> {
        AtTheEnd { phone: self, act: (self.fault == fault).then_some(act) }
    }
}

struct AtTheEnd<'a> {
    phone: &'a Phone,
    act: Option<fn(&mut World)>,
}

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        if let Some(act) = self.act {
            self.phone.world.send_modify(act);
        }
    }
}

#[async_trait]
impl Wallet for Phone {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let world = self.world.borrow();
        if world.is_unable_to_know && self.fault != EmptyIsAbsent {
            return Ok(Presence::CannotSay);
        }
        let held = match world.keys.get(&key) {
            _ if world.is_unable_to_know => false,
            None => self.fault == DeletedIsPresent && !world.keys.is_empty(),
            Some(KeyCondition::Dead) => self.fault == ListedIsPresent,
            Some(KeyCondition::Suspended) => self.fault != SuspendedIsAbsent,
            Some(KeyCondition::Active | KeyCondition::Untracked) => true,
        };
        Ok(if held { Presence::Present } else { Presence::Absent })
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.world.send_modify(|world| match world.opened_at {
            Some(_) if self.fault == OpensAtTheFirstKey => {}
            _ => world.opened_at = Some(key),
        });
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        if self.fault == TellsOnlyWhoWaits {
            self.world.send_modify(|world| world.changes_told = world.changes);
        }
        let _deaf = self.at_the_end(DeafAfterADrop, |world| world.changes_told = u64::MAX);
        self.until(|world| {
            let is_new = world.changes > world.changes_told;
            world.changes_told = world.changes_told.max(world.changes);
            is_new.then_some(())
        })
        .await;
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for Phone {
    async fn can_create_key(&self, _: Vin) -> Result<bool, ApplePairingError> {
        Ok(self.fault == AlwaysCanCreate || !self.world.borrow().cannot_create)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        if self.world.borrow().sheet_is_up && self.fault != ShowsTwoSheets {
            return Err(ApplePairingError::new(
                ApplePairingOperation::Start,
                ApplePairingErrorKind::AlreadyRunning,
            ));
        }
        self.world.send_modify(|world| {
            world.sheet_is_up = true;
            world.sheet_end = None;
            world.given_to_apple = Some(request);
        });
        let mut answer = self
            .until(|world| match world.sheet_end.take()? {
                None if self.fault == WaitsForAnAnswer => None,
                end => Some(end.unwrap_or_default()),
            })
            .await;
        if self.fault == SuccessHidesItsError && answer.pass.is_some() {
            answer.error = None;
        }
        self.world.send_modify(|world| world.sheet_is_up = self.fault == ShowsOneSheetEver);
        Ok(answer)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.world.borrow().sheet_is_up)
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        Ok(Some(self.until(|world| world.late_answers.pop_front()).await))
    }
}

#[async_trait]
impl AppLifecycle for Phone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        let _thief = self.at_the_end(DropTakesAnEvent, |world| {
            world.events.pop_front();
        });
        let next = self.until(|world| {
            if self.fault == LatestFirst {
                return world.events.pop_back();
            }
            world.events.pop_front()
        });
        Some(next.await)
    }
}

impl WalletHarness for Phone {
    type Wallet = Self;

    fn wallet(&self) -> &Self {
        self
    }

    async fn add_key(&self, key: DigitalKeyId) {
        self.world.send_modify(|world| {
            world.keys.insert(key, KeyCondition::Active);
            world.changes += 1;
        });
    }

    async fn delete_key(&self, key: DigitalKeyId) {
        self.world.send_modify(|world| {
            world.keys.remove(&key);
            world.changes += 1;
        });
    }

    async fn opened_at(&self) -> Option<DigitalKeyId> {
        self.world.borrow().opened_at.clone()
    }

    async fn set_able_to_know(&self, able: bool) -> CaseResult {
        self.world.send_modify(|world| world.is_unable_to_know = !able);
        Ok(())
    }

    async fn set_condition(&self, key: DigitalKeyId, condition: KeyCondition) -> CaseResult {
        self.world.send_modify(|world| {
            world.keys.insert(key, condition);
        });
        Ok(())
    }
}

impl ApplePairingHarness for Phone {
    type ApplePairing = Self;

    fn apple_pairing(&self) -> &Self {
        self
    }

    fn debug_text(&self) -> String {
        let given = self.world.borrow().given_to_apple.clone();
        let password = given.as_ref().map_or("", |request| request.password.expose());
        let password = if self.fault == DebugShowsThePassword { password } else { "…" };
        format!("{given:?} {password}")
    }

    async fn set_can_create(&self, can_create: bool) {
        self.world.send_modify(|world| world.cannot_create = !can_create);
    }

    async fn sheet_shown(&self) {
        self.until(|world| (world.sheet_is_up && world.sheet_end.is_none()).then_some(())).await;
    }

    async fn answer(&self, answer: PairingAnswer) {
        self.world.send_modify(|world| {
            world.sheet_end = Some(Some(answer));
            world.sheet_is_up = self.fault != SheetEndsWithItsAnswer;
        });
    }

    async fn answer_late(&self, answer: PairingAnswer) -> bool {
        self.world.send_modify(|world| {
            let vin = world.given_to_apple.as_ref().unwrap().vin;
            if self.fault == KeepsOneLateAnswer {
                world.late_answers.clear();
            }
            world.late_answers.push_back(LateAnswer { vin, answer });
        });
        true
    }

    async fn dismiss(&self) {
        self.world.send_modify(|world| world.sheet_end = Some(None));
    }

    async fn given_to_apple(&self) -> Option<PairingRequest> {
        self.world.borrow().given_to_apple.clone()
    }
}

impl AppLifecycleHarness for Phone {
    type AppLifecycle = Self;

    fn app_lifecycle(&self) -> &Self {
        self
    }

    async fn happens(&self, event: LifecycleEvent) {
        self.world.send_modify(|world| {
            if self.fault != KeepsTenEvents || world.events.len() < 10 {
                world.events.push_back(event);
            }
        });
    }
}
