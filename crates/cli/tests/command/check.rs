//! `digital-key check`.

use std::fs;
use std::sync::Arc;

use digital_key::Vin;
use digital_key::backend::{Backend, BackendConfig, DigitalKeyObject, Vehicle};
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::ports::{Bff as _, Support, SupportAnswer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Served, activated, digital_key, maker_files, text};

/// Checks a vehicle of a made-up state file.
fn check(digital_key_object: Value, args: &[&str]) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let files = maker_files(folder.path(), "WBATEST0000000001", digital_key_object, false);
    let state = files.join("vehicles_state.json");
    let list = files.join("vehicle-list.json");
    let mut all = vec!["check", "--json", "--vehicle-state", state.to_str().unwrap()];
    for arg in args {
        all.push(if *arg == "LIST" { list.to_str().unwrap() } else { arg });
    }
    let output = digital_key(&all);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[test]
fn check_says_yes_and_omits_questions_without_options() {
    let (code, found) = check(activated(), &[]);
    assert_eq!(code, Some(0));
    let not_checked = json!(["equipment", "phone", "ios", "primary_user"]);
    assert_eq!(
        found,
        json!({
            "entry": "shown",
            "package": "SMACC_1_5",
            "not_checked": not_checked,
            "reasons": [],
        })
    );
    let (code, found) = check(
        activated(),
        &[
            "--phone",
            "iPhone12,8",
            "--ios",
            "14.2",
            "--equipment",
            "6AE,322,6U3",
            "--series",
            "G20",
        ],
    );
    assert_eq!(code, Some(0));
    assert_eq!(found["equipment"], json!({ "ok": true, "missing": [] }));
    assert_eq!(found["not_checked"], json!(["primary_user"]));
    assert_eq!((&found["phone"], &found["ios"]), (&json!("supported"), &json!("supported")));
}

/// The reasons come in the order REQ-5, REQ-1, REQ-2, REQ-3, and then the user.
#[test]
fn check_gives_every_reason_in_order() {
    let none = json!({ "bookedServicePackage": "NONE", "state": "NOT_AVAILABLE" });
    let (code, found) = check(
        none,
        &[
            "--phone",
            "iPhone10,6",
            "--ios",
            "13.5",
            "--equipment",
            "6U1",
            "--series",
            "F40",
            "--vehicle-list",
            "LIST",
        ],
    );
    assert_eq!(code, Some(1));
    assert_eq!(
        found["reasons"],
        json!([
            "VehicleNotSupported",
            "EquipmentMissing",
            "EquipmentMissing",
            "PhoneNotSupported",
            "PhoneSoftwareUpdateRequired",
            "NotPrimarySubscriber"
        ])
    );
    assert_eq!(found["equipment"], json!({ "ok": false, "missing": ["6AE", "322"] }));
    assert_eq!((&found["phone"], &found["ios"]), (&json!("unsupported"), &json!("too_old")));
    assert_eq!((&found["entry"], &found["primary_user"]), (&json!("hidden"), &json!(false)));
}

#[test]
fn check_of_an_unknown_value_is_not_a_yes() {
    let (code, found) =
        check(json!({ "bookedServicePackage": "SMACC_9", "state": "ACTIVATED" }), &[]);
    assert_eq!((code, &found["entry"]), (Some(1), &json!("unknown")));
    let (code, found) = check(Value::Null, &[]);
    assert_eq!((code, &found["package"]), (Some(1), &Value::Null));
}

#[test]
fn wel_8_check_finds_no_reason_in_an_unknown_phone() {
    let (code, found) = check(activated(), &["--phone", "arm64"]);
    assert_eq!((code, &found["phone"]), (Some(0), &json!("unknown")));
    assert_eq!(found["reasons"], json!([]));
}

/// What the command prints to a person, with the sample of a pairable vehicle.
fn check_sample(args: &[&str]) -> (Option<i32>, String) {
    let output = digital_key(&[&["check", "--sample"], args].concat());
    (output.status.code(), text(&output.stdout))
}

#[test]
fn check_says_that_an_ipad_is_no_iphone() {
    for (phone, expected) in [
        ("iPad16,3", "the device is no iPhone"),
        ("iPod9,1", "the device is no iPhone"),
        ("iPhone10,6", "older than an iPhone XR"),
    ] {
        let (code, said) = check_sample(&["pairable", "--phone", phone]);
        assert_eq!(code, Some(1));
        assert!(said.contains(expected) && said.contains("(PhoneNotSupported)"), "{said}");
    }
}

#[test]
fn check_lists_what_it_did_not_check() {
    let (code, said) = check_sample(&[]);
    assert_eq!(code, Some(0));
    assert!(said.contains("yes, as far as checked"), "{said}");
    for option in ["--equipment", "--phone", "--ios"] {
        assert!(said.contains(&format!("add {option}")), "{said}");
    }
    assert!(!said.contains("--vehicle-list"), "the sample has a list: {said}");
    let (_, said) = check_sample(&[
        "pairable",
        "--phone",
        "iPhone12,8",
        "--ios",
        "14.2",
        "--equipment",
        "322,6U3",
        "--series",
        "G20",
    ]);
    assert!(said.contains("yes: a digital key is possible") && !said.contains("add "), "{said}");
    assert!(said.contains("whether Apple allows a key"), "{said}");
}

