//! A child: the app in a process of its own, which a test may kill.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::app::{Answer, DIRECTORY, MARK, SCRIPT, STARTED};
use crate::plan::Script;

/// The longest wait for a line of a child. The slowest call takes a small part of it.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running child.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    stderr: NamedTempFile,
}

impl Process {
    /// Starts a child, as the argument of the command `below` if that is not empty.
    pub(crate) fn start(below: &[String], directory: &Path, script: &Script) -> Self {
        let this = env::current_exe().unwrap();
        let mut words = below.iter().map(AsRef::as_ref).chain([this.as_os_str()]);
        let stderr = NamedTempFile::new().unwrap();
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .args(["--exact", "app::child_process", "--nocapture"])
            .env(DIRECTORY, directory)
            .env(SCRIPT, script.to_string())
            .env("RUST_BACKTRACE", "0")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(stderr.path()).unwrap())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, own)) = line.split_once(MARK) {
                    let _ = sender.send(own.to_owned());
                }
            }
        });
        let process = Self { child, lines, stderr };
        assert_eq!(process.line().as_deref(), Some(STARTED), "{}", process.stderr());
        process
    }

    /// Waits for the next line. `None` = the process has ended.
    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the child hangs: {}", self.stderr()),
        }
    }

    /// Waits for the next answer. `None` = the process has ended.
    pub(crate) fn answer(&self) -> Option<Answer> {
        self.line().map(|line| line.parse().unwrap())
    }

    /// Kills the process by SIGKILL, and returns the answers that it had printed by then.
    pub(crate) fn kill(mut self) -> Vec<Answer> {
        self.kill_group();
        let answers = std::iter::from_fn(|| self.answer()).collect();
        let status = self.child.wait().unwrap();
        assert!(!status.success(), "the process ended before it was killed");
        answers
    }

    fn kill_group(&self) {
        // Below strace the app is a child of strace in the same group. The kill fails if the
        // process has already ended.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }

    /// Waits until the process ends by itself. Returns an error after a panic or a signal.
    pub(crate) fn end(mut self) -> Result<(), String> {
        drop(self.child.stdin.take());
        let status = self.child.wait().unwrap();
        if status.success() { Ok(()) } else { Err(format!("{status}: {}", self.stderr())) }
    }

    /// Returns what the process has written to its stderr.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.stderr.path()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
        let _ = self.child.wait();
        // Waits until the process has closed its stdout.
        self.lines.iter().for_each(drop);
    }
}
