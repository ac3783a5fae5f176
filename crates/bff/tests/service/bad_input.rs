//! Requests that are wrong in any way: a problem document, within the limits, never a 500.

use std::io::Read as _;

use crate::http::{Connection, TOKEN, VIN, get, path, request, send};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

fn bff() -> (Bff, Upstream) {
    let upstream = Upstream::start(Reply::VEHICLE);
    let bff = Bff::start(&upstream.url(), &["--threads", "1", "--max-body-size", "1KiB"]);
    (bff, upstream)
}

#[test]
fn a_head_that_is_no_http_is_a_problem() {
    let (bff, upstream) = bff();
    for head in [
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nbad name: x\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: other\r\n\r\n",
        "GET /\u{7f} HTTP/1.1\r\n\r\n",
    ] {
        let mut connection = Connection::to(bff.api).unwrap();
        connection.send(head).unwrap();
        let answer = connection.answer().unwrap_or_else(|error| panic!("{head:?}: {error}"));
        answer.problem(400, "invalid-request");
        assert_eq!(connection.stream.read(&mut [0]).unwrap(), 0, "the connection is closed");
    }
    assert!(upstream.requests().is_empty());
    let series = r#"digital_key_bff_requests_total{route="none",method="other",status="400"}"#;
    assert!(bff.metric(series) >= 10.0);
}

#[test]
fn a_head_above_the_limits_is_a_problem() {
    let (bff, _upstream) = bff();
    let many = "a: b\r\n".repeat(100);
    let long = format!("a: {}\r\n", "b".repeat(20_000));
    let path = path("support");
    let target = format!("/{}", "x".repeat(20_000));
    for head in
        [request("GET", &path, &many), request("GET", &path, &long), request("GET", &target, "")]
    {
        let mut connection = Connection::to(bff.api).unwrap();
        // The service may answer before it has all of it.
        let _ = connection.send(&head);
        connection.answer().unwrap().problem(431, "head-too-large");
    }
    assert_eq!(bff.get("support").status, 200);
}

#[test]
fn a_wrong_path_vin_or_method_is_a_problem() {
    let (bff, upstream) = bff();
    for (vin, status, name) in [
        ("WBA", 400, "invalid-vin"),
        ("WBA00000000DEMO0%33", 200, ""),
        ("WBA00000000DEM%C3%96", 400, "invalid-vin"),
        ("%FF%FE", 400, "invalid-vin"),
        ("%00", 400, "invalid-vin"),
        ("wba00000000demo03", 200, ""),
        ("..%2F..%2Fetc", 400, "invalid-vin"),
    ] {
        let answer = get(bff.api, &format!("/vehicles/{vin}/digital-key/support"));
        if status == 200 {
            assert_eq!(answer.json()["vin"], VIN);
        } else {
            answer.problem(status, name);
        }
    }
    for path in
        ["/", "/vehicles", "//", "/vehicles/x/digital-key/other", "/%2e%2e/", "/?x", "/metrics"]
    {
        get(bff.api, path).problem(404, "unknown-route");
    }
    for (method, endpoint) in
        [("POST", "support"), ("DELETE", "pairing-status"), ("GET", "pairing-password")]
    {
        let answer = send(bff.api, method, &path(endpoint), "");
        answer.problem(405, "method-not-allowed");
        assert!(answer.header("allow").is_some());
    }
    assert!(
        upstream.requests().iter().all(|head| head.starts_with(&format!("GET /vehicles/{VIN} ")))
    );
}

#[test]
fn a_missing_or_wrong_header_is_a_problem() {
    let (bff, upstream) = bff();
    for authorization in
        ["", "Bearer", "Bearer ", "Basic YTpi", "its-secret-token", "Bearer \u{e9}"]
    {
        let mut connection = Connection::to(bff.api).unwrap();
        let path = path("support");
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n\r\n");
        connection.send(head).unwrap();
        connection.answer().unwrap().problem(401, "unauthorized");
    }
    for key in ["", "idempotency-key: \r\n", "idempotency-key: a b\r\n", "idempotency-key: é\r\n"]
    {
        let answer = send(bff.api, "POST", &path("pairing-password"), key);
        answer.problem(400, "invalid-request");
    }
    let long = format!("idempotency-key: {}\r\n", "k".repeat(65));
    send(bff.api, "POST", &path("pairing-password"), &long).problem(400, "invalid-request");
    assert!(upstream.requests().is_empty());

    for unusable in ["", "a b", "é", &"x".repeat(65)] {
        let headers = format!("x-correlation-id: {unusable}\r\n");
        let answer = send(bff.api, "GET", "/nothing", &headers);
        let problem = answer.problem(404, "unknown-route");
        assert_ne!(answer.header("x-correlation-id"), Some(unusable));
        assert_eq!(problem["correlationId"], answer.header("x-correlation-id").unwrap());
    }
}

#[test]
fn a_body_is_read_up_to_the_limit() {
    let (bff, _upstream) = bff();
    let path = path("pairing-password");
    for (length, status) in [(1024, 200), (1025, 413)] {
        let headers = format!("idempotency-key: k\r\ncontent-length: {length}\r\n");
        let mut connection = Connection::to(bff.api).unwrap();
        connection.send(request("POST", &path, &headers) + &"x".repeat(length)).unwrap();
        let answer = connection.answer().unwrap();
        if status == 413 {
            answer.problem(413, "too-large");
        } else {
            assert_eq!(answer.status, 200);
        }
    }
    let chunked = "idempotency-key: k\r\ntransfer-encoding: chunked\r\n";
    let mut connection = Connection::to(bff.api).unwrap();
    connection.send(request("POST", &path, chunked) + "not a chunk\r\n").unwrap();
    connection.answer().unwrap().problem(400, "invalid-request");
    assert!(!bff.log().contains(TOKEN) && !bff.log().contains(VIN), "GEN-6");
}
