use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use digital_key_app::{App, AppError, StartError};
use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, EntryView, Intent, KeyState, PairingAnswer, PairingStatus,
    Reason, ReportedKey, Support, SupportAnswer, Tap, VehicleRecord, Verdict, View,
};
use digital_key_ports::{
    BffError, BffErrorKind, BffOperation, CacheOperation, LifecycleEvent, MockBff,
};

use tokio::sync::watch;

use crate::support::{Behaviour, GoodBff, World, vin};

fn pass(id: &str) -> Behaviour<PairingAnswer> {
    let pass = Some(DigitalKeyId::try_from(id).unwrap());
    Behaviour::Answers(PairingAnswer { pass, error: None })
}

#[tokio::test]
async fn a_driver_pairs_a_car() {
    let world = World::start();
    world.open_sheet().await;
    {
        let sheets = world.phone.sheets.lock().unwrap();
        assert_eq!((sheets.len(), sheets[0].password.expose()), (1, "12345678"));
    }
    world.phone.answer.send(pass("K1")).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    world.app.idle().await.unwrap();
    assert_eq!(world.view().key_state, KeyState::ActiveUntracked);
    let record = world.stored().await;
    assert_eq!((record.key.state(), record.password), (KeyState::ActiveUntracked, None));
}

#[tokio::test]
async fn rdy_4_the_use_is_counted_before_the_sheet_is_shown() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_effect(move |effect| seen.lock().unwrap().push(effect.call()))
    });
    world.open_sheet().await;
    let order = order.lock().unwrap();
    assert_eq!(order[order.len() - 2..], ["cache.take_use", "apple_pairing.start"]);
}

#[tokio::test]
async fn intents_that_the_core_has_handled_make_room_for_others() {
    let world = World::start();
    for round in ["first", "second"] {
        // The core runs on this thread, and so not before the test waits.
        let taken =
            std::iter::repeat_with(|| world.app.dispatch(Tap::Close)).take_while(Result::is_ok);
        assert_eq!(taken.count(), 256, "{round} round");
        assert!(matches!(world.app.dispatch(Tap::Close), Err(AppError::Overloaded)));
        world.app.idle().await.unwrap();
    }
}

#[tokio::test]
async fn gen_9_a_vehicle_is_shown_no_more_before_it_is_erased() {
    let view = Arc::new(OnceLock::<watch::Receiver<View>>::new());
    let shown = Arc::new(Mutex::new(Vec::new()));
    let (seen_view, seen) = (Arc::clone(&view), Arc::clone(&shown));
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_effect(move |effect| {
            if let Some(view) = seen_view.get() {
                seen.lock().unwrap().push((effect.call(), view.borrow().vehicle));
            }
        })
    });
    world.app.dispatch(Intent::SelectVehicle(vin())).unwrap();
    world.app.idle().await.unwrap();
    view.set(world.app.view()).unwrap();
    world.app.forget(vin()).await.unwrap();
    assert_eq!(*shown.lock().unwrap(), [("cache.erase", None)]);
}

#[tokio::test]
async fn gen_2_each_step_is_reported_with_its_view_also_an_ignored_one() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reported);
    let world = World::start_with(Arc::new(GoodBff), |builder| {
        builder.on_step(move |step| {
            let calls: Vec<_> = step.effects.iter().map(|effect| effect.call()).collect();
            seen.lock().unwrap().push((step.verdict, calls, step.view.vehicle));
        })
    });
    world.app.dispatch(Tap::Entry).unwrap();
    world.app.dispatch(Intent::SelectVehicle(vin())).unwrap();
    world.app.idle().await.unwrap();
    let reported = reported.lock().unwrap();
    assert_eq!(reported[0], (Verdict::Ignored(Reason::NotOffered), vec![], None));
    assert_eq!(reported[1], (Verdict::Accepted, vec!["cache.load"], Some(vin())));
}

