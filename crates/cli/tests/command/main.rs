//! The command as a user runs it.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod check;
mod doctor;
mod play;
mod replay;
#[cfg(all(unix, feature = "full-screen"))]
mod terminal;
mod backend;

use serde_json::{Value, json};
use tempfile::TempDir;

use common::{activated, digital_key, maker_files, text};

#[test]
fn the_demo_shows_the_expected_pages() {
    let output = digital_key(&["demo"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    for page in ["Welcome", "PairingError", "Tutorial1", "KeyDeleted", "MoveKeyWarning"] {
        assert!(shown.contains(&format!("[{page}]")), "{page}");
    }
}

#[test]
fn the_demo_speaks_german_and_is_as_fast_as_it_can() {
    let output = digital_key(&["demo", "--fast", "--language", "de"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("Willkommen bei Digital Key"), "{shown}");
    assert!(shown.contains("Apple antwortet: KEY-1 wurde erstellt"), "{shown}");
    let output = digital_key(&["demo", "--language", "fr"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there are en and de"), "{}", text(&output.stderr));
}

#[test]
fn the_demo_as_json_prints_one_object_per_step() {
    let directory = TempDir::new().unwrap();
    let cache = directory.path().join("cache");
    let output = digital_key(&["demo", "--json", "--data-dir", cache.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let steps: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for step in &steps {
        assert_eq!(step.as_object().unwrap().len(), 4);
        assert!(step["step"].is_string() && step["page"].is_string());
        assert!(step["view"].is_object() && step["calls"].is_array());
    }
    let pages: Vec<_> = steps.iter().map(|step| step["page"].as_str().unwrap()).collect();
    for page in ["GrabYourTwoKeys", "ReadyToPair", "Tutorial2", "Overview"] {
        assert!(pages.contains(&page), "{page}");
    }
    assert!(cache.is_dir());
}

#[test]
fn the_demo_takes_real_vehicles() {
    let folder = TempDir::new().unwrap();
    let none = json!({ "bookedServicePackage": "NONE", "state": "NOT_AVAILABLE" });
    maker_files(folder.path(), "WBATEST0000000001", none, true);
    maker_files(folder.path(), "WBATEST0000000002", activated(), true);
    let output =
        digital_key(&["demo", "--language", "en", "--vehicles", folder.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("WBATEST0000000002 has the entry"));
}

#[test]
fn the_demo_fails_when_no_vehicle_can_be_paired() {
    let folder = TempDir::new().unwrap();
    maker_files(folder.path(), "WBATEST0000000001", activated(), false);
    let output = digital_key(&["demo", "--vehicles", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let empty = TempDir::new().unwrap();
    let output = digital_key(&["demo", "--vehicles", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("has no vehicle"));
}

#[test]
fn bad_usage_is_exit_code_2() {
    for args in [
        &["check"][..],
        &["check", "--sample", "--vehicle-state", "x"],
        &["check", "--vehicle-state", "x", "--ios", "fourteen"],
        &["check", "--vehicle-state", "x", "--equipment", "6AE"],
        &["check", "--vehicle-state", "x", "--phone", ""],
        &["play", "--bff", "http://127.0.0.1:1"],
        &["play", "--bff", "http://example.com", "--token", "t"],
        &["backend", "--token", ""],
        &["backend", "--token", "two words"],
        &["demo", "--log", "=nonsense="],
        &["doctor", "--bff", "http://example.com"],
        &["doctor", "--token", ""],
        &["doctor", "--vin", "short"],
        &["nonsense"],
    ] {
        assert_eq!(digital_key(args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn every_command_has_help_with_examples() {
    for command in ["demo", "play", "check", "doctor", "backend", "replay"] {
        let output = digital_key(&[command, "--help"]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("Examples:"), "{command}");
    }
}
