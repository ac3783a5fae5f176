//! Flags, environment and file.

use std::io::Write as _;

use crate::process::{command, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Checks that the command refuses its configuration, and returns the line that says why.
#[track_caller]
fn refused(command: &mut std::process::Command) -> String {
    let output = command.output().unwrap();
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(output.stdout.is_empty());
    error
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

#[test]
fn a_wrong_value_is_named_with_its_source_and_what_would_be_right() {
    let wrong = file("upstream = \"https://smacc.example.com\"\nmax_requests = 0\n");
    let path = wrong.path().to_str().unwrap();
    for (mut command, parts) in [
        (command(), ["upstream (set nowhere) is missing", "https://smacc.example.com"]),
        (
            {
                let mut command = command();
                command.args(["--upstream", "https://x", "--upstream-deadline", "1h"]);
                command
            },
            [
                "upstream_deadline (from the flag --upstream-deadline)",
                "from 10ms to 30s, not \"1h\"",
            ],
        ),
        (
            {
                let mut command = command();
                command.env("DIGITAL_KEY_BFF_UPSTREAM", "http://192.0.2.1");
                command
            },
            ["upstream (from the environment variable DIGITAL_KEY_BFF_UPSTREAM)", "https"],
        ),
        (
            {
                let mut command = command();
                command.args(["--config", path]);
                command
            },
            ["max_requests (from the file ", "a number from 1 to 1000000, not \"0\""],
        ),
    ] {
        let error = refused(&mut command);
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}

#[test]
fn a_name_that_is_no_setting_is_an_error() {
    let error = refused(command().env("DIGITAL_KEY_BFF_UPSTREAMS", "https://x"));
    assert!(error.contains("upstreams") && error.contains("nearest one is upstream"), "{error}");
    let wrong = file("upstream = \"https://x\"\nlisten_on = \"x\"\n");
    let error = refused(command().arg("--config").arg(wrong.path()));
    assert!(error.contains("listen_on") && error.contains("nearest"), "{error}");
    assert_eq!(run(&["--listen-on", "x"]).status.code(), Some(2));
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_without_its_content() {
    for (content, part) in [
        ("upstream = \"https://x\"\notlp_authorization = \"its-secret", "line 2"),
        ("upstream = [\"its-secret\"]", "upstream"),
        ("upstream = 1.5", "upstream"),
    ] {
        let wrong = file(content);
        let error = refused(command().arg("--config").arg(wrong.path()));
        assert!(error.contains(part) && !error.contains("its-secret"), "{error}");
    }
    let error = refused(command().args(["--config", "/no/such/file"]));
    assert!(error.contains("/no/such/file"), "{error}");
    let error = refused(command().args(["--upstream", "https://user:its-secret@x"]));
    assert!(!error.contains("its-secret"), "{error}");
}

#[test]
fn flags_are_stronger_than_the_environment_and_that_than_the_file() {
    let file = file(
        "upstream = \"https://file\"\nmax_requests = 1\nmax_headers = 11\nmax_connections = 21\n",
    );
    let output = command()
        .arg("--config")
        .arg(file.path())
        .env("DIGITAL_KEY_BFF_MAX_REQUESTS", "2")
        .env("DIGITAL_KEY_BFF_MAX_HEADERS", "12")
        .args(["--max-requests", "3", "--otlp-authorization", "its-secret", "--check-config"])
        .output()
        .unwrap();
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for line in [
        "max_requests = \"3\" # from the flag --max-requests",
        "max_headers = \"12\" # from the environment variable DIGITAL_KEY_BFF_MAX_HEADERS",
        "listen = \"127.0.0.1:8080\" # the default",
        "otlp_authorization = \"…\" # from the flag --otlp-authorization",
        "# jwks_url is not set",
    ] {
        assert!(shown.lines().any(|it| it == line), "{line}:\n{shown}");
    }
    assert!(shown.contains("max_connections = \"21\" # from the file "), "{shown}");
    assert!(!shown.contains("its-secret"), "{shown}");
}

#[test]
fn what_is_shown_can_be_used_as_a_file() {
    let shown = run(&["--upstream", "https://x", "--drain-delay", "0s", "--check-config"]).stdout;
    let file = file(&text(&shown));
    let again = command().arg("--config").arg(file.path()).arg("--check-config").output().unwrap();
    let values = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.lines().map(|line| line.split(" # ").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(values(&again.stdout), values(&shown));
}

#[test]
fn a_start_that_fails_says_why() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let upstream = ["--upstream", "https://x"];
    for (args, part) in [
        (["--listen", &address, "--threads", "2"], address.as_str()),
        (["--operations-listen", &address, "--threads", "1"], &address),
        (["--tls-certificate-file", "/no/such", "--tls-key-file", "/no/such"], "/no/such"),
        (["--upstream-ca-file", "/no/such", "--listen", "127.0.0.1:0"], "/no/such"),
    ] {
        let free = ["--log", "off"];
        let output = run(&[&upstream[..], &args[..], &free[..]].concat());
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.lines().count() == 1 && error.contains(part), "{error}");
    }
}
