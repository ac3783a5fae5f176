//! Starting and stopping the services, and keys that become tracked with time.

use std::error::Error as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use digital_key_backend::{Backend, BackendConfig, BackendError, Endpoint, Fault, OwnerKey};
use digital_key_backend::{Service, VehicleChange};
use digital_key_domain::DigitalKeyId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{advance, timeout};

use crate::common::{LIMIT, TestBackend, send, vin};

fn address(url: &str) -> SocketAddr {
    url.strip_prefix("http://").unwrap().parse().unwrap()
}

async fn assert_refused(url: &str) {
    let error = TcpStream::connect(address(url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{url}");
}

fn urls(backend: &Backend) -> [String; 4] {
    [backend.smacc_url(), backend.bff_url(), backend.control_url(), backend.operations_url()]
}

#[tokio::test]
async fn the_error_for_an_address_in_use_names_service_and_address() {
    let backend = Backend::start(BackendConfig::default()).await.unwrap();
    let taken = address(&backend.bff_url());
    for expected in [Service::Smacc, Service::Bff, Service::Operations, Service::Control] {
        let mut config = BackendConfig::default();
        match expected {
            Service::Smacc => config.smacc = taken,
            Service::Bff => config.bff = taken,
            Service::Operations => config.operations = taken,
            Service::Control => config.control = taken,
        }
        let error = Backend::start(config).await.err().unwrap();
        assert!(error.to_string().contains(&taken.to_string()), "{error}");
        assert!(error.to_string().contains(&expected.to_string()), "{error}");
        assert!(error.source().is_some());
        assert!(matches!(
            error,
            BackendError::Bind { service, address, .. }
                if service == expected && address == taken
        ));
    }
}

#[tokio::test]
async fn shutdown_waits_for_requests_and_closes_every_port() {
    let backend = TestBackend::start().await;
    let urls = urls(&backend.services);
    backend.control.hold(Endpoint::Support);
    let held = tokio::spawn(send(backend.request_for(Endpoint::Support)));
    backend.held(1).await;
    let shutdown = tokio::spawn(backend.services.shutdown());
    // The shutdown has begun once the BFF does not listen any more. The answer still arrives.
    let bff = address(&urls[1]);
    crate::common::eventually(async || TcpStream::connect(bff).await.is_err()).await;
    backend.control.release(Endpoint::Support);
    assert_eq!(held.await.unwrap().status, 200);
    timeout(LIMIT, shutdown).await.unwrap().unwrap();
    for url in &urls {
        assert_refused(url).await;
    }
}

#[tokio::test]
async fn shutdown_drops_requests_that_do_not_end() {
    let backend = TestBackend::start().await;
    let urls = urls(&backend.services);
    backend.control.fail(Endpoint::Support, Fault::Timeout);
    let silent = tokio::spawn(backend.request_for(Endpoint::Support).send());
    let mut half_a_request = TcpStream::connect(address(&urls[1])).await.unwrap();
    half_a_request.write_all(b"GET /hea").await.unwrap();
    crate::common::eventually(async || backend.control.requests(Endpoint::Support) == 1).await;
    timeout(LIMIT, backend.services.shutdown()).await.unwrap();
    assert!(silent.await.unwrap().is_err());
    let ended = half_a_request.read(&mut [0]).await;
    assert!(matches!(ended, Ok(0) | Err(_)));
    for url in &urls {
        assert_refused(url).await;
    }
}

#[tokio::test]
async fn dropping_the_backend_drops_held_requests_at_once() {
    let backend = TestBackend::start().await;
    let urls = urls(&backend.services);
    backend.control.hold(Endpoint::Status);
    let held = tokio::spawn(backend.request_for(Endpoint::Status).send());
    backend.held(1).await;
    drop(backend.services);
    assert!(timeout(LIMIT, held).await.unwrap().unwrap().is_err());
    for url in &urls {
        crate::common::eventually(async || TcpStream::connect(address(url)).await.is_err()).await;
    }
    let mut held = backend.control.held();
    timeout(LIMIT, held.wait_for(|held| *held == 0)).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_key_becomes_tracked_with_time() {
    let after = Duration::from_secs(60);
    let backend = TestBackend::start_with(BackendConfig {
        tracked_after: Some(after),
        ..BackendConfig::default()
    })
    .await;
    let key = OwnerKey { id: DigitalKeyId::try_from("key-1").unwrap(), tracked: false };
    let tracked = || backend.control.vehicle(vin()).unwrap().owner_key.unwrap().tracked;
    let change = VehicleChange::OwnerKey(Some(key));
    backend.control.change(vin(), change).unwrap();
    advance(after - Duration::from_millis(1)).await;
    assert!(!tracked());
    advance(Duration::from_millis(1)).await;
    assert!(tracked());
    // A change to untracked starts its time again.
    let change = VehicleChange::Tracked(false);
    backend.control.change(vin(), change).unwrap();
    assert!(!tracked());
    advance(after).await;
    assert!(tracked());
}

#[test]
fn gen_6_debug_does_not_show_the_token() {
    let config = BackendConfig { token: Some("a-secret".to_owned()), ..BackendConfig::default() };
    let shown = format!("{config:?}");
    assert!(!shown.contains("a-secret") && shown.contains("127.0.0.1:0"), "{shown}");
}
