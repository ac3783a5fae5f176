//! A child: the app in a process of its own, with which anything may be done.

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

/// How long a child may be silent. It is many times what the slowest call takes.
const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    stderr: NamedTempFile,
}

impl Process {
    /// Starts a child, below these words of another program if there are any.
    pub(crate) fn start(below: &[String], directory: &Path, script: &Script) -> Self {
        let this = env::current_exe().unwrap();
        let mut words = below.iter().map(AsRef::as_ref).chain([this.as_os_str()]);
        let stderr = NamedTempFile::new().unwrap();
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .args(["--exact", "app::a_process_of_its_own", "--nocapture"])
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
        assert_eq!(process.line().as_deref(), Some(STARTED), "{}", process.said());
        process
    }

    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the child hangs: {}", self.said()),
        }
    }

    /// The next answer; `None` = the process has ended.
    pub(crate) fn answer(&self) -> Option<Answer> {
        self.line().map(|line| line.parse().unwrap())
    }

    /// Kills it by SIGKILL, and gives what it had answered until then.
    pub(crate) fn kill(mut self) -> Vec<Answer> {
        self.kill_group();
        let answers = std::iter::from_fn(|| self.answer()).collect();
        let status = self.child.wait().unwrap();
        assert!(!status.success(), "it had ended before it was killed");
        answers
    }

    fn kill_group(&self) {
        // Below strace it is strace's child, in the same group. Who has ended cannot be killed.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }

    /// Waits until it ends by itself; an end with a panic or by a signal is told.
    pub(crate) fn end(mut self) -> Result<(), String> {
        drop(self.child.stdin.take());
        let status = self.child.wait().unwrap();
        if status.success() { Ok(()) } else { Err(format!("{status}: {}", self.said())) }
    }

    /// What it wrote to its stderr.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.stderr.path()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
        let _ = self.child.wait();
        // It writes to this as long as it lives.
        self.lines.iter().for_each(drop);
    }
}
