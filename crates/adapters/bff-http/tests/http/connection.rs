//! Servers that are unreachable, fall silent or hang up.

use digital_key_bff_http::Deadlines;
use digital_key_ports::{Bff, BffError, BffErrorKind, BffOperation};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::server::{
    NEVER, PATIENT, Reply, SOON, Server, client, client_with, head, static_token, vin,
};

/// Calls a server that replies like this, and returns the error.
async fn failure(reply: fn() -> Reply) -> BffError {
    let server = Server::always(reply).await;
    let answer = client(&server.url()).support(vin()).await;
    assert_eq!(server.requests().len(), 1, "one try, no retry");
    answer.unwrap_err()
}

/// Deadlines with a short one for the next piece of the answer.
const READ_SOON: Deadlines = PATIENT.with_read(SOON);
/// Deadlines with a short one for the whole call.
const TOTAL_SOON: Deadlines = PATIENT.with_total(SOON);

/// Calls a server that never answers completely, and checks that a deadline ends the call.
async fn assert_deadline(deadlines: Deadlines, reply: fn() -> Reply) {
    let server = Server::always(reply).await;
    let bff = client_with(&server.url(), static_token(), deadlines);
    let error = timeout(NEVER / 2, bff.support(vin())).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::DeadlineExceeded, "{error:?}");
    assert_eq!(error.operation(), BffOperation::Support);
    assert!(server.requests().len() <= 1, "one try, no retry");
}

fn json_head(length: usize) -> Vec<u8> {
    head("200 OK", "Content-Type: application/json\r\n", length)
}

#[tokio::test]
async fn a_silent_server_ends_at_the_deadline() {
    for deadlines in [READ_SOON, TOTAL_SOON] {
        assert_deadline(deadlines, || Reply::Stall(Vec::new())).await;
    }
}

#[tokio::test]
async fn a_slow_header_ends_at_the_deadline() {
    for deadlines in [READ_SOON, TOTAL_SOON] {
        assert_deadline(deadlines, || Reply::Stall(b"HTTP/1.1 200 O".to_vec())).await;
        assert_deadline(deadlines, || Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec(), b'x'))
            .await;
    }
}

#[tokio::test]
async fn a_slow_body_ends_at_the_deadline() {
    for deadlines in [READ_SOON, TOTAL_SOON] {
        assert_deadline(deadlines, || {
            Reply::Stall([json_head(100), b"{\"vin\":".to_vec()].concat())
        })
        .await;
    }
    // Each piece arrives in time and the whole answer does not.
    assert_deadline(TOTAL_SOON.with_read(SOON), || Reply::Drip(json_head(60_000), b' ')).await;
}

#[tokio::test]
async fn a_reset_after_the_request_is_an_interruption() {
    let reset = failure(|| Reply::Reset).await;
    assert_eq!(reset.kind(), BffErrorKind::Interrupted, "{reset:?}");
    let closed = failure(|| Reply::Bytes(Vec::new())).await;
    assert_eq!(closed.kind(), BffErrorKind::Interrupted, "{closed:?}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_interruption() {
    let truncated =
        failure(|| Reply::Bytes([json_head(100), b"{\"vin\":".to_vec()].concat())).await;
    assert_eq!(truncated.kind(), BffErrorKind::Interrupted, "{truncated:?}");
}

#[tokio::test]
async fn a_refused_connection_did_not_reach_the_backend() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = client(&url).support(vin()).await.unwrap_err();
    assert_eq!(refused.kind(), BffErrorKind::Unreachable, "{refused:?}");
}

#[tokio::test]
async fn a_dropped_call_leaves_the_client_usable() {
    let server = Server::start(|request| async move {
        if request.line.ends_with("/support") {
            Reply::Stall(Vec::new())
        } else {
            Reply::json(r#"{"vin":"WBA00000000DEMO03","primarySubscriber":true,"prepared":true}"#)
        }
    })
    .await;
    let bff = client(&server.url());
    tokio::select! {
        _ = bff.support(vin()) => panic!("a stalled server has answered"),
        answer = bff.pairing_status(vin()) => assert!(answer.is_ok(), "{answer:?}"),
    }
    assert!(bff.pairing_status(vin()).await.is_ok());
}

#[tokio::test]
async fn a_head_that_is_too_long_is_no_interruption() {
    let long = failure(|| {
        let head = b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec();
        Reply::Bytes([head, vec![b'x'; 1 << 20], b"\r\n\r\n".to_vec()].concat())
    })
    .await;
    assert_eq!(long.kind(), BffErrorKind::Malformed, "{long:?}");
    assert!(!long.is_retryable());
    assert!(std::error::Error::source(&long).unwrap().to_string().contains("too large"));
}
