//! While the app is suspended, and after a resume that failed.

use std::sync::Arc;

use digital_key_app::AppError;
use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, Event, KeyState, PairingAnswer, Tap, VehicleRecord,
};
use digital_key_ports::{CacheErrorKind, LifecycleEvent};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::{Behaviour, GoodBff, PATIENCE, World};

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

/// What a host and its phone do around the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Background,
    Suspend,
    Foreground,
    Resume,
}

/// An app whose lifecycle events can be waited for.
struct Watched {
    world: World,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Watched {
    fn start() -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let world = World::start_with(Arc::new(GoodBff), |builder| {
            builder.on_step(move |step| {
                if matches!(step.event, Event::WentToBackground | Event::CameToForeground) {
                    let _ = sender.send(step.event.clone());
                }
            })
        });
        Self { world, events }
    }

    /// Waits until the core has handled an act.
    async fn act(&mut self, act: Act) {
        let event = match act {
            Act::Suspend => return self.world.app.suspend().await.unwrap(),
            Act::Resume => return self.world.app.resume().await.unwrap(),
            Act::Background => LifecycleEvent::WentToBackground,
            Act::Foreground => LifecycleEvent::CameToForeground,
        };
        self.world.phone.event.send(event).unwrap();
        timeout(PATIENCE, self.events.recv()).await.unwrap().unwrap();
    }

    async fn is_open(&self) -> bool {
        self.world.app.idle().await.unwrap();
        self.world.disk.open_cache().is_err()
    }

    /// Waits until the cache is closed: its closing does not count as work.
    async fn until_closed(&self) {
        let closed = async {
            while self.is_open().await {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, closed).await.expect("the cache stays open");
    }
}

#[tokio::test]
async fn gen_10_calls_take_effect_in_the_order_in_which_they_were_made() {
    let watched = Watched::start();
    let (suspended, resumed) = (watched.world.app.suspend(), watched.world.app.resume());
    resumed.await.unwrap();
    suspended.await.unwrap();
    assert!(watched.is_open().await, "the resume was called last");
    let (resumed, suspended) = (watched.world.app.resume(), watched.world.app.suspend());
    suspended.await.unwrap();
    resumed.await.unwrap();
    assert!(!watched.is_open().await, "the suspend was called last");
    // Nobody awaits this one.
    drop(watched.world.app.resume());
    assert!(watched.is_open().await, "a call that nobody awaits was not made");
}

#[tokio::test]
async fn gen_10_in_the_foreground_the_cache_is_open_in_whatever_order_calls_and_events_come() {
    use Act::{Background, Foreground, Resume, Suspend};
    for acts in [
        [Background, Suspend, Foreground, Resume],
        [Background, Suspend, Resume, Foreground],
        [Background, Foreground, Suspend, Resume],
        [Suspend, Background, Foreground, Resume],
        [Suspend, Background, Resume, Foreground],
        [Suspend, Resume, Background, Foreground],
        // A task may begin late, so that even the host's calls overtake each other.
        [Background, Resume, Suspend, Foreground],
        [Background, Resume, Foreground, Suspend],
        [Background, Foreground, Resume, Suspend],
        [Resume, Background, Foreground, Suspend],
    ] {
        let mut watched = Watched::start();
        watched.act(Foreground).await;
        for act in acts {
            watched.act(act).await;
        }
        assert!(watched.is_open().await, "{acts:?}");
    }
}

#[tokio::test]
async fn gen_10_a_host_that_forgets_to_resume_finds_the_cache_open_in_the_foreground() {
    let mut watched = Watched::start();
    watched.act(Act::Background).await;
    watched.act(Act::Suspend).await;
    assert!(!watched.is_open().await);
    watched.act(Act::Foreground).await;
    assert!(watched.is_open().await);
    // The foreground has revoked the suspension.
    watched.act(Act::Background).await;
    assert!(watched.is_open().await);
}

/// The phone may report the background after the host has suspended the app.
#[tokio::test]
async fn gen_10_a_suspend_before_the_background_is_reported_closes_the_cache_then() {
    let mut watched = Watched::start();
    watched.act(Act::Foreground).await;
    watched.act(Act::Suspend).await;
    assert!(watched.is_open().await, "the app is in the foreground");
    watched.act(Act::Background).await;
    watched.until_closed().await;
}

#[tokio::test]
async fn gen_10_the_foreground_opens_a_cache_that_a_resume_could_not_open() {
    let mut watched = Watched::start();
    watched.act(Act::Background).await;
    watched.act(Act::Suspend).await;
    let holds_it = watched.world.disk.open_cache().unwrap();
    watched.world.app.resume().await.unwrap_err();
    drop(holds_it);
    watched.act(Act::Foreground).await;
    assert!(watched.is_open().await);
}