#[tokio::test]
async fn wel_3_status_and_password_are_asked_for_at_the_same_time() {
    let meet = Arc::new(tokio::sync::Barrier::new(2));
    struct Meeting(Arc<tokio::sync::Barrier>);
    #[async_trait::async_trait]
    impl digital_key_ports::Bff for Meeting {
        async fn support(
            &self,
            vin: digital_key_domain::Vin,
        ) -> Result<digital_key_domain::SupportAnswer, BffError> {
            GoodBff.support(vin).await
        }
        async fn pairing_status(
            &self,
            vin: digital_key_domain::Vin,
        ) -> Result<digital_key_domain::PairingStatus, BffError> {
            self.0.wait().await;
            GoodBff.pairing_status(vin).await
        }
        async fn pairing_password(
            &self,
            vin: digital_key_domain::Vin,
            key: digital_key_ports::IdempotencyKey,
        ) -> Result<Option<digital_key_ports::PairingPassword>, BffError> {
            self.0.wait().await;
            GoodBff.pairing_password(vin, key).await
        }
    }
    let world = World::start_with(Arc::new(Meeting(meet)), |builder| builder);
    assert!(world.open_welcome().await.offers.contains(Tap::Continue));
}

#[tokio::test]
async fn gen_4_the_next_start_works_from_the_cache() {
    let world = World::start();
    world.open_sheet().await;
    let left = world.disk.image();
    drop(world);
    let restarted = World::start_on(left, Arc::new(GoodBff), |builder| builder);
    let view = restarted.tap(Intent::SelectVehicle(vin())).await;
    assert_eq!(view.entry, EntryView::DigitalKey);
    assert_eq!(view.password_uses.map(|uses| uses.get()), Some(1));
}

#[tokio::test]
async fn gen_5_sign_out_erases_and_drops_what_was_asked() {
    let world = World::start();
    world.open_sheet().await;
    world.app.sign_out().await.unwrap();
    assert_eq!((world.view().vehicle, world.page()), (None, "VehicleTab"));
    assert_eq!(world.stored().await, VehicleRecord::default());
    world.phone.answer.send(pass("K1")).ok().unwrap();
    world.until(|view| !view.pairing_runs).await;
    world.app.idle().await.unwrap();
    assert_eq!(world.stored().await, VehicleRecord::default());
}

#[tokio::test]
async fn gen_5_what_could_not_be_erased_is_erased_before_it_is_read() {
    let world = World::start();
    world.open_welcome().await;
    world.disk.fail_next(2);
    assert!(matches!(world.app.sign_out().await, Err(AppError::Cache(_))));
    // The next call tries to erase again, fails, and so does not read the old account.
    world.tap(Intent::SelectVehicle(vin())).await;
    assert!(!world.disk.calls().ends_with(&[CacheOperation::Load]));
    world.app.sign_out().await.unwrap();
    assert_eq!(world.stored().await, VehicleRecord::default());
}

#[tokio::test]
async fn gen_5_what_could_not_be_erased_is_erased_by_the_next_call() {
    let world = World::start();
    world.open_welcome().await;
    assert!(world.stored().await.password.is_some());
    world.disk.fail_next(1);
    assert!(matches!(world.app.sign_out().await, Err(AppError::Cache(_))));
    world.tap(Intent::SelectVehicle(vin())).await;
    assert_eq!(world.stored().await.password, None);
}

#[tokio::test]
async fn ovr_7_a_change_of_the_wallet_is_heard() {
    let mut bff = MockBff::new();
    bff.expect_support()
        .returning(|_| Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false })));
    bff.expect_pairing_status().returning(|_| {
        let owner_key =
            Some(ReportedKey { id: DigitalKeyId::try_from("K1").unwrap(), tracked: true });
        Ok(PairingStatus { owner_key, primary_subscriber: true, prepared: true })
    });
    bff.expect_pairing_password().returning(|_, _| Ok(None));
    let (call, mut calls) = tokio::sync::mpsc::unbounded_channel();
    let world = World::start_with(Arc::new(bff), |builder| {
        builder.on_effect(move |effect| call.send(effect.call()).unwrap())
    });
    world.open_welcome().await;
    assert_eq!(world.tap(Tap::Continue).await.page.name(), "Overview");
    world.tap(Tap::CardAction).await;
    let opened = world.phone.opened.lock().unwrap().clone();
    assert_eq!(opened, [DigitalKeyId::try_from("K1").unwrap()], "OVR-4");
    while calls.try_recv().is_ok() {}
    world.phone.change.send(()).unwrap();
    assert_eq!(calls.recv().await, Some("wallet.presence"));
    assert_eq!(calls.recv().await, Some("bff.pairing_status"));
}