#[test]
fn check_explains_the_check_digit_of_a_real_vin_but_not_of_a_sample() {
    assert!(!check_sample(&[]).1.contains("VIN:"));
    let folder = TempDir::new().unwrap();
    let files = maker_files(folder.path(), "WBATEST0000000001", activated(), true);
    let (state, list) = (files.join("vehicles_state.json"), files.join("vehicle-list.json"));
    let (state, list) = (state.to_str().unwrap(), list.to_str().unwrap());
    let output = digital_key(&["check", "--vehicle-state", state, "--vehicle-list", list]);
    let said = text(&output.stdout);
    assert!(
        said.contains("note: VIN: the check digit (position 9) is 0, but the formula"),
        "{said}"
    );
}

#[test]
fn check_has_samples() {
    for (sample, code, reason) in [
        ("pairable", 0, ""),
        ("not-available", 1, "its package is NONE (VehicleNotSupported)"),
        ("without-object", 1, "no digitalKey (VehicleNotSupported)"),
        ("secondary-user", 1, "(NotPrimarySubscriber)"),
        ("unknown-package", 1, "bookedServicePackage \"SMACC_9\" (VehicleSupportUnknown)"),
    ] {
        let (status, said) = check_sample(&[sample]);
        assert_eq!(status, Some(code), "{said}");
        assert!(said.contains(reason) && said.contains(sample), "{said}");
    }
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    let listed = digital_key(&["check", "--sample", "nonsense"]);
    for folder in fs::read_dir(samples).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(text(&listed.stderr).contains(&name), "{name}");
    }
    let served = Served::start(&["--vehicles", samples]);
    let vin = served.lines.iter().filter(|line| line.starts_with("  WBADKEY"));
    assert_eq!(vin.count(), 5, "{:?}", served.lines);
}

/// The core reads the same objects from the BFF, and `check` from a file.
#[tokio::test]
async fn req_5_check_decides_as_the_core_does() {
    let backend = Backend::start(BackendConfig::default()).await.unwrap();
    let token = StaticToken::new(BearerToken::new("any").unwrap());
    let bff = HttpBff::builder(&backend.bff_url());
    let bff = bff.token_provider(Arc::new(token)).build().unwrap();
    let vin: Vin = "WBATEST0000000001".parse().unwrap();
    for object in [
        json!({}),
        json!({ "state": "NOT_AVAILABLE" }),
        json!({ "state": "ACTIVATED" }),
        json!({ "bookedServicePackage": "NONE", "state": 7 }),
        json!({ "bookedServicePackage": "SMACC_1_5" }),
        json!({ "bookedServicePackage": null, "state": "NOT_AVAILABLE" }),
        json!({ "bookedServicePackage": ["SMACC_1_5"], "state": "ACTIVATED" }),
        json!({
            "bookedServicePackage": "SMACC_2_UWB",
            "state": "ACTIVATED",
            "vehicleSoftwareUpgradeRequired": "false",
        }),
        json!({ "bookedServicePackage": "SMACC_9", "state": "ACTIVATED" }),
        json!(null),
    ] {
        let digital_key = DigitalKeyObject::parse(&object.to_string()).unwrap();
        let vehicle = Vehicle { digital_key: Some(digital_key), ..Vehicle::default() };
        backend.control().put_vehicle(vin, vehicle).unwrap();
        let expected = match bff.support(vin).await.unwrap() {
            SupportAnswer::Known(Support::Supported { .. }) => (Some(0), "shown"),
            SupportAnswer::Known(Support::NotSupported) => (Some(1), "hidden"),
            SupportAnswer::Unknown => (Some(1), "unknown"),
        };
        let (code, found) = check(object.clone(), &[]);
        assert_eq!((code, found["entry"].as_str().unwrap()), expected, "{object}");
    }
}

#[test]
fn check_reads_over_a_byte_order_mark() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    let state = json!({ "capabilities": { "digitalKey": activated() } }).to_string();
    fs::write(&file, format!("\u{feff}{state}")).unwrap();
    let output = digital_key(&["check", "--vehicle-state", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn check_explains_a_list_of_another_version() {
    let folder = TempDir::new().unwrap();
    let files = maker_files(folder.path(), "WBATEST0000000001", activated(), true);
    let list = files.join("vehicle-list.json");
    let old = json!([{ "vin": "WBATEST0000000001", "mappingInfo": { "isPrimaryUser": true } }]);
    fs::write(&list, old.to_string()).unwrap();
    let state = files.join("vehicles_state.json");
    let (state, list) = (state.to_str().unwrap(), list.to_str().unwrap());
    let output = digital_key(&["check", "--vehicle-state", state, "--vehicle-list", list]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("version 4 or older") && said.contains("version 5"), "{said}");
}

#[test]
fn check_names_the_file_and_the_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    for (content, place) in [
        ("{\"capabilities\":{\"digitalKey\":3}}", "capabilities.digitalKey"),
        ("{\"capabilities\":", "line 1"),
        ("[]", "line 1"),
        ("{}", "capabilities"),
        ("", "line 1"),
    ] {
        fs::write(&file, content).unwrap();
        let output = digital_key(&["check", "--vehicle-state", file.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{content}");
        assert!(said.contains("state.json") && said.contains(place), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let output = digital_key(&["check", "--vehicle-state", "no/such/file.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no/such/file.json"));
}
