//! The command as a process.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::http::{Answer, eventually, get};

/// Returns the command without any setting of this environment.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_digital-key-bff"));
    command.env_clear();
    command
}

/// Runs the command until it ends by itself.
pub(crate) fn run(args: &[&str]) -> Output {
    command().args(args).output().unwrap()
}

/// A running service. Dropping it kills it.
pub(crate) struct Bff {
    pub(crate) child: Child,
    pub(crate) api: SocketAddr,
    pub(crate) operations: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Bff {
    /// Starts the service on free ports, in front of this upstream, and waits until it is ready.
    pub(crate) fn start(upstream: &str, args: &[&str]) -> Self {
        let bff = Self::start_unready(upstream, args);
        eventually("the service becomes ready", || get(bff.operations, "/ready").status == 200);
        bff
    }

    /// Starts the service and waits until it listens.
    pub(crate) fn start_unready(upstream: &str, args: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", upstream, args)
    }

    pub(crate) fn start_at(listen: &str, upstream: &str, args: &[&str]) -> Self {
        let mut child = command()
            .args(["--listen", listen, "--operations-listen", "127.0.0.1:0"])
            .args(["--upstream", upstream, "--probe-interval", "100ms"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let started = loop {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "{}", log.lock().unwrap());
            log.lock().unwrap().push_str(&line);
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["api"].is_string() {
                break event;
            }
        };
        let sink = Arc::clone(&log);
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                sink.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let address = |name: &str| started[name].as_str().unwrap().parse().unwrap();
        Self { api: address("api"), operations: address("operations"), child, log }
    }

    /// Makes a GET request to an endpoint.
    #[track_caller]
    pub(crate) fn get(&self, endpoint: &str) -> Answer {
        get(self.api, &crate::http::path(endpoint))
    }

    /// Returns the log up to now.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Returns the lines of the request log.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let log = self.log();
        let events = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["target"] == "digital_key_bff::access").collect()
    }

    /// Returns the value of a series, such as `digital_key_bff_connections`; 0 when it is absent.
    pub(crate) fn metric(&self, series: &str) -> f64 {
        let metrics = get(self.operations, "/metrics").body;
        let value = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the process ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Bff {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
