//! A phone with planted faults in its wallet, its pairing sheet and its lifecycle events.

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
        a_change_between_two_calls_is_reported_by_the_second finds planted(ReportsOnlyToWaitingCalls);
        a_change_ends_the_waiting_for_it finds planted(NeverWakes);
        a_dropped_call_leaves_the_adapter_usable finds planted(ReportsNothingAfterADrop);
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

        digital_key_testkit::wallet_conformance!(async || planted(Fault::Sound));
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

        digital_key_testkit::apple_pairing_conformance!(async || planted(Fault::Sound));
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

        digital_key_testkit::app_lifecycle_conformance!(async || planted(Fault::Sound));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Sound,
    EmptyIsAbsent,
    DeletedIsPresent,
    ListedIsPresent,
    SuspendedIsAbsent,
    ReportsOnlyToWaitingCalls,
    NeverWakes,
    ReportsNothingAfterADrop,
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

/// A phone in memory with one fault, and sound otherwise.
struct Phone {
    fault: Fault,
    state: watch::Sender<PhoneState>,
}

#[derive(Default)]
struct PhoneState {
    keys: BTreeMap<DigitalKeyId, KeyCondition>,
    is_unable_to_know: bool,
    opened_at: Option<DigitalKeyId>,
    changes: u64,
    changes_reported: u64,
    cannot_create: bool,
    given_to_apple: Option<PairingRequest>,
    sheet_is_up: bool,
    /// The end of the sheet: its answer, or `None` if it was dismissed.
    sheet_end: Option<Option<PairingAnswer>>,
    late_answers: VecDeque<LateAnswer>,
    events: VecDeque<LifecycleEvent>,
}

fn planted(fault: Fault) -> Phone {
    Phone { fault, state: watch::Sender::default() }
}

impl Phone {
    /// Calls `step` now and after every change until it returns a value.
    async fn wait_until<T>(&self, mut step: impl FnMut(&mut PhoneState) -> Option<T>) -> T {
        let mut changes = self.state.subscribe();
        loop {
            let mut value = None;
            self.state.send_if_modified(|state| {
                value = step(state);
                value.is_some()
            });
            if let Some(value) = value {
                return value;
            }
            if self.fault == NeverWakes {
                std::future::pending::<()>().await;
            }
            changes.changed().await.unwrap();
        }
    }

    /// Applies a fault when a call ends, with an answer or dropped.
    fn on_end(&self, fault: Fault, act: fn(&mut PhoneState)) -> OnEnd<'_> {
        OnEnd { phone: self, act: (self.fault == fault).then_some(act) }
    }
}

struct OnEnd<'a> {
    phone: &'a Phone,
    act: Option<fn(&mut PhoneState)>,
}

impl Drop for OnEnd<'_> {
    fn drop(&mut self) {
        if let Some(act) = self.act {
            self.phone.state.send_modify(act);
        }
    }
}

