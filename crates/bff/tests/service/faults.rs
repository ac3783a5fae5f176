//! An upstream that is slow, dead, half open, or answers garbage, and that comes back.

use std::time::{Duration, Instant};

use crate::http::{LIMIT, eventually, get};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

const DEADLINE: [&str; 4] =
    ["--upstream-deadline", "300ms", "--upstream-connect-deadline", "200ms"];

#[test]
fn a_slow_or_half_open_upstream_is_a_gateway_timeout() {
    let upstream = Upstream::start(Reply::Silent);
    let bff = Bff::start(&upstream.url(), &DEADLINE);
    for reply in [
        Reply::Silent,
        Reply::Slow(Duration::from_secs(2)),
        Reply::HalfOpen(b"HTTP/1.1 200 OK\r\ncontent-le"),
        Reply::HalfOpen(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":"),
    ] {
        upstream.reply(reply);
        let started = Instant::now();
        bff.get("pairing-status").problem(504, "upstream-timeout");
        assert!(started.elapsed() < LIMIT / 4);
    }
    upstream.reply(Reply::VEHICLE);
    assert_eq!(bff.get("pairing-status").status, 200);
    let series = "digital_key_bff_upstream_failures_total{route=\"/vehicles/{vin}/digital-key/pairing-status\",kind=\"timeout\"}";
    assert_eq!(bff.metric(series), 4.0);
}

#[test]
fn a_dead_upstream_is_a_bad_gateway_and_not_ready_until_it_is_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let bff = Bff::start_unready(&format!("http://{address}"), &DEADLINE);
    bff.get("support").problem(502, "upstream-failed");
    let ready = get(bff.operations, "/ready");
    ready.problem(503, "unavailable");
    assert_eq!(get(bff.operations, "/live").status, 200);
    assert_eq!(bff.metric("digital_key_bff_upstream_ready"), 0.0);
    let series = "digital_key_bff_upstream_failures_total{route=\"/vehicles/{vin}/digital-key/support\",kind=\"connect\"}";
    assert_eq!(bff.metric(series), 1.0);
    assert!(!bff.get("support").body.contains(&address.to_string()));
    eventually("the first probe is logged", || bff.log().contains("answers no probe"));
}

#[test]
fn readiness_follows_the_probe() {
    let upstream = Upstream::start(Reply::VEHICLE);
    // The scripted upstream answers probes at `/` alone; at another path as it answers everything.
    let args = ["--upstream-probe-path", "/health", "--probe-deadline", "300ms"];
    let bff = Bff::start(&upstream.url(), &args);
    assert_eq!(bff.metric("digital_key_bff_upstream_ready"), 1.0);
    for (reply, ready) in [
        (Reply::Answer("500 Internal Server Error", "", ""), 503),
        (Reply::Answer("404 Not Found", "", ""), 200),
        (Reply::Silent, 503),
        (Reply::VEHICLE, 200),
    ] {
        upstream.reply(reply);
        eventually("readiness follows", || get(bff.operations, "/ready").status == ready);
    }
    assert!(bff.log().contains("answers no probe"));
}
