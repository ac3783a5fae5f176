//! The command as a user runs it.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

fn digital_key(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_digital-key")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with the maker's two files for one vehicle.
fn maker_files(folder: &Path, vin: &str, digital_key: Value, primary: bool) -> PathBuf {
    let folder = folder.join(vin);
    fs::create_dir(&folder).unwrap();
    let state = json!({ "capabilities": { "lock": true, "digitalKey": digital_key }, "state": {} });
    let list = json!({ "mappingInfos": [{ "vin": vin, "isPrimaryUser": primary }] });
    fs::write(folder.join("vehicles_state.json"), state.to_string()).unwrap();
    fs::write(folder.join("vehicle-list.json"), list.to_string()).unwrap();
    folder
}

fn activated() -> Value {
    json!({ "bookedServicePackage": "SMACC_1_5", "state": "ACTIVATED" })
}

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
    let output = digital_key(&["demo", "--vehicles", folder.path().to_str().unwrap()]);
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
    assert_eq!(found, json!({ "entry": "shown", "package": "SMACC_1_5", "reasons": [] }));
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
    let (code, found) = check(activated(), &["--phone", "arm64"]);
    assert_eq!((code, &found["phone"]), (Some(1), &json!("unknown")));
    let (code, found) = check(Value::Null, &[]);
    assert_eq!((code, &found["package"]), (Some(1), &Value::Null));
}

