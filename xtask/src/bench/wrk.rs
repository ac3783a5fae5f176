//! Requests: as many as possible by wrk, or one on each of many connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::contestant::on_core;
use crate::TaskError;

/// What the app sends with each request.
const HEADERS: [&str; 2] =
    ["Authorization: Bearer token", "X-Correlation-Id: 1f0e6f57-62a2-4f0c-9a55-0d7b9f1b1a11"];

/// What wrk saw.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) per_second: f64,
    /// What 99 of 100 requests took at most.
    pub(super) slowest_percent: Duration,
    /// The CPU time of the contestant meanwhile.
    pub(super) cpu: Duration,
}

/// A running wrk.
pub(super) struct Wrk(Child);

impl Wrk {
    pub(super) fn start(
        url: &str,
        core: usize,
        connections: usize,
        seconds: u64,
    ) -> Result<Self, TaskError> {
        let wrk = format!("wrk --threads 1 --connections {connections} --duration {seconds}s");
        let mut wrk = on_core(core).args(&wrk).argument("--latency");
        for header in HEADERS {
            wrk = wrk.argument("--header").argument(header);
        }
        Ok(Self(wrk.argument(url).spawn(|command| command.stdout(Stdio::piped()))?))
    }

    pub(super) fn finish(self) -> Result<Load, TaskError> {
        let output = self.0.wait_with_output()?;
        read(&String::from_utf8(output.stdout)?)
    }
}

/// Reads the report of wrk. An answer that is none, or that is not good, is an error.
fn read(report: &str) -> Result<Load, TaskError> {
    let error = |what: &str| format!("{what} in the report of wrk:\n{report}");
    if report.contains("Non-2xx") || report.contains("Socket errors") {
        return Err(error("there are failed requests").into());
    }
    let word = |line: &str, place: usize| line.split_whitespace().nth(place).map(str::to_owned);
    let lines = || report.lines().map(str::trim);
    let requests = lines().find(|line| line.contains(" requests in "));
    let per_second = lines().find(|line| line.starts_with("Requests/sec:"));
    let slowest = lines().find(|line| line.starts_with("99% "));
    let read = || {
        Some(Load {
            requests: word(requests?, 0)?.parse().ok()?,
            per_second: word(per_second?, 1)?.parse().ok()?,
            slowest_percent: duration(&word(slowest?, 1)?)?,
            cpu: Duration::ZERO,
        })
    };
    read().ok_or_else(|| error("a figure is missing").into())
}

/// Reads a time such as `1.21ms`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(unit)?;
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

/// Opens this many connections; each makes one request and reads its answer, and then stays open.
pub(super) fn open(url: &str, count: usize) -> Result<Vec<TcpStream>, TaskError> {
    let (address, path) = url.trim_start_matches("http://").split_once('/').ok_or("no path")?;
    let address: SocketAddr = address.parse()?;
    let headers = HEADERS.join("\r\n");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n\r\n");
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.write_all(request.as_bytes())?;
        // The answers are short and come in one piece.
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer)?;
        if !answer[..length].starts_with(b"HTTP/1.1 200 ") {
            let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
            return Err(format!("connection {} got {answer:?}", streams.len() + 1).into());
        }
        streams.push(stream);
    }
    Ok(streams)
}

/// The longest time in which an idle machine answers.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Waits until a program listens.
pub(super) fn wait_for(address: SocketAddr) -> Result<(), TaskError> {
    let start = Instant::now();
    loop {
        match TcpStream::connect_timeout(&address, ANSWER_WITHIN) {
            Ok(_) => return Ok(()),
            Err(error) if start.elapsed() > ANSWER_WITHIN => return Err(error.into()),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 3s test @ http://127.0.0.1:1/\n  1 threads and 32 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.05ms  300us   9ms  \
        88%\n  Latency Distribution\n     50%    0.98ms\n     99%    2.50ms\n  \
        91234 requests in 3.00s, 20.15MB read\nRequests/sec:  30411.33\nTransfer/sec:  6.72MB\n";

    #[test]
    fn a_report_is_read() {
        let load = read(REPORT).unwrap();
        let expected = Load {
            requests: 91_234,
            per_second: 30_411.33,
            slowest_percent: Duration::from_micros(2_500),
            cpu: Duration::ZERO,
        };
        assert_eq!(load, expected);
    }

    #[test]
    fn a_failed_request_and_a_missing_figure_are_errors() {
        for report in [
            format!("{REPORT}  Non-2xx or 3xx responses: 1\n"),
            format!("{REPORT}  Socket errors: connect 0, read 1, write 0, timeout 0\n"),
            REPORT.replace("99%", "98%"),
            REPORT.replace("2.50ms", "2.50x"),
        ] {
            assert!(read(&report).is_err(), "{report}");
        }
    }
}
