//! `digital-key replay` on recordings of the real machine.

use std::time::Duration;

use digital_key::domain::{
    Effect, Event, Flow, Intent, Phone, Question, Reply, Request, Settings, Support, SupportAnswer,
    VehicleRecord,
};
use digital_key_recording::{Entry, Recorder, Recording};
use tempfile::TempDir;

use crate::common::{digital_key, text};
use crate::play::play;

/// A recording of a vehicle that was selected, with its support.
fn recording() -> Recording {
    let phone =
        Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
    let mut flow = Flow::new(Settings::new(phone));
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    let mut waiting =
        vec![Event::from(Intent::SelectVehicle("WBA00000000DEMO03".parse().unwrap()))];
    while !waiting.is_empty() {
        let (event, mut effects) = (waiting.remove(0), Vec::new());
        let _ = recorder.step(&mut flow, event, &mut effects, Duration::from_millis(40));
        waiting.extend(effects.into_iter().filter_map(|effect| {
            let Effect::Request(Request { id, vin, question }) = effect else { return None };
            let supported = SupportAnswer::Known(Support::Supported { upgrade_required: false });
            let reply = if question == Question::Record {
                Reply::Record(Ok(VehicleRecord::default()))
            } else {
                Reply::Support(Ok(supported))
            };
            Some(Event::Replied { id, vin, reply })
        }));
    }
    Recording::read(&recorder.export()).unwrap()
}

/// The length of the mark that each recording begins with.
const MARK: usize = 4;

/// What the command prints about this file, and its exit code.
fn replay(file: &[u8], options: &[&str]) -> (String, String, Option<i32>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("report.dkrec");
    std::fs::write(&path, file).unwrap();
    let output = digital_key(&[&["replay", path.to_str().unwrap()], options].concat());
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn a_recording_of_this_build_replays_as_recorded_and_by_the_rules() {
    let (shown, _, code) = replay(&recording().to_bytes(), &["--story"]);
    assert!(shown.contains("iPhone12,1 with iOS 14.2: 3 steps"), "{shown}");
    assert!(shown.contains("each step is as recorded"), "{shown}");
    assert!(shown.contains("Each step is as the rules want"), "{shown}");
    assert!(shown.contains("   1.  0:00.040  the user selects REC…0001"), "{shown}");
    assert!(shown.contains("the BFF says: supported"), "{shown}");
    assert!(shown.ends_with("The recording ends on VehicleTab.\n"), "{shown}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_step_that_is_not_as_recorded_is_named_with_both_pages() {
    let mut recording = recording();
    let Some(Entry::Step(step)) = recording.entries.last_mut() else { panic!("no step") };
    step.hash ^= 1;
    let (shown, _, code) = replay(&recording.to_bytes(), &["--shrink"]);
    assert!(shown.contains("Step 3 is not as recorded: the BFF says: supported"), "{shown}");
    assert!(shown.contains("recorded:   VehicleTab, accepted"), "{shown}");
    assert!(shown.contains("this build: VehicleTab, accepted"), "{shown}");
    assert!(shown.contains("The shortest list of events"), "{shown}");
    assert_eq!(code, Some(1));
}

#[test]
fn without_a_wrong_step_there_is_no_shorter_list() {
    let (shown, error, code) = replay(&recording().to_bytes(), &["--shrink"]);
    assert!(error.contains("no step is wrong"), "{error}");
    assert!(!shown.contains("shortest"), "{shown}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_recording_becomes_a_scenario_a_test_and_json() {
    let file = recording().to_bytes();
    let (feature, _, code) = replay(&file, &["--feature"]);
    assert!(feature.starts_with("Feature: "), "{feature}");
    assert!(feature.contains("When vehicle \"WBA00000000DEMO01\" is selected"), "{feature}");
    assert_eq!(code, Some(0));
    let (test, ..) = replay(&file, &["--rust"]);
    assert!(test.contains("#[test]") && test.contains("\"VehicleTab\","), "{test}");
    let (json, ..) = replay(&file, &["--json"]);
    assert_eq!(Recording::from_json(&json).unwrap().to_bytes(), file);
    // The JSON form is a recording, too.
    assert_eq!(replay(json.as_bytes(), &["--story"]), replay(&file, &["--story"]));
    let (_, error, code) = replay(&json.as_bytes()[..json.len() / 2], &[]);
    assert!(error.contains("line"), "{error}");
    assert_eq!(code, Some(2));
}

#[test]
fn what_is_no_recording_is_refused_by_name() {
    let good = recording().to_bytes();
    let mut other_version = good.clone();
    // The version stands behind the mark of the format.
    other_version[MARK] = 99;
    for (file, message) in [
        (&b"hello"[..], "this is no recording"),
        (&[], "this is no recording"),
        (&other_version, "version 99"),
        (&vec![0; Recording::MOST_BYTES + 1], "a recording has at most"),
    ] {
        let (shown, error, code) = replay(file, &[]);
        assert!(error.contains(message), "{error}");
        assert!(shown.is_empty(), "{shown}");
        assert_eq!(code, Some(2));
    }
    let output = digital_key(&["replay", "/no/such/file"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_recording_that_is_cut_off_is_replayed_up_to_there() {
    let file = recording().to_bytes();
    let (shown, _, code) = replay(&file[..file.len() - 4], &[]);
    assert!(shown.contains("The file is cut off at byte"), "{shown}");
    assert!(shown.contains("2 steps"), "{shown}");
    assert_eq!(code, Some(0));
}

/// A pairing that fails once, played by a person.
const PLAYED: &[u8] =
    b"select 1\n1\n1\n1\n1\n2\napple error userCanceled\n1\napple pass K1\n1\n1\nquit\n";

/// The scenario that the acceptance crate runs.
const SCENARIO: &str = include_str!("../../../acceptance/tests/played.feature");

/// A session of `play` is recorded, replays, and becomes this scenario, which the acceptance crate runs.
#[test]
fn what_a_person_played_is_a_scenario() {
    let folder = TempDir::new().unwrap();
    let recording = folder.path().join("played.dkrec");
    let played = play(&["--record", recording.to_str().unwrap()], PLAYED);
    assert!(text(&played.stdout).contains("[Overview]"), "{}", text(&played.stdout));
    let output = digital_key(&["replay", recording.to_str().unwrap(), "--feature"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // Answers of the backend and of the wallet come in any order between two taps.
    let acts = |scenario: &str| -> Vec<String> {
        let lines = scenario.lines().map(|line| line.trim().to_owned());
        lines
            .filter(|line| line.starts_with("When ") || line.starts_with("Then the page"))
            .collect()
    };
    assert_eq!(acts(&text(&output.stdout)), acts(SCENARIO));
}

/// The demo is killed once: each run of its app has a recording.
#[test]
fn the_story_of_the_demo_replays_as_recorded_and_by_the_rules() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let demo = digital_key(&["demo", "--record", &file("demo.dkrec")]);
    assert!(demo.status.success(), "{}", text(&demo.stderr));
    for (name, page) in [("demo.dkrec", "→ Tutorial1"), ("demo-2.dkrec", "→ MoveKeyWarning")] {
        let output = digital_key(&["replay", &file(name), "--story"]);
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{shown}");
        assert!(
            shown.contains("Each step is as the rules want") && shown.contains(page),
            "{shown}"
        );
    }
}
