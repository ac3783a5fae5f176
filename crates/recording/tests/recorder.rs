//! What is recorded, what is not, and what it costs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]

#[path = "../../domain/tests/happy_path/mod.rs"]
mod happy_path;

use std::time::Duration;

use digital_key_domain::{
    DigitalKeyId, Effect, Event, Flow, Intent, PageName, PairingAnswer, Phone, Remembered,
    Settings, Tap, Vin,
};
use digital_key_recording::{Entry, FailureCause, PortCall, PortFailure, Recorder, Recording};

/// Records the happy path, with a second between its steps.
fn happy_path() -> (Recorder, usize) {
    let (mut flow, events) = happy_path::record();
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    let count = events.len();
    // The effects of earlier steps may still be in the buffer of the caller.
    let mut effects = Vec::new();
    for (second, event) in (1..).zip(events) {
        let _ = recorder.step(&mut flow, event, &mut effects, Duration::from_secs(second));
    }
    (recorder, count)
}

fn is_in(file: &[u8], text: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.windows(text.len()).any(|bytes| bytes == text.to_ascii_lowercase().as_bytes())
}

fn vin(last: char) -> Vin {
    format!("WBA000000000DEM0{last}").parse().unwrap()
}

#[test]
fn gen_12_each_step_is_recorded_with_its_time_and_page() {
    let (recorder, count) = happy_path();
    let recording = Recording::read(&recorder.export()).unwrap();
    let steps: Vec<_> = recording.steps().collect();
    assert_eq!(steps.len(), count);
    assert!((1..).zip(&steps).all(|(second, (millis, _))| *millis == second * 1000));
    assert_eq!(steps.last().unwrap().1.page, PageName::Overview);
    assert!(recording.replay().all(|step| step.is_as_recorded()));
    assert!(recording.header.is_of_this_core());
}

#[test]
fn gen_12_a_file_has_no_vin_and_no_key_id() {
    let (vin, key) = (vin('3'), "The-Id-Of-A-Key");
    let mut flow = Flow::new(Settings::new(Phone::Android));
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    let answer = PairingAnswer { pass: DigitalKeyId::try_from(key).ok(), error: None };
    for event in [
        Intent::SelectVehicle(vin).into(),
        Event::LateAnswer { vin, answer },
        Event::VehicleForgotten(vin),
    ] {
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), Duration::ZERO);
    }
    let file = recorder.export();
    assert!(!is_in(&file, vin.as_str()) && !is_in(&file, key) && !is_in(&file, "DEM03"));
    let recording = Recording::read(&file).unwrap();
    let Event::LateAnswer { vin, answer } = &recording.steps().nth(1).unwrap().1.event else {
        panic!("the second step is the late answer");
    };
    assert_eq!(vin.as_str(), "RECORDED000000001");
    assert_eq!(answer.pass.as_ref().map(DigitalKeyId::as_str), Some("recorded-key-1"));
}

#[test]
fn gen_12_each_export_numbers_anew() {
    let mut flow = Flow::new(Settings::new(Phone::Android));
    let mut recorder = Recorder::new(&flow, Recorder::FEWEST_BYTES);
    let mut select = |last| {
        let event = Intent::SelectVehicle(vin(last)).into();
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), Duration::ZERO);
        Recording::read(&recorder.export()).unwrap()
    };
    assert_eq!(select('1').start.checkpoint.selected, None);
    let recording = (0..400).map(|n| select(if n % 2 == 0 { '2' } else { '3' })).last().unwrap();
    let first = recording.start.checkpoint.selected.unwrap();
    assert_eq!(first.as_str(), "RECORDED000000001", "though the first vehicle was another one");
}

#[test]
fn gen_5_a_sign_out_erases_what_was_recorded() {
    let (mut flow, events) = happy_path::record();
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    let empty = recorder.export();
    for event in events.into_iter().chain([Event::SignedOut]) {
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), Duration::ZERO);
    }
    let recording = Recording::read(&recorder.export()).unwrap();
    assert_eq!(recording.entries, []);
    // A replay needs to know that late answers about this vehicle are dropped.
    let is_dropped =
        |it: &Remembered| matches!(it, Remembered::ShownSheet { is_dropped: true, .. });
    assert!(recording.start.remembered.iter().all(is_dropped), "{:?}", recording.start);
    assert!(recorder.export().len() < empty.len() + 16);
    let _ = recorder.step(&mut flow, Tap::Entry.into(), &mut Vec::new(), Duration::ZERO);
    let recording = Recording::read(&recorder.export()).unwrap();
    assert_eq!(recording.entries.len(), 1);
    assert!(recording.replay().all(|step| step.is_as_recorded()));
}

#[test]
fn gen_12_a_failed_call_of_a_port_is_recorded_by_kind() {
    let flow = Flow::new(Settings::new(Phone::Android));
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    let cause = FailureCause::Status { status: 503 };
    let failure = PortFailure { call: PortCall::BffPairingStatus, cause };
    recorder.port_failed(failure, Duration::from_millis(1_250));
    let recording = Recording::read(&recorder.export()).unwrap();
    let after = Duration::from_millis(1_250);
    assert_eq!(recording.entries, [Entry::PortFailure { after, failure }]);
    assert_eq!(failure.to_string(), "bff.pairing_status failed: status 503");
}

#[test]
fn gen_12_a_long_machine_identifier_is_not_recorded() {
    let text = "iPhone12,1 of Jane Doe, WBA00000000DEMO03";
    let phone = Phone::Ios { machine: text.parse().unwrap(), version: "14.2".parse().unwrap() };
    let recorder = Recorder::new(&Flow::new(Settings::new(phone)), 4096);
    assert!(!is_in(&recorder.export(), "Jane"));
}

#[test]
fn gen_12_the_buffer_keeps_its_size() {
    let mut flow = Flow::new(Settings::new(Phone::Android));
    let mut recorder = Recorder::new(&flow, 3_000);
    for second in 0..5_000 {
        let event = Intent::SelectVehicle(vin(if second % 2 == 0 { '1' } else { '2' })).into();
        let now = Duration::from_secs(second);
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), now);
        assert!(second % 100 > 0 || recorder.export().len() < 3_100);
    }
    let recording = Recording::read(&recorder.export()).unwrap();
    assert!(recording.entries.len() > 50);
    assert!(recording.replay().all(|step| step.is_as_recorded()));
}

#[test]
fn gen_12_more_vehicles_than_the_tables_hold_begin_a_recording_anew() {
    let mut flow = Flow::new(Settings::new(Phone::Android));
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    for number in 0..1_000 {
        let event = Intent::SelectVehicle(format!("WBADKEY{number:010}").parse().unwrap()).into();
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), Duration::ZERO);
        if number % 50 == 0 {
            let recording = Recording::read(&recorder.export()).unwrap();
            assert!(recording.replay().all(|step| step.is_as_recorded()), "{number}");
        }
    }
    let recording = Recording::read(&recorder.export()).unwrap();
    assert!((1..500).contains(&recording.entries.len()));
}

#[test]
fn gen_12_a_recorded_step_allocates_nothing() {
    let (mut flow, events) = happy_path::record();
    let mut recorder = Recorder::new(&flow, Recorder::FEWEST_BYTES);
    let mut effects: Vec<Effect> = Vec::with_capacity(16);
    for event in events {
        let name = format!("{event:?}");
        let allocations = allocation_counter::measure(|| {
            let _ = recorder.step(&mut flow, event, &mut effects, Duration::ZERO);
        });
        effects.clear();
        assert_eq!(allocations.count_total, 0, "{name}");
    }
}
