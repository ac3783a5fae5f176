//! Calls in any order, and listeners of any kind.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use digital_key_bindings::{
    BearerToken, BffAdapter, Diagnostic, DigitalKeyApp, DigitalKeyError, FunnelEvent, Intent,
    Listener, ListenerError, PortFailure, RecorderOptions, TokenError, TokenProvider, ViewState,
};
use digital_key_domain::{CacheFailure, KeyState, PairingAnswer, Tap};

use tokio::time::timeout;

use crate::test_app::{PATIENCE, TestApp, VIN};

#[tokio::test]
async fn a_car_is_paired() {
    let mut test = TestApp::new().await;
    test.launch();
    test.open_welcome().await;
    assert_eq!(test.phone.answer(PairingAnswer::default()), Err(DigitalKeyError::NoSheet));
    test.start_pairing().await;
    test.phone.sheet_shown().await;
    let pass = Some("KEY-1".try_into().unwrap());
    test.phone.answer(PairingAnswer { pass, error: None }).unwrap();
    assert_eq!(test.page("Tutorial1").await.key_state, KeyState::ActiveUntracked);
}

#[tokio::test]
async fn cbk_7_a_success_after_an_error_is_recorded() {
    let mut test = TestApp::new().await;
    test.launch();
    test.open_welcome().await;
    test.start_pairing().await;
    test.phone.sheet_shown().await;
    test.phone.answer(PairingAnswer::default()).unwrap();
    test.page("PairingError").await;
    let pass = Some("KEY-1".try_into().unwrap());
    test.phone.answer(PairingAnswer { pass, error: None }).unwrap();
    let view = test.until(|view| view.key_state == KeyState::ActiveUntracked).await;
    assert_eq!(view.page_name, "Tutorial1");
}

#[tokio::test]
async fn a_stream_that_has_ended_returns_none_and_the_others_go_on() {
    let mut test = TestApp::new().await;
    test.launch();
    test.app().idle().await.unwrap();
    let views = test.app().view_stream().unwrap();
    assert!(views.next().await.is_some());
    let other = views.again();
    let (none, ()) = tokio::join!(views.next(), async { views.end() });
    assert_eq!(none, None);
    assert_eq!(views.next().await, None);
    let newest = timeout(PATIENCE, other.next()).await.unwrap();
    assert_eq!(newest, test.app().view().ok(), "another stream begins with the newest view");
}

/// Whoever waits, and in whatever order, the calls take effect as they began.
#[tokio::test]
async fn gen_10_calls_take_effect_in_the_order_in_which_they_begin() {
    let mut test = TestApp::new().await;
    test.launch();
    test.app().idle().await.unwrap();
    let (suspend, resume) =
        (test.app().begin_suspend().unwrap(), test.app().begin_resume().unwrap());
    assert_eq!(resume.wait().await, Ok(()));
    assert_eq!(suspend.wait().await, Ok(()));
    assert_eq!(suspend.wait().await, Ok(()), "a second wait has the same answer");
    // The cache is open: a password is stored, and a use is taken.
    test.open_welcome().await;
    test.start_pairing().await;
    test.phone.sheet_shown().await;
}

#[tokio::test]
async fn gen_5_a_sign_out_that_begins_hides_the_account() {
    let mut test = TestApp::new().await;
    test.launch();
    test.open_welcome().await;
    let app = test.app();
    let sign_out = app.begin_sign_out().unwrap();
    assert_eq!(app.view().unwrap().vehicle, None);
    assert_eq!(sign_out.wait().await, Ok(()));
}

#[tokio::test]
async fn gen_12_a_recording_crosses_the_boundary() {
    let mut test = TestApp::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording");
    test.recorder =
        Some(RecorderOptions { bytes: Some(8192), file: Some(file.display().to_string()) });
    test.launch();
    test.open_welcome().await;
    let recording = test.app().recording().unwrap().unwrap();
    assert!(recording.starts_with(b"DKFR"));
    assert!(!recording.windows(VIN.len()).any(|bytes| bytes == VIN.as_bytes()));
    assert_eq!(test.app().last_recording(), Ok(None));
    test.app().shutdown().await;
    assert!(std::fs::read(file).unwrap().starts_with(b"DKFR"));
    assert_eq!(test.app().recording(), Err(DigitalKeyError::ShutDown));
}

#[tokio::test]
async fn gen_12_without_the_option_there_is_no_recording() {
    let mut test = TestApp::new().await;
    test.launch();
    assert_eq!(test.app().recording(), Ok(None));
}

