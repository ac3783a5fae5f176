//! An adapter that hangs, panics or fails: the page is the one that the rules say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_app::{App, PortCall, PortFailureKind, Ports};
use digital_key_domain::{
    Blocker, CacheFailure, DigitalKeyId, EntryView, ErrorPage, Intent, PageView, PairingAnswer,
    Phone, PhoneSoftwareIssue, Presence, Tap, Vin,
};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, BffError, BffErrorKind, BffOperation,
    LateAnswer, LifecycleEvent, MockBff, PairingRequest, Wallet, WalletError, WalletErrorKind,
    WalletOperation,
};

use digital_key_testkit::fake::MemoryDisk;

use crate::support::{Behaviour, GoodBff, PATIENCE, World, vin};

#[tokio::test]
async fn a_panic_in_the_bff_is_a_failure() {
    let mut bff = MockBff::new();
    bff.expect_support().returning(|_| panic!("a planted panic"));
    let world = World::start_with_bff(bff);
    let view = world.tap(Intent::SelectVehicle(vin())).await;
    assert_eq!(view.entry, EntryView::Hidden);
}

#[tokio::test]
async fn wel_4_apple_that_hangs_or_panics_cannot() {
    for behaviour in [Behaviour::Hangs, Behaviour::Panics] {
        let world = World::start();
        *world.phone.can_create.lock().unwrap() = behaviour;
        let view = world.open_welcome().await;
        assert!(view.offers.contains(Tap::Continue));
        let view = world.tap(Tap::Continue).await;
        let issue = Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::AppleDidNotAnswer);
        assert_eq!(view.page, PageView::Error(ErrorPage::Blocked(issue)));
    }
}

#[tokio::test]
async fn a_wallet_that_hangs_or_panics_cannot_say() {
    for behaviour in [Behaviour::Hangs, Behaviour::Panics] {
        let world = World::start();
        world.open_sheet().await;
        let pass = Some("K1".try_into().unwrap());
        let success = Behaviour::Answers(PairingAnswer { pass, error: None });
        world.phone.answer.send(success).ok().unwrap();
        world.until(|view| view.page.name() == "Tutorial1").await;
        world.tap(Tap::Close).await;
        *world.phone.presence.lock().unwrap() = behaviour;
        world.tap(Tap::Entry).await;
        assert_eq!(world.page(), "Welcome");
        *world.phone.presence.lock().unwrap() = Behaviour::Answers(Presence::Present);
        world.tap(Tap::Close).await;
        world.tap(Tap::Entry).await;
        assert_eq!(world.page(), "Overview");
    }
}

#[tokio::test]
async fn a_panic_in_apples_pairing_is_an_answer_with_neither() {
    let world = World::start();
    world.open_sheet().await;
    world.phone.answer.send(Behaviour::Panics).ok().unwrap();
    world.until(|view| view.page.name() == "PairingError").await;
    world.app.idle().await.unwrap();
    world.tap(Tap::Retry).await;
    assert_eq!(world.phone.sheets.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn gen_2_a_sheet_of_which_nobody_can_say_whether_it_is_up_is_gone() {
    for behaviour in [Behaviour::Hangs, Behaviour::Panics] {
        let world = World::start();
        world.open_sheet().await;
        *world.phone.sheet_check.lock().unwrap() = behaviour;
        world.phone.event.send(LifecycleEvent::WentToBackground).unwrap();
        world.phone.event.send(LifecycleEvent::CameToForeground).unwrap();
        let view = world.until(|view| view.page.name() == "PairingError").await;
        assert!(!view.pairing_runs);
    }
}

#[tokio::test]
async fn gen_7_a_lost_cache_is_reported_once_and_the_app_goes_on() {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reports);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_cache_failure(move |failure| seen.lock().unwrap().push(failure))
    });
    for _ in 0..2 {
        world.disk.lose_store();
        assert_eq!(world.tap(Intent::SelectVehicle(vin())).await.entry, EntryView::DigitalKey);
        world.tap(Tap::Entry).await;
        world.tap(Tap::Close).await;
    }
    assert_eq!(*reports.lock().unwrap(), [CacheFailure::Lost]);
}

#[tokio::test]
async fn rdy_6_a_take_that_fails_starts_nothing() {
    let world = World::start();
    world.open_welcome().await;
    for tap in [Tap::Continue, Tap::Continue, Tap::TickBox] {
        world.tap(tap).await;
    }
    world.disk.fail_next(1);
    world.tap(Tap::Continue).await;
    assert_eq!(world.page(), "PairingPasswordUnavailable");
    assert!(world.phone.sheets.lock().unwrap().is_empty());
}

