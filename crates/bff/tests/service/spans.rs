//! One trace from the app over the BFF to the SmAcc service, as a collector on loopback sees it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;

use crate::http::{eventually, path, send};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

/// A collector: it keeps the spans and the heads of the requests that bring them.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<(Vec<Span>, Vec<String>)>>);

impl Collector {
    fn start() -> (Self, String) {
        let collector = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sink = collector.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let collector = sink.clone();
                thread::spawn(move || collector.serve(stream));
            }
        });
        (collector, url)
    }

    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        loop {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).ok()?;
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap().to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.unwrap().parse().unwrap()];
            stream.read_exact(&mut body).ok()?;
            let request = ExportTraceServiceRequest::decode(&body[..]).unwrap();
            let spans = request.resource_spans.into_iter();
            let spans = spans.flat_map(|it| it.scope_spans).flat_map(|it| it.spans);
            let mut kept = self.0.lock().unwrap();
            kept.0.extend(spans);
            kept.1.push(head);
            drop(kept);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
        }
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap().0.clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn app_bff_and_smacc_are_in_one_trace() {
    let (collector, url) = Collector::start();
    let upstream = Upstream::start(Reply::VEHICLE);
    let args = [
        "--otlp-endpoint",
        &url,
        "--otlp-authorization",
        "Basic its-secret",
        "--drain-delay",
        "0s",
    ];
    let mut bff = Bff::start(&upstream.url(), &args);
    let (trace, app) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let header = format!("traceparent: 00-{trace}-{app}-01\r\n");
    let answer = send(bff.api, "GET", &path("support"), &header);
    let unrecorded = format!("traceparent: 00-{trace}-{app}-00\r\n");
    send(bff.api, "GET", &path("pairing-status"), &unrecorded);
    // What waits is sent at the end.
    bff.signal("TERM");
    assert_eq!(bff.wait().code(), Some(0));
    eventually("the spans arrive", || !collector.spans().is_empty());

    let spans = collector.spans();
    assert_eq!(spans.len(), 2, "a trace that the app does not record is not sent: {spans:?}");
    let of_kind = |kind: SpanKind| spans.iter().find(|span| span.kind == kind as i32).unwrap();
    let (server, client) = (of_kind(SpanKind::Server), of_kind(SpanKind::Client));
    for span in [server, client] {
        assert_eq!(hex(&span.trace_id), trace);
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    // app → BFF → its call → SmAcc service.
    assert_eq!(hex(&server.parent_span_id), app);
    assert_eq!(hex(&client.parent_span_id), hex(&server.span_id));
    let passed = upstream.requests().remove(0);
    let passed = passed.lines().find_map(|line| line.strip_prefix("traceparent: ")).unwrap();
    assert_eq!(passed, format!("00-{trace}-{}-01", hex(&client.span_id)));
    let answered = format!("00-{trace}-{}-01", hex(&server.span_id));
    assert_eq!(answer.header("traceparent"), Some(answered.as_str()));

    assert_eq!(server.name, "GET /vehicles/{vin}/digital-key/support");
    assert_eq!(client.name, "GET /vehicles/{vin}");
    let heads = collector.0.lock().unwrap().1.join("");
    assert!(
        heads.contains("post /v1/traces ") && heads.contains("authorization: basic its-secret")
    );
    assert!(!bff.log().contains("its-secret"));
}

#[test]
fn a_collector_that_is_away_disturbs_nobody() {
    let upstream = Upstream::start(Reply::VEHICLE);
    let args = ["--otlp-endpoint", "http://127.0.0.1:1", "--drain-delay", "0s"];
    let mut bff = Bff::start(&upstream.url(), &args);
    for _ in 0..10 {
        assert_eq!(bff.get("support").status, 200);
    }
    bff.signal("TERM");
    assert_eq!(bff.wait().code(), Some(0));
}
