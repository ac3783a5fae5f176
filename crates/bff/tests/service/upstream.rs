//! A SmAcc service that a test scripts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A vehicle with everything.
pub(crate) const VEHICLE: &str = r#"{"digitalKey":{"state":  "ACTIVATED"},"ownerKey":{"id":"key-1","tracked":false},"primarySubscriber":true,"prepared":true}"#;

/// What the upstream does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Answers with this status, these headers (each with a line break) and this body.
    Answer(&'static str, &'static str, &'static str),
    /// Answers with a vehicle after this time.
    Slow(Duration),
    /// Sends these bytes and closes the connection.
    Raw(&'static [u8]),
    /// Takes the request and stays silent.
    Silent,
    /// Sends these bytes and stays silent.
    HalfOpen(&'static [u8]),
}

impl Reply {
    pub(crate) const VEHICLE: Self = Self::Answer("200 OK", "", VEHICLE);
}

/// The running upstream. It lives as long as the test's process.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    reply: Arc<Mutex<Reply>>,
    requests: Arc<Mutex<Vec<String>>>,
    keeps_requests: bool,
}

impl Upstream {
    pub(crate) fn start(reply: Reply) -> Self {
        Self::start_keeping(reply, true)
    }

    /// Starts an upstream that keeps no request.
    pub(crate) fn forgetful(reply: Reply) -> Self {
        Self::start_keeping(reply, false)
    }

    fn start_keeping(reply: Reply, keeps_requests: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            reply: Arc::new(Mutex::new(reply)),
            requests: Arc::default(),
            keeps_requests,
        };
        let accepting = upstream.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let upstream = accepting.clone();
                // A client that goes away ends the connection.
                thread::spawn(move || upstream.serve(stream));
            }
        });
        upstream
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn reply(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    /// Returns the heads of the requests up to now; probes are left out.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        loop {
            let head = read_head(&mut stream)?;
            let is_probe = head.starts_with("GET / ");
            let reply = if is_probe {
                Reply::Answer("200 OK", "", "")
            } else {
                self.reply.lock().unwrap().clone()
            };
            if !is_probe && self.keeps_requests {
                self.requests.lock().unwrap().push(head);
            }
            match reply {
                Reply::Answer(status, headers, body) => {
                    write_answer(&mut stream, status, headers, body)?
                }
                Reply::Slow(wait) => {
                    thread::sleep(wait);
                    write_answer(&mut stream, "200 OK", "", VEHICLE)?;
                }
                Reply::Raw(bytes) => {
                    stream.write_all(bytes).ok()?;
                    return None;
                }
                Reply::HalfOpen(bytes) => {
                    stream.write_all(bytes).ok()?;
                    stay_silent(&mut stream);
                }
                Reply::Silent => stay_silent(&mut stream),
            }
        }
    }
}

/// Waits until the client goes away.
fn stay_silent(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0]);
}

fn write_answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> Option<()> {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).ok()
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(head).ok()
}
