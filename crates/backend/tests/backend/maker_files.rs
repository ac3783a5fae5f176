//! Vehicles from the maker's files, good and bad.

use std::fs;
use std::path::Path;

use digital_key_backend::Vehicle;
use digital_key_backend::maker_files::{
    LIST_FILE, MAX_FILE, MakerFileError, STATE_FILE, load, parse_list_file, parse_state_file,
};
use digital_key_domain::Vin;
use tempfile::TempDir;

use crate::common::{TestBackend, vin};

/// The shape of the maker's own answer, with a vehicle of our own.
const STATE: &str = r#"{
    "capabilities": {
        "a4aType": "USB_ONLY",
        "climateNow": true,
        "digitalKey": {
            "bookedServicePackage": "SMACC_1_5",
            "isDigitalKeyFirstSupported": false,
            "readerGraphics": "000100000000",
            "state": "ACTIVATED",
            "vehicleSoftwareUpgradeRequired": true
        },
        "lock": true
    },
    "state": {"currentMileage": 1121, "doorsState": {"combinedState": "CLOSED"}}
}"#;
const WITHOUT_KEY: &str = r#"{"capabilities": {"lock": true}, "state": {}}"#;

fn list(vins: &[&str]) -> String {
    let mapping =
        |vin: &&str| format!(r#"{{"isAssociated": false, "isPrimaryUser": true, "vin": "{vin}"}}"#);
    let mappings: Vec<_> = vins.iter().map(mapping).collect();
    format!(r#"{{"gcid": "x", "mappingInfos": [{}]}}"#, mappings.join(","))
}

fn put(folder: &Path, state: &str, list: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(STATE_FILE), state).unwrap();
    fs::write(folder.join(LIST_FILE), list).unwrap();
}

fn vins(path: &Path) -> Vec<String> {
    let vehicles = load(path).unwrap();
    vehicles.iter().map(|it| it.vin.as_str().to_owned()).collect()
}

#[test]
fn a_state_file_has_the_digital_key_object() {
    let path = Path::new(STATE_FILE);
    let key = parse_state_file(path, STATE.as_bytes()).unwrap().unwrap();
    assert_eq!(key.state.as_deref(), Some("ACTIVATED"));
    assert_eq!(key.booked_service_package.as_deref(), Some("SMACC_1_5"));
    assert_eq!(key.upgrade_required, Some(true));
    assert!(key.raw.as_str().contains(r#""readerGraphics": "000100000000""#));

    let absent = parse_state_file(path, WITHOUT_KEY.as_bytes()).unwrap();
    assert!(absent.is_none());
}

#[test]
fn req_5_each_member_of_a_state_file_is_read_by_itself() {
    let members = |object: &str| {
        let content = format!(r#"{{"capabilities":{{"digitalKey":{object}}}}}"#);
        let key = parse_state_file(Path::new(STATE_FILE), content.as_bytes()).unwrap().unwrap();
        (key.state, key.booked_service_package, key.upgrade_required)
    };
    let text = |text: &str| Some(text.to_owned());
    for (object, expected) in [
        ("{}", (None, None, None)),
        (r#"{"state":"NOT_AVAILABLE"}"#, (text("NOT_AVAILABLE"), None, None)),
        (r#"{"bookedServicePackage":"NONE","state":7}"#, (None, text("NONE"), None)),
        (
            r#"{"state":null,"bookedServicePackage":["A"],"vehicleSoftwareUpgradeRequired":"no"}"#,
            (None, None, None),
        ),
        (r#"{"vehicleSoftwareUpgradeRequired":true}"#, (None, None, Some(true))),
    ] {
        assert_eq!(members(object), expected, "{object}");
    }
}

#[test]
fn a_byte_order_mark_is_read_over() {
    let list = list(&["WBA00000000DEMO03"]);
    fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    }
    for encode in [
        |text: &str| format!("\u{feff}{text}").into_bytes(),
        |text: &str| utf_16(text, u16::to_le_bytes),
        |text: &str| utf_16(text, u16::to_be_bytes),
    ] {
        let key = parse_state_file(Path::new(STATE_FILE), &encode(STATE)).unwrap().unwrap();
        assert_eq!(key.state.as_deref(), Some("ACTIVATED"));
        let listed = parse_list_file(Path::new(LIST_FILE), &encode(&list)).unwrap();
        assert_eq!(listed, [(vin(), true)]);
    }
}

#[test]
fn another_file_of_the_maker_is_named() {
    let version_4 = r#"[{"vin": "WBA00000000DEMO03", "mappingInfo": {"isPrimaryUser": true}}]"#;
    let profile = r#"{"bodyType": "G20", "headUnitType": "MGU", "vin": "WBA00000000DEMO03"}"#;
    let version_5 = list(&["WBA00000000DEMO03"]);
    let path = Path::new("the-file.json");
    for (content, found) in [(version_4, "version 4"), (STATE, "state of a"), (profile, "profile")]
    {
        let error = parse_list_file(path, content.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(found) && error.contains("`mappingInfos`"), "{error}");
        assert!(error.starts_with("the-file.json is") && !error.contains("WBA"), "{error}");
    }
    for (content, found) in [(&*version_5, "a list"), (version_4, "a list"), (profile, "profile")] {
        let error = parse_state_file(path, content.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(found) && error.contains("`capabilities`"), "{error}");
    }
}

#[test]
fn a_list_file_has_each_vin_and_whether_the_user_is_primary() {
    let text = r#"{"mappingInfos": [
        {"vin": "WBA00000000DEMO03", "isPrimaryUser": true},
        {"vin": "wba00000000demo04", "isPrimaryUser": false}
    ]}"#;
    let listed = parse_list_file(Path::new(LIST_FILE), text.as_bytes()).unwrap();
    let second: Vin = "WBA00000000DEMO04".parse().unwrap();
    assert_eq!(listed, [(vin(), true), (second, false)]);
}

#[test]
fn a_path_is_a_vehicle_a_folder_of_vehicles_or_a_state_file() {
    let root = TempDir::new().unwrap();
    let (one, two) = (root.path().join("one"), root.path().join("two"));
    put(&one, STATE, &list(&["WBA00000000DEMO01"]));
    put(&two, WITHOUT_KEY, &list(&["WBA00000000DEMO02", "WBA00000000DEMO03"]));
    fs::create_dir(root.path().join("no vehicle")).unwrap();
    fs::write(root.path().join("LICENSE"), "text").unwrap();

    assert_eq!(vins(&one), ["WBA00000000DEMO01"]);
    assert_eq!(vins(&one.join(STATE_FILE)), ["WBA00000000DEMO01"]);
    assert_eq!(vins(root.path()), ["WBA00000000DEMO01", "WBA00000000DEMO02", "WBA00000000DEMO03"]);
    // A state file may have any name; its list has not.
    fs::rename(one.join(STATE_FILE), one.join("other.json")).unwrap();
    assert_eq!(vins(&one.join("other.json")), ["WBA00000000DEMO01"]);
}

#[tokio::test]
async fn the_services_answer_what_the_files_say() {
    let root = TempDir::new().unwrap();
    let not_primary = list(&["WBA00000000DEMO01"]).replace("true", "false");
    put(root.path(), STATE, &not_primary);
    let backend = TestBackend::start().await;
    for vehicle in load(root.path()).unwrap() {
        backend.control.put_vehicle(vehicle.vin, Vehicle::from(vehicle)).unwrap();
    }
    let path = "/vehicles/WBA00000000DEMO01/digital-key";
    let support = backend.get(&format!("{path}/support")).await.json();
    assert_eq!(support["digitalKey"]["vehicleSoftwareUpgradeRequired"], true);
    assert_eq!(support["digitalKey"]["readerGraphics"], "000100000000");
    let status = backend.get(&format!("{path}/pairing-status")).await.json();
    assert_eq!(status["primarySubscriber"], false);
    assert_eq!(status["prepared"], true);
}

/// Checks that the error has this mistake with its place, line and column.
#[track_caller]
fn assert_malformed<T>(result: Result<T, MakerFileError>, content: &str, expected: &str) {
    let error = result.err().unwrap().to_string();
    assert_eq!(error, format!("the-file.json: {expected}"), "{content}");
}

#[test]
fn a_bad_state_file_is_an_error_with_its_place() {
    for (content, expected) in [
        ("", "EOF while parsing a value, at the top level (line 1, column 0)"),
        ("nonsense", "expected ident, at the top level (line 1, column 2)"),
        ("null", "wrong value, expected an object, at the top level (line 1, column 4)"),
        ("[]", "wrong value, expected an object, at the top level (line 1, column 0)"),
        ("[[]]", "wrong value, expected an object, at the top level (line 1, column 0)"),
        ("{}", "missing field `capabilities`, at the top level (line 1, column 2)"),
        ("{\n\"state\": {}}", "missing field `capabilities`, at the top level (line 2, column 12)"),
        (
            r#"{"capabilities": null}"#,
            "wrong value, expected an object, at capabilities (line 1, column 21)",
        ),
        (
            r#"{"capabilities": []}"#,
            "wrong value, expected an object, at capabilities (line 1, column 17)",
        ),
        (
            r#"{"capabilities": {"digitalKey": "secret, expected x"}}"#,
            "wrong value, expected an object, at capabilities.digitalKey (line 1, column 52)",
        ),
        (
            r#"{"capabilities": {"digitalKey": {"state": "A", "state": "B"}}}"#,
            "duplicate field `state`, at capabilities.digitalKey (line 1, column 54)",
        ),
        (
            r#"{"capabilities": {"digitalKey": null, "digitalKey": null}}"#,
            "duplicate field `digitalKey`, at capabilities (line 1, column 50)",
        ),
        (
            r#"{"capabilities": {}} more"#,
            "trailing characters, at the top level (line 1, column 22)",
        ),
    ] {
        let result = parse_state_file(Path::new("the-file.json"), content.as_bytes());
        assert_malformed(result, content, expected);
    }
}

#[test]
fn a_bad_list_file_is_an_error_with_its_place() {
    for (content, expected) in [
        ("{}", "missing field `mappingInfos`, at the top level (line 1, column 2)"),
        (
            r#"{"mappingInfos": {}}"#,
            "wrong value, expected a sequence, at mappingInfos (line 1, column 17)",
        ),
        (
            r#"{"mappingInfos": [["WBA00000000DEMO03", true]]}"#,
            "wrong value, expected an object, at mappingInfos[0] (line 1, column 18)",
        ),
        (
            r#"{"mappingInfos": [{"vin": "WBA", "isPrimaryUser": true}]}"#,
            "a VIN has 17 letters or digits, this has 3, at mappingInfos[0].vin (line 1, column 31)",
        ),
        (
            r#"{"mappingInfos": [{"vin": "WBA00000000DEMO03"}]}"#,
            "missing field `isPrimaryUser`, at mappingInfos[0] (line 1, column 46)",
        ),
        (
            r#"{"mappingInfos": [{"vin": "WBA00000000DEMO03", "isPrimaryUser": "WBA00000000DEMO03"}]}"#,
            "wrong value, expected a boolean, at mappingInfos[0].isPrimaryUser (line 1, column 83)",
        ),
    ] {
        let result = parse_list_file(Path::new("the-file.json"), content.as_bytes());
        assert_malformed(result, content, expected);
    }
}

#[test]
fn odd_content_is_a_short_error() {
    let path = Path::new("the-file.json");
    let deep = "[".repeat(MAX_FILE);
    let deep_inside = format!(r#"{{"capabilities":{{}},"x":{deep}"#);
    let long_key = format!(r#"{{"capabilities":{{"digitalKey":{{"{}":1}}}}}}"#, "k".repeat(99_999));
    for content in [
        deep.as_bytes(),
        deep_inside.as_bytes(),
        long_key.as_bytes(),
        b"\xef\xbb\xbf{}",
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\xd8",
        b"{\"capabilities\": {\"digitalKey\": {\"state\": \"\xff\"}}}",
        b"{\"capabilities\": {\"digitalKey\": {\"state\": \"\\ud800\"}}}",
        b"\0\0\0\0",
    ] {
        let error = parse_state_file(path, content).err().unwrap().to_string();
        assert!(error.len() < 200, "{error}");
        let error = parse_list_file(path, content).err().unwrap().to_string();
        assert!(error.len() < 200, "{error}");
    }
}

#[test]
fn a_path_that_holds_no_vehicle_is_an_error_that_names_it() {
    let root = TempDir::new().unwrap();
    let empty = root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let no_list = root.path().join("no list");
    put(&no_list, STATE, "");
    fs::remove_file(no_list.join(LIST_FILE)).unwrap();
    let no_state = root.path().join("no state");
    put(&no_state, "", &list(&["WBA00000000DEMO01"]));
    fs::remove_file(no_state.join(STATE_FILE)).unwrap();
    let empty_list = root.path().join("empty list");
    put(&empty_list, STATE, &list(&[]));
    let too_large = root.path().join("too large");
    put(&too_large, &" ".repeat(MAX_FILE + 1), &list(&["WBA00000000DEMO01"]));
    let bad = root.path().join("bad");
    put(&bad, "{}", &list(&["WBA00000000DEMO01"]));
    let twice = root.path().join("twice");
    put(&twice.join("one"), STATE, &list(&["WBA00000000DEMO01"]));
    put(&twice.join("two"), STATE, &list(&["WBA00000000DEMO01"]));

    for (path, named, expected) in [
        (root.path().join("missing"), "missing", "cannot be read"),
        (empty, "empty", "has no vehicle"),
        (no_list, "no list/vehicle-list.json", "cannot be read"),
        (no_state, "no state/vehicles_state.json", "cannot be read"),
        (empty_list, "empty list/vehicle-list.json", "has no vehicle"),
        (too_large, "too large/vehicles_state.json", "has more than 1048576 bytes"),
        (bad, "bad/vehicles_state.json", "missing field `capabilities`"),
        (twice, "twice/two/vehicle-list.json", "lists vehicle WBA…MO01 a second time"),
    ] {
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains(named) && error.contains(expected), "{error}");
        assert!(!error.contains("WBA00000000DEMO01"), "GEN-6: {error}");
    }
}

#[test]
fn a_file_may_be_as_long_as_the_limit() {
    let root = TempDir::new().unwrap();
    let padding = " ".repeat(MAX_FILE - STATE.len());
    put(root.path(), &format!("{STATE}{padding}"), &list(&["WBA00000000DEMO01"]));
    assert_eq!(load(root.path()).unwrap().len(), 1);
}
