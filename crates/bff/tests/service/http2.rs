//! HTTP/2: from a client that chooses it in TLS, and to an upstream that speaks it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::http::{Request, Response, StatusCode, Version};
use bytes::Bytes;
use http_body_util::{Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;

use crate::http::{TOKEN, path};
use crate::process::Bff;
use crate::tls::{Authority, client_config};
use crate::upstream::{Reply, Upstream, VEHICLE};

#[tokio::test]
async fn a_client_may_choose_http2() {
    let authority = Authority::new();
    authority.issue("api");
    let upstream = Upstream::start(Reply::VEHICLE);
    let (certificate, key) = (authority.text("api.pem"), authority.text("api.key"));
    let args = ["--tls-certificate-file", &certificate, "--tls-key-file", &key];
    let bff = Bff::start(&upstream.url(), &args);
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(client_config(&authority).as_ref().clone())
        .https_only()
        .enable_all_versions()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let send = || {
        let request = Request::builder()
            .uri(format!("https://{}{}", bff.api, path("support")))
            .header("authorization", format!("Bearer {TOKEN}"));
        client.request(request.body(Empty::new()).unwrap())
    };
    // Until the first answer, the client does not know the version and opens more connections.
    let mut answers = vec![send().await];
    answers.extend(futures_util::future::join_all((0..50).map(|_| send())).await);
    for answer in answers {
        let answer = answer.unwrap();
        assert_eq!((answer.version(), answer.status()), (Version::HTTP_2, StatusCode::OK));
        assert!(answer.headers().contains_key("x-correlation-id"));
    }
    assert_eq!(bff.metric("digital_key_bff_connections"), 1.0, "all share one connection");
}

/// Starts an upstream that speaks both versions, and keeps the versions that it was spoken to in.
async fn upstream_of_both_versions() -> (SocketAddr, Arc<Mutex<Vec<Version>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let versions = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&versions);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let seen = Arc::clone(&seen);
            let service = service_fn(move |request: Request<Incoming>| {
                seen.lock().unwrap().push(request.version());
                async { Ok::<_, std::io::Error>(Response::new(Full::new(Bytes::from(VEHICLE)))) }
            });
            tokio::spawn(async move {
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (address, versions)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_upstream_is_spoken_to_in_the_version_that_is_set() {
    for (protocol, version) in
        [("auto", Version::HTTP_11), ("http1", Version::HTTP_11), ("http2", Version::HTTP_2)]
    {
        let (address, versions) = upstream_of_both_versions().await;
        let answer = tokio::task::spawn_blocking(move || {
            let url = format!("http://{address}");
            Bff::start(&url, &["--upstream-protocol", protocol]).get("support")
        });
        assert_eq!(answer.await.unwrap().status, 200);
        assert!(versions.lock().unwrap().iter().all(|it| *it == version), "{protocol}");
    }
}
