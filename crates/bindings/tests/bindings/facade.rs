//! Calls at any time, and listeners of any kind.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use digital_key_bindings::{
    BearerToken, BffAdapter, DigitalKeyApp, DigitalKeyError, Intent, Listener, ListenerError,
    PortFailure, TokenError, TokenProvider, ViewState,
};
use digital_key_domain::{CacheFailure, KeyState, PairingAnswer, Tap};

use tokio::time::timeout;

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
async fn cbk_7_a_success_after_an_error_is_recorded() {
    let mut world = World::new().await;
    world.launch();
    world.open_welcome().await;
    world.start_pairing().await;
    world.phone.sheet_shown().await;
    world.phone.answer(PairingAnswer::default()).unwrap();
    world.page("PairingError").await;
    let pass = Some("KEY-1".try_into().unwrap());
    world.phone.answer(PairingAnswer { pass, error: None }).unwrap();
    let view = world.until(|view| view.key_state == KeyState::ActiveUntracked).await;
    assert_eq!(view.page_name, "PairingError");
}

#[tokio::test]
async fn a_stream_that_is_ended_gives_no_view_and_leaves_the_others() {
    let mut world = World::new().await;
    world.launch();
    world.app().idle().await.unwrap();
    let views = world.app().view_stream().unwrap();
    assert!(views.next().await.is_some());
    let other = views.again();
    let (none, ()) = tokio::join!(views.next(), async { views.end() });
    assert_eq!(none, None);
    assert_eq!(views.next().await, None);
    let newest = timeout(PATIENCE, other.next()).await.unwrap();
    assert_eq!(newest, world.app().view().ok(), "another stream begins with the newest view");
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

/// A token provider that calls the app when it is let go.
struct CallsTheApp(Arc<Mutex<Weak<DigitalKeyApp>>>, mpsc::Sender<Option<DigitalKeyError>>);

#[async_trait]
impl TokenProvider for CallsTheApp {
    async fn token(&self) -> Result<Arc<BearerToken>, TokenError> {
        Ok(BearerToken::new("a-token").unwrap())
    }

    async fn refresh(&self, _: Arc<BearerToken>) -> Result<Arc<BearerToken>, TokenError> {
        self.token().await
    }
}

impl Drop for CallsTheApp {
    fn drop(&mut self) {
        let app = self.0.lock().unwrap().upgrade().unwrap();
        self.1.send(app.view().err()).unwrap();
    }
}

#[tokio::test]
async fn an_adapter_may_call_the_app_when_it_is_let_go() {
    let app = Arc::new(Mutex::new(Weak::new()));
    let (said, told) = mpsc::channel();
    let token = Arc::new(CallsTheApp(Arc::clone(&app), said));
    let bff = BffAdapter::http("https://bff.example.com", token).unwrap();
    let mut world = World::with(|ports| ports.bff = bff).await;
    let made = world.make();
    *app.lock().unwrap() = Arc::downgrade(&made);
    // On a thread of its own: a call that waits for itself would never come back.
    std::thread::spawn(move || runtime().block_on(made.shutdown()));
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Some(DigitalKeyError::ShutDown)));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// Does this with each view.
struct On<F>(F);

impl<F: Fn() -> Result<(), ListenerError> + Send + Sync> Listener for On<F> {
    fn on_view(&self, _: ViewState) -> Result<(), ListenerError> {
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
    let vin = digital_key_bindings::Vin::new(crate::world::VIN).unwrap();
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
    let vin = digital_key_bindings::Vin::new(crate::world::VIN).unwrap();
    app.dispatch(Intent::SelectVehicle { vin }).unwrap();
    world.open_welcome().await;
    app.shutdown().await;
    drop(go_on);
}
