//! `play` and `demo` in a real terminal: a pseudo-terminal of 80 by 24.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use nix::pty::{Winsize, openpty};

/// How long a text may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program in a terminal.
struct Terminal {
    keys: File,
    output: Receiver<Vec<u8>>,
    shown: String,
    program: Child,
}

impl Terminal {
    fn start(args: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let stdio = || Stdio::from(pty.slave.try_clone().unwrap());
        let program = Command::new(env!("CARGO_BIN_EXE_digital-key"))
            .args(args)
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .envs(environment.iter().copied())
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .unwrap();
        let mut screen = File::from(pty.master.try_clone().unwrap());
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            // The read fails when the program has ended.
            while let Ok(length @ 1..) = screen.read(&mut part) {
                if sender.send(part[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keys: File::from(pty.master), output, shown: String::new(), program }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the program shows this text.
    fn until(&mut self, text: &str) {
        while !self.shown.contains(text) {
            let part = self.output.recv_timeout(PATIENCE);
            let part = part.unwrap_or_else(|_| panic!("no {text:?} in\n{:?}", self.shown));
            self.shown.push_str(&String::from_utf8_lossy(&part));
        }
    }

    /// Waits for the end of the program, and returns all that it showed.
    fn end(mut self) -> String {
        let status = self.program.wait().unwrap();
        while let Ok(part) = self.output.try_recv() {
            self.shown.push_str(&String::from_utf8_lossy(&part));
        }
        assert!(status.success(), "{status}: {:?}", self.shown);
        self.shown
    }
}

/// The sequences that take the screen and the mouse, and that give them back.
const TAKES: [&str; 2] = ["\x1b[?1049h", "\x1b[?1000h"];
const GIVES_BACK: [&str; 2] = ["\x1b[?1049l", "\x1b[?1000l"];

#[test]
fn play_fills_the_screen_and_gives_the_terminal_back() {
    let mut terminal = Terminal::start(&["play", "--language", "en"], &[]);
    terminal.until("My vehicle");
    terminal.press("\r");
    terminal.until("[ Digital Key ]");
    terminal.press("1");
    terminal.until("Welcome to Digital Key");
    terminal.press("q");
    terminal.until(GIVES_BACK[0]);
    let shown = terminal.end();
    for sequence in TAKES.iter().chain(&GIVES_BACK) {
        assert!(shown.contains(sequence), "{sequence:?} in {shown:?}");
    }
    assert!(shown.contains("\x1b[38;5;"), "without colours: {shown:?}");
}

#[test]
fn no_color_leaves_the_colours_out() {
    let mut terminal = Terminal::start(&["play", "--language", "en"], &[("NO_COLOR", "1")]);
    terminal.until("My vehicle");
    terminal.press("\x03");
    terminal.until(GIVES_BACK[0]);
    let shown = terminal.end();
    assert!(!shown.contains("\x1b[38;5;"), "{shown:?}");
}

#[test]
fn the_demo_waits_for_its_reader_unless_a_key_hurries_it() {
    let mut terminal = Terminal::start(&["demo", "--language", "en"], &[]);
    terminal.until("The vehicles of a new account");
    // Two steps ahead, then as fast as it can.
    terminal.press("  f");
    terminal.until("35 of 35 steps are as expected");
    let shown = terminal.end();
    assert!(TAKES.iter().chain(&GIVES_BACK).all(|sequence| shown.contains(sequence)), "{shown:?}");
}

#[test]
fn the_demo_can_be_ended() {
    let mut terminal = Terminal::start(&["demo", "--language", "en"], &[]);
    terminal.until("The vehicles of a new account");
    terminal.press("q");
    terminal.until(GIVES_BACK[0]);
    assert!(!terminal.end().contains("as expected"));
}

#[test]
fn the_options_for_lines_leave_the_screen_alone() {
    let mut terminal = Terminal::start(&["play", "--lines", "--language", "en"], &[]);
    terminal.until("> ");
    terminal.press("select 1\r");
    terminal.until("1) Digital Key");
    terminal.press("quit\r");
    terminal.until("quit");
    assert!(!terminal.end().contains(TAKES[0]));
    let mut terminal = Terminal::start(&["demo", "--fast", "--language", "en"], &[]);
    terminal.until("35 of 35 steps are as expected");
    assert!(!terminal.end().contains(TAKES[0]));
}

#[test]
fn a_terminal_that_cannot_draw_gets_lines() {
    let mut terminal = Terminal::start(&["play", "--language", "en"], &[("TERM", "dumb")]);
    terminal.until("My vehicle");
    terminal.press("quit\n");
    assert!(!terminal.end().contains(TAKES[0]));
}
