//! `digital-key doctor`.

use std::net::TcpListener;

use crate::common::{Served, digital_key, text};

/// Returns the exit code and what was printed.
fn doctor(args: &[&str]) -> (Option<i32>, String) {
    let output = digital_key(&[&["doctor"], args].concat());
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// Checks that exactly one check failed, with this text, and that the next step is named.
#[track_caller]
fn assert_failed((code, said): &(Option<i32>, String), what: &str, next_step: &str) {
    assert_eq!(*code, Some(1), "{said}");
    let failed: Vec<_> = said.lines().filter(|line| line.starts_with("failed")).collect();
    assert!(failed.len() == 1 && failed[0].contains(what), "{said}");
    let next = said.lines().find(|line| line.trim_start().starts_with("next: "));
    assert!(next.is_some_and(|line| line.contains(next_step)), "{said}");
}

#[test]
fn a_backend_that_runs_passes() {
    let served = Served::start(&[]);
    let (code, said) = doctor(&["--bff", served.url("BFF")]);
    assert_eq!(code, Some(0), "{said}");
    for expected in ["Rust ", "C compiler", "answers", "accepts the token", "supports digital keys"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(said.contains("not checked  the control interface"), "{said}");
    let control = served.url("control interface");
    let (code, said) = doctor(&["--bff", served.url("BFF"), "--control", control]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("WBADKEY0000000002") && !said.contains("not checked"), "{said}");
}

#[test]
fn without_a_backend_the_next_step_is_to_start_it() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let found = doctor(&["--bff", &format!("http://{free}")]);
    assert_failed(&found, "does not answer", "cargo run -- backend");
    assert!(found.1.contains("not checked  the token"), "{}", found.1);
}

#[test]
fn a_wrong_token_is_found() {
    let served = Served::start(&["--token", "right"]);
    let url = served.url("BFF");
    assert_failed(&doctor(&["--bff", url, "--token", "wrong"]), "accept the token", "--token");
    assert_eq!(doctor(&["--bff", url, "--token", "right"]).0, Some(0));
}

#[test]
fn an_unknown_vehicle_is_found() {
    let served = Served::start(&[]);
    let unknown = ["--bff", served.url("BFF"), "--vin", "WBADKEY0000000009"];
    assert_failed(&doctor(&unknown), "does not know the vehicle WBA…0009", "another --vin");
    let control = ["--control", served.url("control interface")];
    let found = doctor(&[&unknown[..], &control].concat());
    assert_failed(&found, "does not know", "WBADKEY0000000001, WBADKEY0000000002");
}

#[test]
fn an_address_that_is_no_bff_is_found() {
    let served = Served::start(&[]);
    let found = doctor(&["--bff", served.url("BFF"), "--control", "http://127.0.0.1:1"]);
    assert_failed(&found, "control interface http://127.0.0.1:1 does not answer", "prints its");
    let change = "PUT /endpoints/support/fault";
    let body = r#"{"fault":"garbage"}"#;
    let answer = served.send("control interface", change, body);
    assert!(answer.contains("204"), "{answer}");
    assert_failed(&doctor(&["--bff", served.url("BFF")]), "not as a BFF", "correct --bff");
    served.send("control interface", change, r#"{"fault":"500"}"#);
    assert_failed(&doctor(&["--bff", served.url("BFF")]), "status 500", "log");
}
