//! The header `traceparent`.

use std::sync::Mutex;

use digital_key_bff_http::HttpBff;
use digital_key_ports::Bff;

use crate::server::{Reply, Request, Server, client, static_token, vin};

/// Returns trace, span and flags of a request.
fn traceparent(request: &Request) -> (String, String, String) {
    let text = request.header("traceparent").unwrap();
    let parts: Vec<_> = text.split('-').map(str::to_owned).collect();
    let [version, trace, span, flags] = &parts[..] else { panic!("{text}") };
    assert_eq!((version.as_str(), trace.len(), span.len(), flags.len()), ("00", 32, 16, 2));
    (trace.clone(), span.clone(), flags.clone())
}

#[tokio::test]
async fn each_call_is_a_trace_and_each_request_a_span() {
    let server = Server::always(|| Reply::whole("401 Unauthorized", "", b"")).await;
    let bff = client(&server.url());
    for _ in 0..2 {
        bff.support(vin()).await.unwrap_err();
    }
    let requests = server.requests();
    let [first, again, second, ..] = &requests[..] else { panic!("{requests:?}") };
    let (trace, span, flags) = traceparent(first);
    assert_eq!(flags, "01");
    let (same_trace, other_span, _) = traceparent(again);
    assert_eq!(trace, same_trace, "the second try with another token");
    assert_ne!(span, other_span);
    assert_eq!(first.header("x-correlation-id"), again.header("x-correlation-id"));
    assert_ne!(trace, traceparent(second).0);
}

#[tokio::test]
async fn a_trace_of_the_host_is_continued() {
    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let server = Server::always(|| Reply::whole("404 Not Found", "", b"")).await;
    let parents = Mutex::new(vec![None, Some(format!("00-{ID}-00f067aa0ba902b7-00"))]);
    let bff = HttpBff::builder(&server.url())
        .token_provider(static_token())
        .trace_parent(move || parents.lock().unwrap().pop().unwrap())
        .build()
        .unwrap();
    for _ in 0..2 {
        bff.support(vin()).await.unwrap_err();
    }
    let requests = server.requests();
    let (trace, span, flags) = traceparent(&requests[0]);
    assert_eq!((trace.as_str(), flags.as_str()), (ID, "00"));
    assert_ne!(span, "00f067aa0ba902b7", "the request is a span of its own");
    assert_ne!(traceparent(&requests[1]).0, ID, "without a parent the call starts a trace");
}
