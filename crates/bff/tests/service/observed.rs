//! What operators see: the request log and the metrics.

use crate::http::{Connection, TOKEN, VIN, eventually, path, request, send};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

#[test]
fn gen_6_each_request_is_one_line_without_secrets() {
    let upstream = Upstream::start(Reply::Answer("200 OK", "", r#"{"password":"86420975"}"#));
    let bff = Bff::start(&upstream.url(), &["--log", "trace"]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let headers = format!(
        "idempotency-key: k\r\nx-correlation-id: its-id\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n"
    );
    assert_eq!(send(bff.api, "POST", &path("pairing-password"), &headers).status, 200);
    bff.get("other");
    eventually("both are logged", || bff.requests().len() == 2);
    let requests = bff.requests();
    let line = &requests[0];
    assert_eq!(line["route"], "/vehicles/{vin}/digital-key/pairing-password");
    assert_eq!((&line["method"], &line["status"]), (&"POST".into(), &200.into()));
    assert_eq!((&line["vin"], &line["correlation"]), (&"WBA…MO03".into(), &"its-id".into()));
    assert_eq!(line["trace"], trace);
    assert!(line["milliseconds"].as_f64() >= line["upstream_milliseconds"].as_f64());
    assert!(line["upstream_milliseconds"].as_f64().unwrap() > 0.0);
    assert_eq!((&requests[1]["route"], &requests[1]["status"]), (&"none".into(), &404.into()));
    for secret in ["86420975", TOKEN, VIN] {
        assert!(!bff.log().contains(secret), "{secret}");
    }
}

#[test]
fn the_request_log_can_be_turned_off() {
    let upstream = Upstream::start(Reply::VEHICLE);
    let bff = Bff::start(&upstream.url(), &["--access-log", "false"]);
    assert_eq!(bff.get("support").status, 200);
    let series = r#"digital_key_bff_requests_total{route="/vehicles/{vin}/digital-key/support",method="GET",status="200"}"#;
    assert_eq!(bff.metric(series), 1.0);
    assert!(bff.requests().is_empty());
}

#[test]
fn a_client_that_hangs_up_is_counted_without_a_status() {
    let upstream = Upstream::start(Reply::Silent);
    let bff = Bff::start(&upstream.url(), &["--upstream-deadline", "30s"]);
    let mut connection = Connection::to(bff.api).unwrap();
    connection.send(request("GET", &path("support"), "")).unwrap();
    eventually("it is under way", || bff.metric("digital_key_bff_requests_in_flight") == 1.0);
    drop(connection);
    let series = r#"digital_key_bff_requests_total{route="/vehicles/{vin}/digital-key/support",method="GET",status="none"}"#;
    eventually("it is counted", || bff.metric(series) == 1.0);
    assert_eq!(bff.metric("digital_key_bff_requests_in_flight"), 0.0);
}

#[test]
fn every_thread_is_counted() {
    let upstream = Upstream::start(Reply::VEHICLE);
    let bff = Bff::start(&upstream.url(), &["--threads", "4"]);
    for _ in 0..40 {
        assert_eq!(bff.get("support").status, 200);
    }
    let route = r#"route="/vehicles/{vin}/digital-key/support""#;
    for (series, expected) in [
        (format!(r#"digital_key_bff_requests_total{{{route},method="GET",status="200"}}"#), 40.0),
        (format!("digital_key_bff_request_duration_seconds_count{{{route}}}"), 40.0),
        (format!("digital_key_bff_upstream_duration_seconds_count{{{route}}}"), 40.0),
        (format!(r#"digital_key_bff_upstream_duration_seconds_bucket{{le="+Inf",{route}}}"#), 40.0),
        (
            r#"digital_key_bff_build_info{version="0.1.0"}"#
                .replace("0.1.0", env!("CARGO_PKG_VERSION")),
            1.0,
        ),
    ] {
        assert_eq!(bff.metric(&series), expected, "{series}");
    }
    #[cfg(target_os = "linux")]
    for series in [
        "process_start_time_seconds",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
    ] {
        assert!(bff.metric(series) > 0.0 || series.contains("cpu"), "{series}");
    }
}
