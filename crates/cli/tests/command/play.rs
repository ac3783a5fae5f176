//! `digital-key play` in a pipe.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::common::{Served, text};

/// Plays with this input.
pub(crate) fn play(args: &[&str], input: &[u8]) -> Output {
    let mut play = Command::new(env!("CARGO_BIN_EXE_digital-key"))
        .args(["play", "--language", "en"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments may end before it reads.
    let _ = play.stdin.take().unwrap().write_all(input);
    play.wait_with_output().unwrap()
}

#[test]
fn a_person_can_play() {
    let output = play(
        &[],
        b"help\nselect 1\n1\nfail status 500\n2\n1\nheal\n1\n1\n1\n1\n1\n2\n\
          fail password 500\napple error userCanceled\n1\napple pass K1\n1\n1\n\
          background\ndelete K1\nforeground\nnonsense\nquit\n",
    );
    assert!(output.status.success());
    let shown = text(&output.stdout);
    for page in ["Welcome", "ReadyToPair", "PairingError", "Tutorial1", "Overview", "KeyDeleted"] {
        assert!(shown.contains(&format!("[{page}]")), "{page} in\n{shown}");
    }
    assert!(shown.contains("\"nonsense\" is not a command"));
    assert!(shown.contains("`apple pass KEY-1`"), "no hint how to answer the sheet in\n{shown}");
    assert!(shown.contains("use 1 of 3"), "{shown}");
}

#[test]
fn a_disabled_button_keeps_its_number_and_says_why_it_does_nothing() {
    let output = play(&[], b"select 1\nhold status\n1\n1\n");
    let shown = text(&output.stdout);
    assert!(shown.contains("1) Continue (not now)\n|   2) Back\n"), "{shown}");
    assert!(shown.contains("This is not possible on this page."), "{shown}");
}

#[test]
fn a_failed_call_is_shown_with_its_reason() {
    let output = play(&[], b"select 1\nfail status 503\n1\n1\n");
    let shown = text(&output.stdout);
    assert!(shown.contains("failed: bff: ") && shown.contains("503"), "{shown}");
    assert!(shown.contains("[BackendError]"), "{shown}");
}

#[test]
fn the_phone_speaks_the_language_of_the_option() {
    let output = play(&["--language", "de"], b"select 1\n");
    assert!(!output.status.success(), "the option stands twice");
    for (arguments, title) in [(&["--language=de"][..], "Mein Fahrzeug"), (&[], "My vehicle")] {
        let output = Command::new(env!("CARGO_BIN_EXE_digital-key"))
            .arg("play")
            .args(arguments)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(text(&output.stdout).contains(title));
    }
}

#[test]
fn an_old_phone_is_played_with_its_options() {
    for (options, page) in [
        (["--phone", "iPhone10,6"], "PhoneNotSupported"),
        (["--ios", "13.5"], "PhoneSoftwareUpdateRequired"),
    ] {
        let shown = text(&play(&options, b"select 1\n1\n1\n").stdout);
        assert!(shown.contains(&format!("[{page}]")), "{shown}");
    }
    assert_eq!(play(&["--ios", "fourteen"], b"").status.code(), Some(2));
}

#[test]
fn the_language_of_the_environment_is_spoken() {
    let output = Command::new(env!("CARGO_BIN_EXE_digital-key"))
        .arg("play")
        .env("LC_ALL", "de_AT.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains("Mein Fahrzeug"));
}

#[test]
fn any_input_is_read_or_refused_with_its_line() {
    let mut input = b"sel\xffect 1\n".to_vec();
    input.extend(vec![b'x'; 1 << 20]);
    input.extend(b"\n\x1b[2J\nselect 1");
    let output = play(&[], &input);
    assert!(output.status.success());
    let shown = text(&output.stdout);
    assert!(shown.contains("line 1 is not UTF-8"), "{shown}");
    assert!(shown.contains("line 2 has 1048576 bytes"), "{shown}");
    assert!(shown.len() < 20_000, "{} bytes", shown.len());
    // The last line has no line feed and is carried out.
    assert!(shown.contains("Vehicle WBADKEY0000000001"), "{shown}");
}

#[test]
fn the_end_of_the_input_ends_the_program() {
    let output = play(&[], b"");
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("select 1   vehicle WBADKEY0000000001"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut play = Command::new(env!("CARGO_BIN_EXE_digital-key"))
        .arg("play")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(play.stdout.take());
    // The program may have ended before it reads.
    let _ = play.stdin.take().unwrap().write_all(b"select 1\nquit\n");
    let output = play.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn a_client_can_play_against_a_backend_elsewhere() {
    let served = Served::start(&["--token", "secret-of-this-test"]);
    let bff = ["--bff", served.url("BFF"), "--token", "secret-of-this-test"];
    let output = play(&bff, b"prepared no\nselect WBADKEY0000000001\nprepared no\n1\n1\n");
    assert!(output.status.success());
    let shown = text(&output.stdout);
    assert!(shown.contains("[GrabYourTwoKeys]"), "{shown}");
    assert!(shown.contains("select a vehicle first"), "{shown}");
    assert!(shown.contains("--control URL"), "{shown}");
}

#[test]
fn with_its_control_interface_another_backend_can_be_changed_too() {
    let served = Served::start(&["--token", "secret-of-this-test"]);
    let mut args = vec!["--bff", served.url("BFF"), "--token", "secret-of-this-test"];
    args.extend(["--control", served.url("control interface")]);
    let output =
        play(&args, b"select 1\nprepared no\n1\n1\n1\nhold status\n1\nrelease status\n1\n");
    assert!(output.status.success());
    let shown = text(&output.stdout);
    assert!(shown.contains("select 1   vehicle WBADKEY0000000001"), "{shown}");
    assert!(shown.contains("[VehicleNotPrepared]"), "{shown}");
}

#[test]
fn a_control_interface_that_does_not_answer_is_named() {
    let served = Served::start(&[]);
    let bff = served.url("BFF");
    for control in ["http://127.0.0.1:9", bff] {
        let output = play(&["--bff", bff, "--token", "t", "--control", control], b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(control), "{}", text(&output.stderr));
    }
}
