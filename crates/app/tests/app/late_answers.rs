//! What Apple says after a sheet has ended (CBK-7).

use std::sync::{Arc, Mutex};

use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, Event, Intent, KeyState, PairingAnswer, Tap, View,
};
use digital_key_ports::{LateAnswer, MockApplePairing};
use digital_key_testkit::fake::MemoryDisk;

use crate::support::{Behaviour, FakePhone, GoodBff, World, vin};

fn canceled() -> PairingAnswer {
    PairingAnswer { pass: None, error: Some(AppleErrorCode::UserCanceled) }
}

fn made(id: &str) -> PairingAnswer {
    PairingAnswer { pass: Some(id.try_into().unwrap()), error: None }
}

fn late(answer: PairingAnswer) -> Behaviour<LateAnswer> {
    Behaviour::Answers(LateAnswer { vin: vin(), answer })
}

fn has_key(view: &View) -> bool {
    view.key_state == KeyState::ActiveUntracked
}

impl World {
    /// Apple's sheet ends.
    async fn apple(&self, answer: PairingAnswer) {
        self.phone.answer.send(Behaviour::Answers(answer)).ok().unwrap();
        self.until(|view| !view.pairing_runs).await;
    }

    fn apple_again(&self, answer: PairingAnswer) {
        self.phone.late_answer.send(late(answer)).ok().unwrap();
    }

    async fn stored_key(&self) -> Option<DigitalKeyId> {
        self.app.idle().await.unwrap();
        self.stored().await.key.local().cloned()
    }
}

#[tokio::test]
async fn cbk_7_a_success_after_an_error_is_recorded_and_shown() {
    let world = World::start();
    world.open_sheet().await;
    world.apple(canceled()).await;
    world.apple_again(canceled());
    world.apple_again(made("K1"));
    let view = world.until(has_key).await;
    assert_eq!(view.page.name(), "Tutorial1");
    assert_eq!(world.stored_key().await, Some("K1".try_into().unwrap()));
}

#[tokio::test]
async fn cbk_7_a_late_answer_does_not_overtake_the_first_one() {
    let are_late = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&are_late);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_step(move |step| {
            seen.lock().unwrap().push(matches!(step.event, Event::LateAnswer { .. }));
        })
    });
    world.open_sheet().await;
    are_late.lock().unwrap().clear();
    // The core runs on this thread: both are there when it looks.
    world.phone.answer.send(Behaviour::Answers(canceled())).ok().unwrap();
    world.apple_again(made("K1"));
    world.until(has_key).await;
    assert_eq!(are_late.lock().unwrap()[..2], [false, true]);
}

#[tokio::test]
async fn cbk_7_a_late_success_of_an_older_vehicle_is_recorded_for_it() {
    let world = World::start();
    world.open_sheet().await;
    world.apple(canceled()).await;
    world.open_sheet_of("WBA0000000000000B".parse().unwrap()).await;
    world.apple(canceled()).await;
    world.apple_again(made("K1"));
    world.tap(Intent::SelectVehicle(vin())).await;
    world.until(has_key).await;
    assert_eq!(world.stored_key().await, Some("K1".try_into().unwrap()));
}

#[tokio::test]
async fn cbk_7_a_late_success_waits_for_the_sheet_that_is_up() {
    for next in [canceled(), made("K2")] {
        let world = World::start();
        world.open_sheet().await;
        world.apple(canceled()).await;
        world.tap(Tap::Retry).await;
        world.apple_again(made("K1"));
        world.app.idle().await.unwrap();
        assert!(world.view().pairing_runs);
        world.apple(next.clone()).await;
        let view = world.until(has_key).await;
        let key = if next.pass.is_some() { "K2" } else { "K1" };
        assert_eq!(view.page.name(), "Tutorial1");
        assert_eq!(world.stored_key().await, Some(key.try_into().unwrap()));
    }
}

#[tokio::test]
async fn gen_5_a_success_from_before_a_sign_out_is_dropped() {
    let world = World::start();
    world.open_sheet().await;
    world.apple(canceled()).await;
    world.app.sign_out().await.unwrap();
    // The next account has a sheet of the same vehicle: the answer could be taken for that one.
    world.open_sheet().await;
    world.apple(canceled()).await;
    world.apple_again(made("K1"));
    // A success of another vehicle is heard, so the one before it was, too.
    let other = "WBA0000000000000B".parse().unwrap();
    world.open_sheet_of(other).await;
    world.apple(canceled()).await;
    let answer = LateAnswer { vin: other, answer: made("K2") };
    world.phone.late_answer.send(Behaviour::Answers(answer)).ok().unwrap();
    let view = world.until(has_key).await;
    assert_eq!(view.vehicle, Some(other));
    assert_eq!(world.stored_key().await, None);
}

#[tokio::test]
async fn a_panic_in_the_waiting_for_a_late_answer_stops_nothing() {
    let world = World::start();
    world.open_sheet().await;
    world.phone.late_answer.send(Behaviour::Panics).ok().unwrap();
    world.apple(made("K1")).await;
    assert_eq!(world.page(), "Tutorial1");
}

#[tokio::test]
async fn a_mock_that_expects_no_late_answer_needs_to_know_nothing_of_it() {
    let mut apple_pairing = MockApplePairing::new();
    apple_pairing.expect_can_create_key().returning(|_| Ok(true));
    apple_pairing.expect_start().returning(|_| Ok(made("K1")));
    let phone = Arc::new(FakePhone::default());
    let (disk, pairing) = (MemoryDisk::new(), Arc::new(apple_pairing));
    let world = World::start_with_pairing(disk, Arc::new(GoodBff), pairing, phone, |it| it);
    world.open_welcome().await;
    for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
        world.tap(tap).await;
    }
    let view = world.until(|view| view.page.name() == "Tutorial1").await;
    assert!(has_key(&view));
}