#[tokio::test]
async fn without_a_handle_nothing_holds_an_adapter() {
    let World { app, phone, disk: _ } = World::start();
    let held = Arc::downgrade(&phone);
    let view = app.view();
    drop((app, phone));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(held.strong_count(), 0);
    assert!(view.has_changed().is_err(), "nobody shows anything any more");
}

#[tokio::test]
async fn gen_5_sign_out_ends_requests() {
    let mut bff = MockBff::new();
    bff.expect_support().returning(|_| {
        Err(BffError::new(BffOperation::Support, BffErrorKind::Status { status: 503, wait: None }))
    });
    let world = World::start_with(Arc::new(bff), |builder| {
        let ten_minutes = Duration::from_secs(600);
        let policy = digital_key_app::RetryPolicy::new().with_tries(2).with_total(ten_minutes);
        builder.retry(policy.with_first_wait(ten_minutes).with_longest_wait(ten_minutes))
    });
    world.app.dispatch(Intent::SelectVehicle(vin())).unwrap();
    world.app.idle_but_for(1).await.unwrap();
    world.app.sign_out().await.unwrap();
    world.app.idle().await.unwrap();
}

#[tokio::test]
async fn shutdown_stores_what_was_decided_and_ends_everything() {
    let world = World::start();
    world.open_sheet().await;
    world.phone.answer.send(pass("K1")).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    world.app.shutdown().await;
    assert_eq!(world.stored().await.key.state(), KeyState::ActiveUntracked);
    assert!(matches!(world.app.dispatch(Tap::Entry), Err(AppError::ShutDown)));
    assert!(matches!(world.app.idle().await, Err(AppError::ShutDown)));
    assert!(matches!(world.app.sign_out().await, Err(AppError::ShutDown)));
    world.app.shutdown().await;
}

#[test]
fn outside_of_a_runtime_start_says_so() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let world = runtime.block_on(async { World::start() });
    let phone = digital_key_domain::Phone::Android;
    let ports = digital_key_app::Ports {
        bff: Arc::new(GoodBff),
        wallet: world.phone.clone(),
        apple_pairing: world.phone.clone(),
        cache: Arc::new(digital_key_testkit::fake::MemoryCache::new()),
        app_lifecycle: world.phone.clone(),
    };
    assert_eq!(App::builder(phone, ports).start().err(), Some(StartError::NoRuntime));
}

#[tokio::test]
async fn gen_2_a_sheet_that_is_gone_is_noticed_in_the_foreground() {
    let world = World::start();
    world.open_sheet().await;
    world.phone.sheet_is_up.store(false, Ordering::SeqCst);
    world.phone.event.send(LifecycleEvent::WentToBackground).unwrap();
    world.phone.event.send(LifecycleEvent::CameToForeground).unwrap();
    let view = world.until(|view| view.page.name() == "PairingError").await;
    assert!(!view.pairing_runs);
}

#[tokio::test]
async fn a_failed_pairing_can_be_tried_again_three_times() {
    let world = World::start();
    world.open_sheet().await;
    for _ in 0..2 {
        let error = Some(AppleErrorCode::UserCanceled);
        let canceled = Behaviour::Answers(PairingAnswer { pass: None, error });
        world.phone.answer.send(canceled).ok().unwrap();
        world.until(|view| !view.pairing_runs).await;
        assert_eq!(world.page(), "PairingError");
        world.tap(Tap::Retry).await;
    }
    assert_eq!(world.phone.sheets.lock().unwrap().len(), 3);
}
