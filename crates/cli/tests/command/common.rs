//! The command, made-up files of the maker, and a running backend, for the tests of this folder.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

pub(crate) fn digital_key(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_digital-key")).args(args).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with the maker's two files for one vehicle.
pub(crate) fn maker_files(folder: &Path, vin: &str, digital_key: Value, primary: bool) -> PathBuf {
    let folder = folder.join(vin);
    fs::create_dir(&folder).unwrap();
    let state = json!({ "capabilities": { "lock": true, "digitalKey": digital_key }, "state": {} });
    let list = json!({ "mappingInfos": [{ "vin": vin, "isPrimaryUser": primary }] });
    fs::write(folder.join("vehicles_state.json"), state.to_string()).unwrap();
    fs::write(folder.join("vehicle-list.json"), list.to_string()).unwrap();
    folder
}

pub(crate) fn activated() -> Value {
    json!({ "bookedServicePackage": "SMACC_1_5", "state": "ACTIVATED" })
}

/// The backend command on free ports, ended when dropped.
pub(crate) struct Served {
    pub(crate) process: Child,
    /// What it printed until it was ready.
    pub(crate) lines: Vec<String>,
    stdout: BufReader<ChildStdout>,
}

impl Served {
    pub(crate) fn start(args: &[&str]) -> Self {
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
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Sends a request to a service and returns the first line of the answer.
    pub(crate) fn request(&self, service: &str, request: &str) -> String {
        self.send(service, request, "")
    }

    /// Sends a request with a body.
    pub(crate) fn send(&self, service: &str, request: &str, body: &str) -> String {
        let address = self.url(service).strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).unwrap();
        write!(
            connection,
            "{request} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer secret-token\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    pub(crate) fn url(&self, service: &str) -> &str {
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
