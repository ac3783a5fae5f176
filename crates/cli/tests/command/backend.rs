//! `digital-key backend`.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::common::{Served, digital_key, text};

#[test]
fn the_backend_prints_its_urls_and_answers() {
    let served = Served::start(&[]);
    let path = "GET /vehicles/WBADKEY0000000001/digital-key/support";
    assert!(served.request("BFF", path).starts_with("HTTP/1.1 200"));
    let answer = served.request("BFF's operations listener", "GET /live");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let curls = served.lines.iter().filter(|line| line.trim_start().starts_with("curl")).count();
    assert!(curls > 15, "{:?}", served.lines);
}

#[test]
fn gen_6_the_backend_prints_a_line_per_request_without_secrets() {
    let mut served = Served::start(&[]);
    served.request("BFF", "GET /nothing?token=secret-query");
    let line = served.next_line();
    assert!(line.starts_with("BFF: GET /nothing 404 ") && line.ends_with(" ms\n"), "{line}");
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
    served.request("BFF", "GET /nothing");
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap();
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
