//! Calls at any time, and listeners of any kind.

use std::sync::Arc;
use std::sync::mpsc;

use digital_key::{DigitalKeyError, Intent, Listener, ListenerError, PortFailure, View};
use digital_key_domain::{CacheFailure, KeyState, PairingAnswer, Tap};

use crate::world::{PATIENCE, World};

#[tokio::test]
async fn a_car_is_paired() {
    let mut world = World::new().await;
    world.launch();
    world.open_welcome().await;
    assert_eq!(world.phone.answer(PairingAnswer::default()), Err(DigitalKeyError::NoSheet));
    world.start_pairing().await;
    world.phone.sheet_shown().await;
    let pass = Some("KEY-1".try_into().unwrap());
    world.phone.answer(PairingAnswer { pass, error: None }).unwrap();
    assert_eq!(world.page("Tutorial1").await.key_state, KeyState::ActiveUntracked);
}

#[tokio::test]
async fn calls_before_the_start_are_refused() {
    let mut world = World::new().await;
    let app = world.make();
    assert_eq!(app.view().err(), Some(DigitalKeyError::NotStarted));
    assert_eq!(app.view_stream().err(), Some(DigitalKeyError::NotStarted));
    assert_eq!(app.dispatch(Intent::Tap { tap: Tap::Entry }), Err(DigitalKeyError::NotStarted));
    assert_eq!(app.sign_out().await, Err(DigitalKeyError::NotStarted));
}

#[tokio::test]
async fn an_app_starts_once() {
    let mut world = World::new().await;
    world.launch();
    assert_eq!(world.app().start(None), Err(DigitalKeyError::AlreadyStarted));
    world.open_welcome().await;
}

#[tokio::test]
async fn after_the_shutdown_there_is_nothing() {
    let mut world = World::new().await;
    world.launch();
    let views = world.app().view_stream().unwrap();
    world.open_welcome().await;
    let app = world.app();
    app.shutdown().await;
    app.shutdown().await;
    while views.next().await.is_some() {}
    let gone = || Err(DigitalKeyError::ShutDown);
    assert_eq!(app.start(None), gone());
    assert_eq!(app.dispatch(Intent::Tap { tap: Tap::Entry }), gone());
    assert_eq!(app.view().err(), Some(DigitalKeyError::ShutDown));
    assert_eq!(app.sign_out().await, gone());
    assert_eq!(app.suspend().await, gone());
    assert_eq!(app.resume().await, gone());
    assert_eq!(app.idle().await, gone());
}

#[tokio::test]
async fn an_app_that_never_started_can_be_shut_down() {
    let mut world = World::new().await;
    let app = world.make();
    app.shutdown().await;
    assert_eq!(app.start(None), Err(DigitalKeyError::ShutDown));
}

/// Does this with each view.
struct On<F>(F);

impl<F: Fn() -> Result<(), ListenerError> + Send + Sync> Listener for On<F> {
    fn on_view(&self, _: View) -> Result<(), ListenerError> {
        (self.0)()
    }

    fn on_port_failure(&self, _: PortFailure) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_cache_failure(&self, _: CacheFailure) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// Starts an app with this listener, which is told the first view and one that follows.
async fn is_told_twice<F>(told: &mpsc::Receiver<()>, listener: On<F>)
where
    F: Fn() -> Result<(), ListenerError> + Send + Sync + 'static,
{
    let mut world = World::new().await;
    let app = world.make();
    app.start(Some(Arc::new(listener))).unwrap();
    tokio::task::block_in_place(|| told.recv_timeout(PATIENCE)).unwrap();
    let vin = digital_key::Vin::new(crate::world::VIN).unwrap();
    app.dispatch(Intent::SelectVehicle { vin }).unwrap();
    tokio::task::block_in_place(|| told.recv_timeout(PATIENCE)).unwrap();
    world.open_welcome().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_panics_is_told_the_next_view() {
    let (tell, told) = mpsc::channel();
    let panics = move || {
        tell.send(()).unwrap();
        panic!("the listener's own trouble")
    };
    is_told_twice(&told, On(panics)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_throws_is_told_the_next_view() {
    let (tell, told) = mpsc::channel();
    let throws = move || {
        tell.send(()).unwrap();
        Err(ListenerError::Failed)
    };
    is_told_twice(&told, On(throws)).await;
}

#[tokio::test]
async fn a_listener_that_hangs_holds_up_nobody() {
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let mut world = World::new().await;
    let app = world.make();
    let hangs = move || {
        // It ends with the test, which drops the sender.
        let _ = wait.lock().unwrap().recv();
        Ok(())
    };
    app.start(Some(Arc::new(On(hangs)))).unwrap();
    let vin = digital_key::Vin::new(crate::world::VIN).unwrap();
    app.dispatch(Intent::SelectVehicle { vin }).unwrap();
    world.open_welcome().await;
    app.shutdown().await;
    drop(go_on);
}