#[tokio::test]
async fn calls_before_the_start_fail() {
    let mut test = TestApp::new().await;
    let app = test.make();
    assert_eq!(app.view().err(), Some(DigitalKeyError::NotStarted));
    assert_eq!(app.view_stream().err(), Some(DigitalKeyError::NotStarted));
    assert_eq!(app.dispatch(Intent::Tap { tap: Tap::Entry }), Err(DigitalKeyError::NotStarted));
    assert_eq!(app.sign_out().await, Err(DigitalKeyError::NotStarted));
}

#[tokio::test]
async fn an_app_starts_once() {
    let mut test = TestApp::new().await;
    test.launch();
    assert_eq!(test.app().start(None), Err(DigitalKeyError::AlreadyStarted));
    test.open_welcome().await;
}

#[tokio::test]
async fn calls_after_the_shutdown_fail() {
    let mut test = TestApp::new().await;
    test.launch();
    let views = test.app().view_stream().unwrap();
    test.open_welcome().await;
    let app = test.app();
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
    let mut test = TestApp::new().await;
    let app = test.make();
    app.shutdown().await;
    assert_eq!(app.start(None), Err(DigitalKeyError::ShutDown));
}

/// A token provider that calls the app when it is dropped.
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
async fn an_adapter_may_call_the_app_when_it_is_dropped() {
    let app = Arc::new(Mutex::new(Weak::new()));
    let (sender, errors) = mpsc::channel();
    let token = Arc::new(CallsTheApp(Arc::clone(&app), sender));
    let bff = BffAdapter::http("https://bff.example.com", token, None).unwrap();
    let mut test = TestApp::with(|ports| ports.bff = bff).await;
    let made = test.make();
    *app.lock().unwrap() = Arc::downgrade(&made);
    // On a thread of its own: a call that waits for itself would never return.
    std::thread::spawn(move || runtime().block_on(made.shutdown()));
    assert_eq!(errors.recv_timeout(PATIENCE), Ok(Some(DigitalKeyError::ShutDown)));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// A listener that calls this function with each view.
struct OnView<F>(F);

impl<F: Fn() -> Result<(), ListenerError> + Send + Sync> Listener for OnView<F> {
    fn on_view(&self, _: ViewState) -> Result<(), ListenerError> {
        (self.0)()
    }

    fn on_port_failure(&self, _: PortFailure) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_cache_failure(&self, _: CacheFailure) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_diagnostic(&self, _: Diagnostic) -> Result<(), ListenerError> {
        Ok(())
    }

    fn on_funnel(&self, _: FunnelEvent) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// Starts an app with this listener, which receives the first view and a later one.
async fn receives_two_views<F>(views: &mpsc::Receiver<()>, listener: OnView<F>)
where
    F: Fn() -> Result<(), ListenerError> + Send + Sync + 'static,
{
    let mut test = TestApp::new().await;
    let app = test.make();
    app.start(Some(Arc::new(listener))).unwrap();
    tokio::task::block_in_place(|| views.recv_timeout(PATIENCE)).unwrap();
    let vin = digital_key_bindings::parse_vin(crate::test_app::VIN.to_owned()).unwrap();
    app.dispatch(Intent::SelectVehicle { vin }).unwrap();
    tokio::task::block_in_place(|| views.recv_timeout(PATIENCE)).unwrap();
    test.open_welcome().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_panics_receives_the_next_view() {
    let (sender, views) = mpsc::channel();
    let panics = move || {
        sender.send(()).unwrap();
        panic!("the listener's own failure")
    };
    receives_two_views(&views, OnView(panics)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_throws_receives_the_next_view() {
    let (sender, views) = mpsc::channel();
    let throws = move || {
        sender.send(()).unwrap();
        Err(ListenerError::Failed)
    };
    receives_two_views(&views, OnView(throws)).await;
}

#[tokio::test]
async fn a_listener_that_hangs_does_not_delay_the_core() {
    let (end, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let mut test = TestApp::new().await;
    let app = test.make();
    let hangs = move || {
        // The listener returns when the test drops the sender.
        let _ = wait.lock().unwrap().recv();
        Ok(())
    };
    app.start(Some(Arc::new(OnView(hangs)))).unwrap();
    let vin = digital_key_bindings::parse_vin(crate::test_app::VIN.to_owned()).unwrap();
    app.dispatch(Intent::SelectVehicle { vin }).unwrap();
    test.open_welcome().await;
    app.shutdown().await;
    drop(end);
}
