//! What the service makes of the answers of the upstream.

use serde_json::json;

use crate::http::{Connection, TOKEN, VIN, path, send};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream, VEHICLE};

fn in_front_of(reply: Reply) -> (Bff, Upstream) {
    let upstream = Upstream::start(reply);
    (Bff::start(&upstream.url(), &["--threads", "1"]), upstream)
}

#[test]
fn req_5_the_object_of_a_vehicle_arrives_byte_for_byte() {
    let (bff, _upstream) = in_front_of(Reply::VEHICLE);
    let answer = bff.get("support");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body, format!(r#"{{"vin":"{VIN}","digitalKey":{{"state":  "ACTIVATED"}}}}"#));
}

#[test]
fn wel_1_the_status_has_what_the_upstream_knows() {
    let (bff, upstream) = in_front_of(Reply::VEHICLE);
    let key = json!({"id": "key-1", "tracked": false});
    assert_eq!(
        bff.get("pairing-status").json(),
        json!({"vin": VIN, "ownerKey": key, "primarySubscriber": true, "prepared": true})
    );
    let without =
        r#"{"digitalKey":null,"ownerKey":null,"primarySubscriber":false,"prepared":false}"#;
    upstream.reply(Reply::Answer("200 OK", "", without));
    assert_eq!(
        bff.get("pairing-status").json(),
        json!({"vin": VIN, "primarySubscriber": false, "prepared": false})
    );
    assert_eq!(bff.get("support").json(), json!({"vin": VIN}));
}

#[test]
fn wel_3_a_password_is_passed_on_with_its_key() {
    let (bff, upstream) = in_front_of(Reply::Answer("200 OK", "", r#"{"password":"86420975"}"#));
    let key = "idempotency-key: its-key\r\n";
    let answer = send(bff.api, "POST", &path("pairing-password"), key);
    assert_eq!(answer.json(), json!({"vin": VIN, "password": "86420975"}));
    let requests = upstream.requests();
    assert!(requests[0].starts_with(&format!("POST /vehicles/{VIN}/pairing-passwords ")));
    assert!(requests[0].contains(key), "{requests:?}");

    upstream.reply(Reply::Answer("200 OK", "", "{}"));
    let answer = send(bff.api, "POST", &path("pairing-password"), key);
    assert_eq!(answer.json(), json!({"vin": VIN}));
}

#[test]
fn a_refusal_of_the_upstream_comes_through() {
    let (bff, upstream) = in_front_of(Reply::Silent);
    for (status, headers, expected, name, wait) in [
        ("401 Unauthorized", "", 401, "unauthorized", None),
        ("404 Not Found", "", 404, "unknown-vehicle", None),
        ("409 Conflict", "", 409, "still-worked-on", None),
        ("409 Conflict", "retry-after: 3\r\n", 409, "still-worked-on", Some("3")),
        ("429 Too Many Requests", "retry-after: 5\r\n", 429, "too-many-requests", Some("5")),
        ("503 Service Unavailable", "retry-after: 7\r\n", 503, "unavailable", Some("7")),
        ("503 Service Unavailable", "retry-after: soon\r\n", 503, "unavailable", None),
    ] {
        upstream.reply(Reply::Answer(status, headers, "a stack trace"));
        let key = "idempotency-key: its-key\r\n";
        let answer = send(bff.api, "POST", &path("pairing-password"), key);
        answer.problem(expected, name);
        assert_eq!(answer.header("retry-after"), wait, "{status} {headers}");
        assert!(!answer.body.contains("stack"), "{answer:?}");
        if expected == 401 {
            assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
        }
    }
}

#[test]
fn a_failure_of_the_upstream_is_a_bad_gateway_without_details() {
    let (bff, upstream) = in_front_of(Reply::Silent);
    let cut = &VEHICLE[..VEHICLE.len() - 1];
    let replies = [
        ("status", Reply::Answer("500 Internal Server Error", "", "a stack trace")),
        ("status", Reply::Answer("400 Bad Request", "", "a stack trace")),
        ("status", Reply::Answer("302 Found", "location: /\r\n", "a stack trace")),
        ("malformed", Reply::Answer("200 OK", "", "a stack trace")),
        ("malformed", Reply::Answer("200 OK", "", "")),
        ("malformed", Reply::Answer("200 OK", "", cut)),
        ("malformed", Reply::Answer("200 OK", "", r#"{"primarySubscriber":"a stack trace"}"#)),
        ("malformed", Reply::Answer("200 OK", "", r#"[{"state":"X"},null,true,true]"#)),
        ("connection", Reply::Raw(b"a stack trace\r\n\r\n")),
        ("connection", Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\na stack trace")),
        ("connection", Reply::Raw(b"")),
    ];
    for (kind, reply) in replies {
        let series = format!(
            "digital_key_bff_upstream_failures_total{{route=\"/vehicles/{{vin}}/digital-key/support\",kind=\"{kind}\"}}"
        );
        let before = bff.metric(&series);
        upstream.reply(reply);
        let answer = bff.get("support");
        answer.problem(502, "upstream-failed");
        assert!(!answer.body.contains("stack"), "{answer:?}");
        assert_eq!(bff.metric(&series), before + 1.0, "{kind}");
    }
    assert!(!bff.log().contains("stack"), "{}", bff.log());
}

#[test]
fn an_answer_that_is_too_long_is_a_bad_gateway() {
    let long =
        format!(r#"{{"primarySubscriber":true,"prepared":true,"x":"{}"}}"#, "x".repeat(70_000));
    let (bff, _upstream) = in_front_of(Reply::Answer("200 OK", "", long.leak()));
    bff.get("support").problem(502, "upstream-failed");
}

#[test]
fn ids_and_token_are_passed_on_and_answered() {
    let (bff, upstream) = in_front_of(Reply::VEHICLE);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let headers = format!(
        "x-correlation-id: its-id\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\ntracestate: a=b\r\n"
    );
    let answer = send(bff.api, "GET", &path("support"), &headers);
    assert_eq!(answer.header("x-correlation-id"), Some("its-id"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let request = upstream.requests().remove(0);
    for header in ["x-correlation-id: its-id\r\n", "tracestate: a=b\r\n"] {
        assert!(request.contains(header), "{request}");
    }
    assert!(request.contains(&format!("authorization: Bearer {TOKEN}\r\n")), "{request}");
    // Three spans of one trace: the app's, the service's, and that of the call.
    let answered = answer.header("traceparent").unwrap();
    let passed = request.lines().find_map(|line| line.strip_prefix("traceparent: ")).unwrap();
    let mut spans = vec!["00f067aa0ba902b7"];
    for header in [answered, passed] {
        let parts: Vec<_> = header.split('-').collect();
        assert_eq!((parts[0], parts[1], parts[3]), ("00", trace, "01"), "{header}");
        assert!(!spans.contains(&parts[2]));
        spans.push(parts[2]);
    }
    // Without ids there are new ones.
    let mut connection = Connection::to(bff.api).unwrap();
    let [one, other] = [0, 1].map(|_| connection.request("GET", &path("support"), "").unwrap());
    for header in ["x-correlation-id", "traceparent"] {
        assert!(one.header(header).unwrap().len() > 30);
        assert_ne!(one.header(header), other.header(header));
    }
}

#[test]
fn the_operations_listener_shows_the_service() {
    let (bff, _upstream) = in_front_of(Reply::VEHICLE);
    let get = |path| crate::http::get(bff.operations, path);
    assert_eq!(get("/live").status, 200);
    assert_eq!(get("/version").json()["version"], env!("CARGO_PKG_VERSION"));
    let document = get("/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(get("/").body.contains("openapi.json"));
    get("/other").problem(404, "unknown-route");
    for path in ["/live", "/metrics", "/openapi.json", "/version", "/"] {
        assert_eq!(get(path).header("cache-control"), Some("no-store"), "{path}");
        crate::http::get(bff.api, path).problem(404, "unknown-route");
    }
}