#[test]
fn check_names_the_file_and_the_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("state.json");
    for (content, place) in [
        ("{\"capabilities\":{\"digitalKey\":{\"state\":3}}}", "capabilities.digitalKey.state"),
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

#[test]
fn bad_usage_is_exit_code_2() {
    for args in [
        &["check"][..],
        &["check", "--vehicle-state", "x", "--ios", "fourteen"],
        &["check", "--vehicle-state", "x", "--equipment", "6AE"],
        &["check", "--vehicle-state", "x", "--phone", ""],
        &["play", "--bff", "http://127.0.0.1:1"],
        &["play", "--bff", "http://example.com", "--token", "t"],
        &["backend", "--token", ""],
        &["backend", "--token", "two words"],
        &["demo", "--log", "=nonsense="],
        &["nonsense"],
    ] {
        assert_eq!(digital_key(args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn every_command_has_help_with_examples() {
    for command in ["demo", "play", "check", "backend"] {
        let output = digital_key(&[command, "--help"]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("Examples:"), "{command}");
    }
}

#[test]
fn a_person_can_play() {
    let mut play = Command::new(env!("CARGO_BIN_EXE_digital-key"))
        .arg("play")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let typed = "help\nselect 1\n1\nfail status 500\n2\nheal\n1\n1\n1\n2\n1\napple error userCanceled\n\
                 1\napple pass K1\n1\n1\nbackground\ndelete K1\nforeground\nnonsense\nquit\n";
    play.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = play.wait_with_output().unwrap();
    assert!(output.status.success());
    let shown = text(&output.stdout);
    for page in ["Welcome", "ReadyToPair", "PairingError", "Tutorial1", "Overview", "KeyDeleted"] {
        assert!(shown.contains(&format!("[{page}]")), "{page} in\n{shown}");
    }
    assert!(shown.contains("\"nonsense\" is not a command"));
}

/// The backend command on free ports, ended when dropped.
struct Served {
    process: Child,
    /// What it printed until it was ready.
    lines: Vec<String>,
    stdout: BufReader<ChildStdout>,
}

impl Served {
    fn start(args: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_digital-key"))
            .args(["backend", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut lines = Vec::new();
        for line in stdout.by_ref().lines() {
            let line = line.unwrap();
            let ready = line.starts_with("ready");
            lines.push(line);
            if ready {
                break;
            }
        }
        Self { process, lines, stdout }
    }

    /// Reads the next line of the output.
    fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Sends a request to a service and returns the first line of the answer.
    fn request(&self, service: &str, request: &str) -> String {
        let address = self.url(service).strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).unwrap();
        write!(
            connection,
            "{request} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer secret-token\r\n\
             Connection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    fn url(&self, service: &str) -> &str {
        let line = self.lines.iter().find_map(|line| line.strip_prefix(service));
        line.unwrap().trim_start_matches([':', ' '])
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_backend_prints_its_urls_and_answers() {
    let served = Served::start(&[]);
    let answer = served.request("BFF", "GET /health");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let curls = served.lines.iter().filter(|line| line.trim_start().starts_with("curl")).count();
    assert!(curls > 15, "{:?}", served.lines);
}

#[test]
fn gen_6_the_backend_prints_a_line_per_request_without_secrets() {
    let mut served = Served::start(&[]);
    served.request("BFF", "GET /health?token=secret-query");
    let line = served.next_line();
    assert!(line.starts_with("BFF: GET /health 200 ") && line.ends_with(" ms\n"), "{line}");
    served.request("control interface", "GET /vehicles/WBADKEY0000000001");
    let line = served.next_line();
    assert!(line.starts_with("control interface: GET /vehicles/WBA…0001 200 "), "{line}");
    served.request("BFF", "GET /vehicles/WBADKEY0000000009/digital-key/support");
    let both = served.next_line() + &served.next_line();
    assert!(both.contains("SmAcc service: GET /vehicles/WBA…0009 404 "), "{both}");
    assert!(both.contains("BFF: GET /vehicles/WBA…0009/digital-key/support 404 "), "{both}");
    assert!(!both.contains("secret"), "{both}");
}

#[test]
fn the_quiet_backend_prints_no_requests() {
    let mut served = Served::start(&["--quiet"]);
    served.request("BFF", "GET /health");
    served.process.kill().unwrap();
    assert_eq!(served.next_line(), "");
}

#[test]
fn the_backend_prints_how_to_reset_it() {
    let served = Served::start(&[]);
    let reset = format!("curl -X DELETE {}/changes", served.url("control interface"));
    assert!(served.lines.iter().any(|line| line.contains(&reset)), "{:?}", served.lines);
    let vehicle = "/vehicles/WBADKEY0000000009";
    served.request("control interface", &format!("PUT {vehicle}"));
    assert!(served.request("control interface", &format!("GET {vehicle}")).contains("200"));
    assert!(served.request("control interface", "DELETE /changes").contains("204"));
    assert!(served.request("control interface", &format!("GET {vehicle}")).contains("404"));
}

#[test]
fn the_error_of_a_taken_port_names_the_port_and_the_option() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _listener = TcpListener::bind(taken).unwrap();
    let output = digital_key(&["backend", "--listen", &taken.to_string()]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&format!("the BFF cannot listen on {taken}")), "{error}");
    assert!(error.contains("--listen") && error.contains("port 0"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn the_backend_warns_of_a_control_interface_that_is_open_to_the_network() {
    for (listen, warned) in [("0.0.0.0:0", true), ("127.0.0.1:0", false)] {
        let mut process = Command::new(env!("CARGO_BIN_EXE_digital-key"))
            .args(["backend", "--listen", listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        assert!(stdout.lines().any(|line| line.unwrap().starts_with("ready")));
        process.kill().unwrap();
        let error = text(&process.wait_with_output().unwrap().stderr);
        assert_eq!(error.contains("asks for no token"), warned, "{listen}: {error}");
    }
}

#[test]
fn a_client_can_play_against_a_backend_elsewhere() {
    let served = Served::start(&["--token", "secret-of-this-test"]);
    let mut play = Command::new(env!("CARGO_BIN_EXE_digital-key"))
        .args(["play", "--bff", served.url("BFF"), "--token", "secret-of-this-test"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    play.stdin.take().unwrap().write_all(b"select WBADKEY0000000001\n1\n1\n").unwrap();
    let output = play.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("[GrabYourTwoKeys]"));
}
