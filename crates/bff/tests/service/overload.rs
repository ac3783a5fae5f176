//! Limits: what is too much is refused at once, and nobody else waits.

use std::io::Read as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Connection, LIMIT, eventually, path, request, send};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

/// Far below any deadline of the service, and enough for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(3);

fn bff(reply: Reply, args: &[&str]) -> (Bff, Upstream) {
    let upstream = Upstream::start(reply);
    (Bff::start(&upstream.url(), args), upstream)
}

#[test]
fn one_request_too_many_is_refused_at_once() {
    let (bff, upstream) =
        bff(Reply::Silent, &["--max-requests", "2", "--upstream-deadline", "30s"]);
    let waiting = [0, 1].map(|_| {
        let mut connection = Connection::to(bff.api).unwrap();
        connection.send(request("GET", &path("support"), "")).unwrap();
        connection
    });
    eventually("both arrive", || upstream.requests().len() == 2);
    assert_eq!(bff.metric("digital_key_bff_requests_in_flight"), 2.0);
    let started = Instant::now();
    let answer = bff.get("support");
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(started.elapsed() < AT_ONCE);
    assert_eq!(bff.metric(r#"digital_key_bff_shed_total{reason="requests"}"#), 1.0);
    assert_eq!(upstream.requests().len(), 2);

    // A client that hangs up makes room.
    drop(waiting);
    upstream.reply(Reply::VEHICLE);
    eventually("there is room again", || bff.get("support").status == 200);
}

#[test]
fn one_connection_too_many_is_refused_at_once() {
    let (bff, _upstream) = bff(Reply::VEHICLE, &["--max-connections", "3"]);
    let mut open: Vec<_> = (0..3).map(|_| Connection::to(bff.api).unwrap()).collect();
    for connection in &mut open {
        assert_eq!(connection.request("GET", &path("support"), "").unwrap().status, 200);
    }
    assert_eq!(bff.metric("digital_key_bff_connections"), 3.0);
    let started = Instant::now();
    let mut refused = Connection::to(bff.api).unwrap();
    let answer = refused.request("GET", &path("support"), "").unwrap();
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(refused.stream.read(&mut [0]).unwrap(), 0);
    assert!(started.elapsed() < AT_ONCE);
    assert_eq!(bff.metric(r#"digital_key_bff_shed_total{reason="connections"}"#), 1.0);
    // Those that are open go on, and a closed one makes room.
    assert_eq!(open[0].request("GET", &path("support"), "").unwrap().status, 200);
    open.pop();
    eventually("there is room again", || bff.get("support").status == 200);
}

#[test]
fn a_token_has_a_rate_when_that_is_set() {
    let (bff, upstream) = bff(Reply::VEHICLE, &["--rate-limit", "1", "--rate-limit-burst", "2"]);
    let statuses: Vec<_> = (0..5).map(|_| bff.get("support").status).collect();
    assert_eq!(&statuses[..2], [200, 200]);
    assert!(statuses.contains(&429), "{statuses:?}");
    let refused = bff.get("support");
    if refused.status == 429 {
        refused.problem(429, "too-many-requests");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    let mut other = Connection::to(bff.api).unwrap();
    let path = path("support");
    other
        .send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer other\r\n\r\n"))
        .unwrap();
    assert_eq!(other.answer().unwrap().status, 200);
    assert!(upstream.requests().len() < 7);
    assert!(bff.metric(r#"digital_key_bff_shed_total{reason="rate"}"#) >= 1.0);
}

/// Returns how long it takes until the service ends a connection.
fn time_to_end(connection: &mut Connection) -> Duration {
    let started = Instant::now();
    let ended = connection.stream.read(&mut [0; 1024]);
    assert!(
        matches!(ended, Ok(0))
            || ended.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset)
    );
    started.elapsed()
}

#[test]
fn a_slow_head_is_cut_off_and_an_idle_connection_is_not() {
    let (bff, _upstream) = bff(Reply::VEHICLE, &["--head-deadline", "300ms"]);
    let mut idle = Connection::to(bff.api).unwrap();
    let mut used = Connection::to(bff.api).unwrap();
    assert_eq!(used.request("GET", &path("support"), "").unwrap().status, 200);
    let mut first_head = Connection::to(bff.api).unwrap();
    first_head.send("GET /vehicles").unwrap();
    let mut second_head = Connection::to(bff.api).unwrap();
    assert_eq!(second_head.request("GET", &path("support"), "").unwrap().status, 200);
    second_head.send("GET /vehicles").unwrap();
    // One byte after the other does not help.
    let mut dripping = Connection::to(bff.api).unwrap();
    dripping.stream.set_nonblocking(true).unwrap();
    let started = Instant::now();
    while dripping.send("x").is_ok() {
        assert!(started.elapsed() < LIMIT, "it is not cut off");
        thread::sleep(Duration::from_millis(20));
    }
    for slow in [&mut first_head, &mut second_head] {
        assert!(time_to_end(slow) < LIMIT / 2);
    }
    for whole in [&mut idle, &mut used] {
        assert_eq!(whole.request("GET", &path("support"), "").unwrap().status, 200);
    }
    let series = r#"digital_key_bff_requests_total{route="none",method="other",status="408"}"#;
    assert_eq!(bff.metric(series), 3.0);
}

#[test]
fn an_idle_connection_ends_after_its_own_time() {
    let (bff, _upstream) = bff(Reply::VEHICLE, &["--idle-deadline", "300ms"]);
    let mut unused = Connection::to(bff.api).unwrap();
    let mut used = Connection::to(bff.api).unwrap();
    assert_eq!(used.request("GET", &path("support"), "").unwrap().status, 200);
    for connection in [&mut unused, &mut used] {
        assert!(time_to_end(connection) < LIMIT / 2);
    }
}

#[test]
fn a_slow_body_is_answered_408() {
    let args = ["--body-deadline", "200ms", "--head-deadline", "100ms"];
    let (bff, upstream) = bff(Reply::VEHICLE, &args);
    let headers = "idempotency-key: k\r\ncontent-length: 10\r\n";
    let mut slow = Connection::to(bff.api).unwrap();
    slow.send(request("POST", &path("pairing-password"), headers) + "123").unwrap();
    slow.answer().unwrap().problem(408, "too-slow");
    assert!(time_to_end(&mut slow) < LIMIT / 2);
    assert!(upstream.requests().is_empty());
}

#[test]
fn a_client_that_reads_no_answer_is_cut_off() {
    let (bff, _upstream) = bff(Reply::VEHICLE, &["--head-deadline", "300ms"]);
    let mut deaf = Connection::to(bff.api).unwrap();
    deaf.stream.set_nonblocking(true).unwrap();
    let requests = request("GET", &path("support"), "").repeat(100);
    let started = Instant::now();
    loop {
        match deaf.send(&requests) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(_) => break,
        }
        assert!(started.elapsed() < 3 * LIMIT, "it is not cut off");
    }
    assert_eq!(send(bff.api, "GET", &path("support"), "").status, 200);
}
