//! Each planted fault is found by the invariant that it breaks, within so many seeds, in a history
//! that a person can read.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use digital_key_app::{AppBuilder, Deadlines, RetryPolicy};
use digital_key_domain::EntryMode;
use digital_key_ports::{Bff, Cache};
use digital_key_recording::Recording;
use digital_key_simulator::{Invariant, Parts, StoreFlaw, run};

use crate::wrappers::{BffFlaw, CacheFlaw, FlawedBff, FlawedCache};

/// The number of seeds within which a fault is found.
const SEEDS: u64 = 3_000;

/// The greatest number of actions of a shortest history.
const ACTIONS: usize = 12;

#[track_caller]
fn is_found(invariant: Invariant, parts: Parts) {
    let report = run(parts, 0, SEEDS, |_, _| {}).unwrap();
    let failure = report.failure.unwrap_or_else(|| panic!("nothing was found: {invariant:?}"));
    println!("{failure}");
    for recording in &failure.recordings {
        let recording = Recording::read(&recording.file).unwrap();
        assert!(recording.replay().all(|step| step.is_as_recorded()), "{failure}");
    }
    assert!(!failure.recordings.is_empty(), "{failure}");
    assert_eq!(failure.violation.invariant, invariant, "{failure}");
    if invariant != Invariant::SameSeedSameHistory {
        assert!(failure.shortest.actions.len() <= ACTIONS, "{failure}");
    }
}

fn flaw(store: StoreFlaw) -> Parts {
    Parts { store, ..Parts::default() }
}

fn cache(inner: Arc<dyn Cache>, flaw: CacheFlaw) -> Arc<dyn Cache> {
    Arc::new(FlawedCache { inner, flaw, granted: Mutex::default() })
}

fn bff(inner: Arc<dyn Bff>, flaw: BffFlaw) -> Arc<dyn Bff> {
    Arc::new(FlawedBff { inner, flaw, answered: Mutex::default() })
}

#[test]
fn invariant_1_a_use_that_is_given_out_again() {
    let cache = |inner| cache(inner, CacheFlaw::GrantsAgain);
    is_found(Invariant::ThreeGrants, Parts { cache, ..Parts::default() });
}

#[test]
fn invariant_2_a_grant_before_the_flush() {
    is_found(Invariant::GrantIsDurable, flaw(StoreFlaw::GrantsBeforeFlush));
}

#[test]
fn invariant_3_a_reset_by_an_old_generation() {
    is_found(Invariant::CountNeverFalls, flaw(StoreFlaw::TakesOldGenerations));
}

#[test]
fn invariant_4_a_missing_flush() {
    is_found(Invariant::AcknowledgedSurvives, flaw(StoreFlaw::ForgetsFlush));
}

#[test]
fn invariant_4_a_definite_no_that_is_not_stored() {
    let cache = |inner| cache(inner, CacheFlaw::ForgetsNo);
    is_found(Invariant::AcknowledgedSurvives, Parts { cache, ..Parts::default() });
}

#[test]
fn invariant_6_an_error_that_names_the_vin() {
    let bff = |inner| bff(inner, BffFlaw::NamesVin);
    is_found(Invariant::NothingLeaks, Parts { bff, ..Parts::default() });
}

#[test]
fn invariant_7_two_requests_at_a_time() {
    let bff = |inner| bff(inner, BffFlaw::AsksTwice);
    is_found(Invariant::RequestsAreBounded, Parts { bff, ..Parts::default() });
}

#[test]
fn invariant_7_more_tries_than_the_policy_has() {
    let app = |builder: AppBuilder| builder.retry(RetryPolicy::new().with_tries(5));
    is_found(Invariant::RequestsAreBounded, Parts { app, ..Parts::default() });
}

#[test]
fn invariant_8_an_answer_that_is_applied_to_another_vehicle() {
    let bff = |inner| bff(inner, BffFlaw::AnswersAboutAnother);
    is_found(Invariant::VehiclesAreApart, Parts { bff, ..Parts::default() });
}

#[test]
fn invariant_9_another_mode_than_the_model_has() {
    let app = |builder: AppBuilder| builder.entry_mode(EntryMode::ComingSoon);
    is_found(Invariant::AsTheModelSays, Parts { app, ..Parts::default() });
}

#[test]
fn invariant_10_no_deadline() {
    const LONG: Duration = Duration::from_secs(86_400);
    let app = |builder: AppBuilder| {
        builder
            .retry(RetryPolicy::new().with_total(LONG))
            .deadlines(Deadlines::new().with_phone(LONG).with_cache(LONG))
    };
    is_found(Invariant::EveryActionEnds, Parts { app, ..Parts::default() });
}

#[test]
fn invariant_11_a_wait_that_is_not_drawn_from_the_seed() {
    let bff = |inner| bff(inner, BffFlaw::WaitsUnseeded);
    is_found(Invariant::SameSeedSameHistory, Parts { bff, ..Parts::default() });
}

#[test]
fn invariant_12_a_store_that_keeps_what_another_account_has_stored() {
    is_found(Invariant::SignedOutIsGone, flaw(StoreFlaw::KeepsOtherAccounts));
}

#[test]
fn invariant_13_a_vehicle_that_is_not_erased() {
    let cache = |inner| cache(inner, CacheFlaw::ErasesNoVehicle);
    is_found(Invariant::ForgottenIsGone, Parts { cache, ..Parts::default() });
}

#[test]
fn invariant_12_a_sign_out_that_is_forgotten_when_the_app_is_killed() {
    let cache = |inner| cache(inner, CacheFlaw::ForgetsRequests);
    is_found(Invariant::SignedOutIsGone, Parts { cache, ..Parts::default() });
}
