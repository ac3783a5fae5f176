//! An adapter that hangs, panics or fails: the page is the one that the rules say.

use std::sync::{Arc, Mutex};

use digital_key_domain::{CacheFailure, EntryView, Intent, PairingAnswer, Presence, Tap};
use digital_key_ports::{LifecycleEvent, MockBff};

use crate::support::{Behaviour, GoodBff, World, vin};

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
        world.tap(Tap::Continue).await;
        assert_eq!(world.page(), "PhoneSoftwareUpdateRequired");
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
