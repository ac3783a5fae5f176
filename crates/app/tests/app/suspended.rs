//! While the app is suspended, and after a resume that failed.

use digital_key_app::AppError;
use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, KeyState, PairingAnswer, Tap, VehicleRecord,
};
use digital_key_ports::CacheErrorKind;
use tokio::time::timeout;

use crate::support::{Behaviour, PATIENCE, World};

fn made(id: &str) -> Behaviour<PairingAnswer> {
    Behaviour::Answers(PairingAnswer { pass: Some(id.try_into().unwrap()), error: None })
}

fn canceled() -> Behaviour<PairingAnswer> {
    let error = Some(AppleErrorCode::UserCanceled);
    Behaviour::Answers(PairingAnswer { pass: None, error })
}

fn cache_error(answer: Result<(), AppError>) -> CacheErrorKind {
    match answer {
        Err(AppError::Cache(error)) => error.kind(),
        other => panic!("not a failure of the cache: {other:?}"),
    }
}

#[tokio::test]
async fn suspended_nothing_is_lost() {
    let world = World::start();
    world.open_sheet().await;
    world.app.suspend().await.unwrap();
    world.phone.answer.send(made("K1")).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    assert!(world.disk.open_cache().is_ok(), "nobody holds a cache that is closed");
    world.app.resume().await.unwrap();
    world.app.idle().await.unwrap();
    assert_eq!(world.stored().await.key.state(), KeyState::ActiveUntracked);
}

#[tokio::test]
async fn gen_2_after_a_resume_that_failed_nobody_waits_for_the_cache() {
    let world = World::start();
    world.open_sheet().await;
    world.phone.answer.send(canceled()).ok().unwrap();
    world.until(|view| !view.pairing_runs).await;
    world.app.idle().await.unwrap();
    world.app.suspend().await.unwrap();
    let holds_it = world.disk.open_cache().unwrap();
    assert_eq!(cache_error(world.app.resume().await), CacheErrorKind::Busy);
    // RDY-6: without the cache no use can be taken, and nothing is started.
    world.app.dispatch(Tap::Retry).unwrap();
    let view = world.until(|view| view.page.name() == "PairingAttemptsExhausted").await;
    assert!(!view.pairing_runs);
    drop(holds_it);
    world.app.resume().await.unwrap();
}

#[tokio::test]
async fn after_a_resume_that_failed_a_key_waits_to_be_stored() {
    let world = World::start();
    world.open_sheet().await;
    world.app.suspend().await.unwrap();
    let holds_it = world.disk.open_cache().unwrap();
    world.app.resume().await.unwrap_err();
    world.phone.answer.send(made("K1")).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    drop(holds_it);
    world.app.resume().await.unwrap();
    world.app.idle().await.unwrap();
    let key = world.stored().await.key;
    assert_eq!(key.local(), Some(&DigitalKeyId::try_from("K1").unwrap()));
}

#[tokio::test]
async fn gen_5_a_sign_out_of_a_suspended_app_erases_at_once_or_says_so() {
    for resume_fails in [false, true] {
        let world = World::start();
        world.open_sheet().await;
        world.app.suspend().await.unwrap();
        let holds_it = resume_fails.then(|| world.disk.open_cache().unwrap());
        if resume_fails {
            world.app.resume().await.unwrap_err();
        }
        world.phone.answer.send(made("K1")).ok().unwrap();
        world.until(|view| view.page.name() == "Tutorial1").await;
        let signed_out = world.app.sign_out().await;
        if let Some(holder) = holds_it {
            assert_eq!(cache_error(signed_out), CacheErrorKind::Busy);
            drop(holder);
        } else {
            signed_out.unwrap();
            // What the next app would find after a kill.
            assert_eq!(world.stored().await, VehicleRecord::default());
        }
        // The key was waiting to be stored; it is dropped. What could not be erased is erased now.
        world.app.resume().await.unwrap();
        world.app.idle().await.unwrap();
        assert_eq!(world.stored().await, VehicleRecord::default());
    }
}

#[tokio::test]
async fn suspended_the_app_is_idle_when_only_the_cache_is_waited_for() {
    let world = World::start();
    world.open_sheet().await;
    world.app.suspend().await.unwrap();
    world.phone.answer.send(made("K1")).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    timeout(PATIENCE, world.app.idle()).await.expect("nobody resumes it").unwrap();
    world.app.resume().await.unwrap();
    world.app.idle().await.unwrap();
    assert_eq!(world.stored().await.key.state(), KeyState::ActiveUntracked);
}
