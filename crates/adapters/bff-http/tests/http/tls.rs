//! Failures before there is a connection that can be trusted.

use digital_key_bff_http::{Deadlines, HttpBff};
use digital_key_ports::{Bff, BffErrorKind, BffOperation};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{PATIENT, Reply, SOON, Server, client, client_with, static_token, vin};

/// Deadlines with a short one for the connection.
const CONNECT_SOON: Deadlines = PATIENT.with_connect(SOON);

async fn assert_unreachable(bff: HttpBff) {
    let error = bff.support(vin()).await.unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::Unreachable, "{error:?}");
    assert_eq!(error.operation(), BffOperation::Support);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_not_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await
    });
    assert_unreachable(client(&url)).await;
}

#[tokio::test]
async fn a_connection_that_takes_too_long_did_not_reach_the_backend() {
    // The server waits for an HTTP request and never answers the start of TLS.
    let server = Server::always(|| Reply::Stall(Vec::new())).await;
    let url = format!("https://{}", server.address());
    assert_unreachable(client_with(&url, static_token(), CONNECT_SOON)).await;
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_name_that_does_not_exist_did_not_reach_the_backend() {
    let url = "https://bff.invalid";
    assert_unreachable(client_with(url, static_token(), CONNECT_SOON)).await;
}
