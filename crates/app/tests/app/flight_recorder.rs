//! The flight recorder of a running app (GEN-12).

use std::path::Path;
use std::sync::Arc;

use digital_key_app::RecorderOptions;
use digital_key_domain::{DigitalKeyId, Event, PairingAnswer, Tap};
use digital_key_ports::{BffError, BffErrorKind, BffOperation, LifecycleEvent, MockBff};
use digital_key_recording::{Ending, Entry, FailureCause, PortCall, Recording};
use digital_key_testkit::fake::MemoryDisk;

use crate::support::{Behaviour, GoodBff, World, vin};

fn start(options: RecorderOptions) -> World {
    World::start_with(Arc::new(GoodBff), |builder| builder.record(options))
}

fn recording(world: &World) -> Recording {
    let file = world.app.recording().unwrap();
    assert!(!file.windows(17).any(|bytes| bytes == vin().as_str().as_bytes()));
    assert!(!file.windows(8).any(|bytes| bytes == b"12345678"));
    let recording = Recording::read(&file).unwrap();
    assert!(recording.replay().all(|step| step.is_as_recorded()));
    recording
}

fn read(path: &Path) -> Option<Recording> {
    Some(Recording::read(&std::fs::read(path).ok()?).unwrap())
}

fn taps(recording: &Recording) -> usize {
    let tap = |event: &Event| matches!(event, Event::Intent(digital_key_domain::Intent::Tap(_)));
    recording.steps().filter(|(_, step)| tap(&step.event)).count()
}

#[tokio::test]
async fn gen_12_without_the_option_nothing_is_recorded() {
    let world = World::start();
    world.open_welcome().await;
    assert_eq!(world.app.recording(), None);
    assert_eq!(world.app.last_recording(), None);
}

#[tokio::test]
async fn gen_12_a_pairing_is_recorded_and_replays_to_the_same_pages() {
    let world = start(RecorderOptions::new());
    world.open_sheet().await;
    let pass = DigitalKeyId::try_from("The-Id-Of-A-Key").ok();
    world.phone.answer.send(Behaviour::Answers(PairingAnswer { pass, error: None })).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    let file = world.app.recording().unwrap();
    assert!(!file.windows(8).any(|bytes| bytes == b"The-Id-O"));
    let recording = recording(&world);
    assert_eq!(recording.ending, Ending::Complete);
    assert_eq!(recording.replay().last().unwrap().view.page.name(), "Tutorial1");
    assert_eq!(taps(&recording), 5);
}

#[tokio::test]
async fn gen_12_failed_calls_are_recorded_by_kind_also_for_a_host_that_watches_none() {
    let mut bff = MockBff::new();
    let kind = BffErrorKind::Status { status: 404, wait: None };
    bff.expect_support().returning(move |_| Err(BffError::new(BffOperation::Support, kind)));
    let world = World::start_with(Arc::new(bff), |builder| builder.record(RecorderOptions::new()));
    world.tap(digital_key_domain::Intent::SelectVehicle(vin())).await;
    let entries = recording(&world).entries;
    let failures: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::PortFailure { failure, .. } => Some((failure.call, failure.cause)),
            Entry::Step(_) => None,
        })
        .collect();
    assert_eq!(failures, [(PortCall::BffSupport, FailureCause::Status { status: 404 })]);
}

#[tokio::test]
async fn gen_12_after_a_kill_the_recording_of_the_last_run_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let options = || RecorderOptions::new().with_file(folder.path().join("recording"));
    let world = start(options());
    assert_eq!(world.app.last_recording(), None);
    world.open_welcome().await;
    world.phone.event.send(LifecycleEvent::WentToBackground).unwrap();
    let path = folder.path().join("recording");
    while read(&path).is_none_or(|it| !it.steps().any(|(_, s)| s.event == Event::WentToBackground))
    {
        tokio::task::yield_now().await;
    }
    let disk = world.disk.image();
    drop(world);
    let next = World::start_on(disk, Arc::new(GoodBff), |builder| builder.record(options()));
    let last = Recording::read(&next.app.last_recording().unwrap()).unwrap();
    assert_eq!(last.steps().last().unwrap().1.event, Event::WentToBackground);
    assert!(last.replay().all(|step| step.is_as_recorded()));
    assert_eq!(recording(&next).entries.len(), 0, "this run has a recording of its own");
}

#[tokio::test]
async fn gen_12_the_file_is_written_on_an_error_page_and_at_the_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    let world = start(RecorderOptions::new().with_file(&path));
    world.open_sheet().await;
    let answer = PairingAnswer::default();
    world.phone.answer.send(Behaviour::Answers(answer)).ok().unwrap();
    world.until(|view| view.page.name() == "PairingError").await;
    while read(&path).is_none() {
        tokio::task::yield_now().await;
    }
    world.app.shutdown().await;
    assert_eq!(read(&path).unwrap().entries, recording(&world).entries);
}

#[tokio::test]
async fn gen_5_a_sign_out_erases_the_recording_and_its_files_at_its_call() {
    let folder = tempfile::tempdir().unwrap();
    let options = || RecorderOptions::new().with_file(folder.path().join("recording"));
    let first = start(options());
    first.open_welcome().await;
    first.app.shutdown().await;
    let world = World::start_on(MemoryDisk::new(), Arc::new(GoodBff), |b| b.record(options()));
    world.open_welcome().await;
    assert!(world.app.last_recording().is_some());
    let signed_out = world.app.sign_out();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!((recording(&world).entries.len(), world.app.last_recording()), (0, None));
    // Sent after the call of the sign-out, and not of its account.
    world.app.dispatch(Tap::Entry).unwrap();
    signed_out.await.unwrap();
    world.app.idle().await.unwrap();
    assert_eq!(recording(&world).entries.len(), 1);
}
