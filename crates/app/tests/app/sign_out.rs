//! What a sign-out does at the moment of its call (GEN-5).

use std::sync::{Arc, Mutex, OnceLock};

use digital_key_app::App;
use digital_key_domain::{Event, Intent, Reply, Tap, VehicleRecord, View};
use digital_key_ports::{Cache, CacheOperation};

use crate::support::{GoodBff, World, vin};

fn is_signed_out(view: &View) -> bool {
    view.vehicle.is_none() && view.page.name() == "VehicleTab" && view.password_uses.is_none()
}

#[tokio::test]
async fn gen_5_once_sign_out_was_called_a_kill_brings_no_fact_back() {
    for is_suspended in [false, true] {
        let world = World::start();
        world.open_welcome().await;
        if is_suspended {
            world.app.suspend().await.unwrap();
        }
        assert!(world.stored().await.password.is_some());
        // Nobody awaits the erasure: the app is killed before any task runs.
        drop(world.app.sign_out());
        assert_eq!(world.stored().await, VehicleRecord::default(), "suspended: {is_suspended}");
    }
}

#[tokio::test]
async fn gen_5_once_sign_out_was_called_the_account_is_not_shown() {
    let world = World::start();
    let views = world.app.view();
    world.open_welcome().await;
    assert!(!is_signed_out(&views.borrow()));
    let signed_out = world.app.sign_out();
    assert!(is_signed_out(&views.borrow()), "{:?}", views.borrow());
    signed_out.await.unwrap();
}

/// The sign-out is called while a step of the account is taken, so that its view comes later.
#[tokio::test]
async fn gen_5_a_step_that_a_sign_out_overtakes_shows_nothing() {
    static APP: OnceLock<App> = OnceLock::new();
    let shown_at_sign_out = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&shown_at_sign_out);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_step(move |step| {
            let Some(app) = APP.get() else { return };
            if *step.event == Event::Intent(Intent::Tap(Tap::Entry)) {
                drop(app.sign_out());
            } else if *step.event == Event::SignedOut {
                *seen.lock().unwrap() = Some(app.view().borrow().clone());
            }
        })
    });
    world.tap(Intent::SelectVehicle(vin())).await;
    APP.set(world.app.clone()).ok().unwrap();
    world.tap(Tap::Entry).await;
    let shown = shown_at_sign_out.lock().unwrap().take().expect("nobody signed out");
    assert!(is_signed_out(&shown), "{shown:?}");
    assert!(is_signed_out(&world.view()), "{:?}", world.view());
}

/// Status and password are answered at the same time. A sign-out comes between the two answers.
#[tokio::test]
async fn gen_5_a_sign_out_comes_before_the_answers_that_wait() {
    static APP: OnceLock<App> = OnceLock::new();
    let after = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&after);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        let mut has_signed_out = false;
        let on_step = Mutex::new(move |event: &Event| {
            let Some(app) = APP.get() else { return };
            if has_signed_out {
                seen.lock().unwrap().push(event.clone());
            } else if matches!(event, Event::Replied { reply: Reply::Status(_), .. }) {
                has_signed_out = true;
                drop(app.sign_out());
            }
        });
        builder.on_step(move |step| on_step.lock().unwrap()(step.event))
    });
    world.tap(Intent::SelectVehicle(vin())).await;
    APP.set(world.app.clone()).ok().unwrap();
    world.tap(Tap::Entry).await;
    assert_eq!(after.lock().unwrap().first(), Some(&Event::SignedOut));
}

#[tokio::test]
async fn gen_5_calls_of_the_account_that_wait_for_the_cache_are_not_made() {
    let world = World::start();
    world.app.dispatch(Intent::SelectVehicle(vin())).unwrap();
    world.app.sign_out().await.unwrap();
    world.app.idle().await.unwrap();
    assert_eq!(world.disk.calls(), [CacheOperation::EraseAll]);
    // Those of the next account are made.
    world.tap(Intent::SelectVehicle(vin())).await;
    assert_eq!(world.disk.calls()[1..], [CacheOperation::Load, CacheOperation::Store]);
}

#[tokio::test]
async fn gen_5_of_two_sign_outs_the_second_erases_what_came_between() {
    let world = World::start();
    let first = world.app.sign_out();
    world.app.dispatch(Intent::SelectVehicle(vin())).unwrap();
    let second = world.app.sign_out();
    second.await.unwrap();
    first.await.unwrap();
    assert_eq!(world.disk.calls(), [CacheOperation::EraseAll; 2]);
    assert!(is_signed_out(&world.view()));
    let image = world.disk.image().open_cache().unwrap();
    assert_eq!(image.load(vin()).await.unwrap(), VehicleRecord::default());
}