#[async_trait]
impl Wallet for Phone {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let state = self.state.borrow();
        if state.is_unable_to_know && self.fault != EmptyIsAbsent {
            return Ok(Presence::CannotSay);
        }
        let held = match state.keys.get(&key) {
            _ if state.is_unable_to_know => false,
            None => self.fault == DeletedIsPresent && !state.keys.is_empty(),
            Some(KeyCondition::Dead) => self.fault == ListedIsPresent,
            Some(KeyCondition::Suspended) => self.fault != SuspendedIsAbsent,
            Some(KeyCondition::Active | KeyCondition::Untracked) => true,
        };
        Ok(if held { Presence::Present } else { Presence::Absent })
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.state.send_modify(|state| match state.opened_at {
            Some(_) if self.fault == OpensAtTheFirstKey => {}
            _ => state.opened_at = Some(key),
        });
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        if self.fault == ReportsOnlyToWaitingCalls {
            self.state.send_modify(|state| state.changes_reported = state.changes);
        }
        let _fault =
            self.on_end(ReportsNothingAfterADrop, |state| state.changes_reported = u64::MAX);
        self.wait_until(|state| {
            let is_new = state.changes > state.changes_reported;
            state.changes_reported = state.changes_reported.max(state.changes);
            is_new.then_some(())
        })
        .await;
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for Phone {
    async fn can_create_key(&self, _: Vin) -> Result<bool, ApplePairingError> {
        Ok(self.fault == AlwaysCanCreate || !self.state.borrow().cannot_create)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        if self.state.borrow().sheet_is_up && self.fault != ShowsTwoSheets {
            return Err(ApplePairingError::new(
                ApplePairingOperation::Start,
                ApplePairingErrorKind::AlreadyRunning,
            ));
        }
        self.state.send_modify(|state| {
            state.sheet_is_up = true;
            state.sheet_end = None;
            state.given_to_apple = Some(request);
        });
        let mut answer = self
            .wait_until(|state| match state.sheet_end.take()? {
                None if self.fault == WaitsForAnAnswer => None,
                end => Some(end.unwrap_or_default()),
            })
            .await;
        if self.fault == SuccessHidesItsError && answer.pass.is_some() {
            answer.error = None;
        }
        self.state.send_modify(|state| state.sheet_is_up = self.fault == ShowsOneSheetEver);
        Ok(answer)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.state.borrow().sheet_is_up)
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        Ok(Some(self.wait_until(|state| state.late_answers.pop_front()).await))
    }
}

#[async_trait]
impl AppLifecycle for Phone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        let _fault = self.on_end(DropTakesAnEvent, |state| {
            state.events.pop_front();
        });
        let next = self.wait_until(|state| {
            if self.fault == LatestFirst {
                return state.events.pop_back();
            }
            state.events.pop_front()
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
        self.state.send_modify(|state| {
            state.keys.insert(key, KeyCondition::Active);
            state.changes += 1;
        });
    }

    async fn delete_key(&self, key: DigitalKeyId) {
        self.state.send_modify(|state| {
            state.keys.remove(&key);
            state.changes += 1;
        });
    }

    async fn opened_at(&self) -> Option<DigitalKeyId> {
        self.state.borrow().opened_at.clone()
    }

    async fn set_able_to_know(&self, able: bool) -> CaseResult {
        self.state.send_modify(|state| state.is_unable_to_know = !able);
        Ok(())
    }

    async fn set_condition(&self, key: DigitalKeyId, condition: KeyCondition) -> CaseResult {
        self.state.send_modify(|state| {
            state.keys.insert(key, condition);
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
        let given = self.state.borrow().given_to_apple.clone();
        let password = given.as_ref().map_or("", |request| request.password.expose());
        let password = if self.fault == DebugShowsThePassword { password } else { "…" };
        format!("{given:?} {password}")
    }

    async fn set_can_create(&self, can_create: bool) {
        self.state.send_modify(|state| state.cannot_create = !can_create);
    }

    async fn sheet_shown(&self) {
        self.wait_until(|state| (state.sheet_is_up && state.sheet_end.is_none()).then_some(()))
            .await;
    }

    async fn answer(&self, answer: PairingAnswer) {
        self.state.send_modify(|state| {
            state.sheet_end = Some(Some(answer));
            state.sheet_is_up = self.fault != SheetEndsWithItsAnswer;
        });
    }

    async fn answer_late(&self, answer: PairingAnswer) -> bool {
        self.state.send_modify(|state| {
            let vin = state.given_to_apple.as_ref().unwrap().vin;
            if self.fault == KeepsOneLateAnswer {
                state.late_answers.clear();
            }
            state.late_answers.push_back(LateAnswer { vin, answer });
        });
        true
    }

    async fn dismiss(&self) {
        self.state.send_modify(|state| state.sheet_end = Some(None));
    }

    async fn given_to_apple(&self) -> Option<PairingRequest> {
        self.state.borrow().given_to_apple.clone()
    }
}

impl AppLifecycleHarness for Phone {
    type AppLifecycle = Self;

    fn app_lifecycle(&self) -> &Self {
        self
    }

    async fn send_event(&self, event: LifecycleEvent) {
        self.state.send_modify(|state| {
            if self.fault != KeepsTenEvents || state.events.len() < 10 {
                state.events.push_back(event);
            }
        });
    }
}