#[tokio::test]
async fn each_failed_call_of_a_port_is_reported_without_a_secret() {
    let failures = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&failures);
    let mut bff = MockBff::new();
    bff.expect_support().returning(|_| {
        let kind = BffErrorKind::Status { status: 503, wait: None };
        Err(BffError::new(BffOperation::Support, kind).with_source("the server is being updated"))
    });
    let world = World::start_with(Arc::new(bff), |builder| {
        builder.on_port_failure(move |failure| seen.lock().unwrap().push(failure.clone()))
    });
    world.tap(Intent::SelectVehicle(vin())).await;
    let failures = std::mem::take(&mut *failures.lock().unwrap());
    // Each try is a call of the port.
    assert_eq!(failures.len(), 3);
    for failure in failures {
        assert_eq!((failure.port(), failure.call), ("bff", PortCall::Bff(BffOperation::Support)));
        let kind = BffErrorKind::Status { status: 503, wait: None };
        assert_eq!(failure.kind, PortFailureKind::Bff(kind));
        assert!(failure.is_retryable());
        assert_eq!(
            failure.to_string(),
            "bff: support failed: the backend answered with status 503: the server is being updated"
        );
    }
}

#[tokio::test]
async fn a_call_that_hangs_or_panics_is_reported_too() {
    for (behaviour, kind, why) in [
        (Behaviour::Hangs, PortFailureKind::NoAnswer, "there was no answer in time"),
        (Behaviour::Panics, PortFailureKind::Panicked, "the adapter panicked"),
    ] {
        let failures = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&failures);
        let world = World::start_with(Arc::new(GoodBff), |builder| {
            builder.on_port_failure(move |failure| seen.lock().unwrap().push(failure.clone()))
        });
        *world.phone.can_create.lock().unwrap() = behaviour;
        world.open_welcome().await;
        let failures = failures.lock().unwrap();
        let kinds: Vec<_> = failures.iter().map(|failure| (failure.port(), failure.kind)).collect();
        assert_eq!(kinds, [("apple_pairing", kind)]);
        assert!(failures[0].reason.ends_with(why), "{}", failures[0].reason);
    }
}

/// A phone that reports something at every call.
#[derive(Default)]
struct RestlessPhone {
    changes: AtomicUsize,
    late_answers: AtomicUsize,
    events: AtomicUsize,
}

#[async_trait]
impl Wallet for RestlessPhone {
    async fn presence(&self, _: DigitalKeyId) -> Result<Presence, WalletError> {
        Ok(Presence::Present)
    }

    async fn open(&self, _: DigitalKeyId) -> Result<(), WalletError> {
        Err(WalletError::new(WalletOperation::Open, WalletErrorKind::Unavailable))
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for RestlessPhone {
    async fn can_create_key(&self, _: Vin) -> Result<bool, ApplePairingError> {
        Ok(true)
    }

    async fn start(&self, _: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        Ok(PairingAnswer::default())
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(false)
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.late_answers.fetch_add(1, Ordering::SeqCst);
        Ok(Some(LateAnswer { vin: vin(), answer: PairingAnswer::default() }))
    }
}

#[async_trait]
impl AppLifecycle for RestlessPhone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        let events = self.events.fetch_add(1, Ordering::SeqCst);
        Some(match events % 2 {
            0 => LifecycleEvent::WentToBackground,
            _ => LifecycleEvent::CameToForeground,
        })
    }
}

/// The clock is paused: it moves on only when no task has work, so that a core that spins never
/// reaches the end of this test.
#[tokio::test(start_paused = true)]
async fn an_adapter_that_answers_at_once_again_and_again_does_not_make_the_core_spin() {
    let phone = Arc::new(RestlessPhone::default());
    let ports = Ports {
        bff: Arc::new(GoodBff),
        wallet: phone.clone(),
        apple_pairing: phone.clone(),
        cache: Arc::new(MemoryDisk::new().open_cache().unwrap()),
        app_lifecycle: phone.clone(),
    };
    let model =
        Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
    let app = App::builder(model, ports).start().unwrap();
    for intent in [Intent::SelectVehicle(vin()), Tap::Entry.into()] {
        app.dispatch(intent).unwrap();
        tokio::time::timeout(PATIENCE, app.idle()).await.unwrap().unwrap();
    }
    assert_eq!(app.view().borrow().page.name(), "Welcome");
    tokio::time::sleep(Duration::from_secs(60)).await;
    // So many at once, and then two in a second.
    for (calls, at_once) in [(&phone.changes, 16), (&phone.late_answers, 16), (&phone.events, 4096)]
    {
        let calls = calls.load(Ordering::SeqCst) - at_once;
        assert!((90..=140).contains(&calls), "{calls} more calls in a minute");
    }
}
