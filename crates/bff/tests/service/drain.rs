//! The end of the service: no request is lost.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Connection, LIMIT, eventually, get, path, request};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

/// How often the service is ended under load; `DIGITAL_KEY_BFF_TEST_ENDS` sets another number.
fn rounds() -> usize {
    std::env::var("DIGITAL_KEY_BFF_TEST_ENDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5)
}

#[test]
fn no_request_is_lost_when_the_service_ends_under_load() {
    let upstream = Upstream::start(Reply::Slow(Duration::from_millis(20)));
    for round in 0..rounds() {
        let mut bff = Bff::start(&upstream.url(), &["--drain-delay", "300ms"]);
        let (api, operations) = (bff.api, bff.operations);
        let answered = Arc::new(AtomicUsize::new(0));
        let ready = Arc::new(AtomicBool::new(true));
        // As a load balancer does, the clients stop opening connections when the service is not ready,
        // and use no connection again that is announced to close.
        let watcher = thread::spawn({
            let ready = Arc::clone(&ready);
            move || {
                while get(operations, "/ready").status == 200 {
                    thread::sleep(Duration::from_millis(10));
                }
                ready.store(false, Relaxed);
            }
        });
        let clients: Vec<_> = (0..16)
            .map(|_| {
                let (answered, ready) = (Arc::clone(&answered), Arc::clone(&ready));
                thread::spawn(move || -> io::Result<()> {
                    while ready.load(Relaxed) {
                        let mut connection = Connection::to(api)?;
                        loop {
                            let answer = connection.request("GET", &path("support"), "")?;
                            assert_eq!(answer.status, 200);
                            answered.fetch_add(1, Relaxed);
                            if answer.header("connection") == Some("close") || !ready.load(Relaxed)
                            {
                                break;
                            }
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        eventually("the clients are at work", || answered.load(Relaxed) > 50);
        bff.signal("TERM");
        for client in clients {
            client.join().unwrap().unwrap_or_else(|error| panic!("round {round}: {error}"));
        }
        watcher.join().unwrap();
        assert_eq!(bff.wait().code(), Some(0));
    }
}

#[test]
fn a_request_under_way_is_answered_after_the_signal() {
    let upstream = Upstream::start(Reply::Slow(Duration::from_millis(700)));
    let mut bff = Bff::start(&upstream.url(), &["--drain-delay", "100ms"]);
    let mut connection = Connection::to(bff.api).unwrap();
    connection.send(request("GET", &path("support"), "")).unwrap();
    eventually("the request arrives", || upstream.requests().len() == 1);
    bff.signal("TERM");
    let answer = connection.answer().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(bff.wait().code(), Some(0));
}

#[test]
fn a_service_that_ends_is_not_ready_and_still_answers() {
    let upstream = Upstream::start(Reply::VEHICLE);
    let mut bff = Bff::start(&upstream.url(), &["--drain-delay", "2s"]);
    let mut idle = Connection::to(bff.api).unwrap();
    assert_eq!(idle.request("GET", &path("support"), "").unwrap().status, 200);
    bff.signal("TERM");
    eventually("it is not ready", || get(bff.operations, "/ready").status == 503);
    assert_eq!(get(bff.operations, "/live").status, 200);
    assert_eq!(bff.get("support").status, 200);
    assert_eq!(
        idle.request("GET", &path("support"), "").unwrap().header("connection"),
        Some("close")
    );
    assert_eq!(bff.wait().code(), Some(0));
}

#[test]
fn a_request_that_takes_too_long_is_dropped_and_a_second_signal_ends_at_once() {
    let upstream = Upstream::start(Reply::Silent);
    let args = ["--drain-delay", "0s", "--upstream-deadline", "30s"];
    let start = |deadline: &str| {
        let before = upstream.requests().len();
        let bff =
            Bff::start(&upstream.url(), &[&args[..], &["--drain-deadline", deadline]].concat());
        let mut connection = Connection::to(bff.api).unwrap();
        connection.send(request("GET", &path("support"), "")).unwrap();
        eventually("the request arrives", || upstream.requests().len() > before);
        (bff, connection)
    };
    let (mut bff, mut connection) = start("200ms");
    bff.signal("TERM");
    assert!(connection.answer().is_err());
    assert_eq!(bff.wait().code(), Some(0));

    let (mut bff, _connection) = start("10m");
    let started = Instant::now();
    bff.signal("TERM");
    eventually("the end begins", || bff.log().contains("waiting for requests under way"));
    bff.signal("TERM");
    assert_eq!(bff.wait().code(), Some(1));
    assert!(started.elapsed() < LIMIT);
}

#[test]
fn an_interrupt_does_not_wait() {
    let upstream = Upstream::start(Reply::VEHICLE);
    let mut bff = Bff::start(&upstream.url(), &["--drain-delay", "10m"]);
    bff.signal("INT");
    assert_eq!(bff.wait().code(), Some(0));
}
