//! What the services log, at every level.

use std::io;
use std::sync::{Arc, Mutex};

use digital_key_backend::{Endpoint, Fault, Password, PasswordSource, VehicleChange};
use reqwest::Method;
use tracing_subscriber::filter::LevelFilter;

use crate::common::{TestBackend, VIN, send, vin};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn gen_6_logs_hold_no_password_no_token_and_no_whole_vin() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // The services of this test run on this thread.
    let _guard = tracing::subscriber::set_default(subscriber);

    let backend = TestBackend::start().await;
    let fixed = PasswordSource::Fixed(Password::parse("86420975").unwrap());
    let change = VehicleChange::Password(fixed);
    backend.control.change(vin(), change).unwrap();
    let body = r#"{"password":{"fixed":"86420975"}}"#;
    let path = format!("/vehicles/{VIN}");
    backend.control(Method::PATCH, &path, body).await;
    for endpoint in Endpoint::ALL {
        let request = backend.request_for(endpoint);
        assert_eq!(send(request.header("X-Correlation-Id", "its-own")).await.status, 200);
    }
    backend.control.fail(Endpoint::Password, Fault::InternalServerError);
    send(backend.request_for(Endpoint::Password)).await;
    backend.services.shutdown().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [
        r#"route="/vehicles/{vin}/digital-key/pairing-password""#,
        "WBA…MO03",
        "status=200",
        "status=500",
        "its-own",
    ] {
        assert!(log.contains(expected), "{expected}:\n{log}");
    }
    for secret in ["86420975", "a-token", VIN] {
        assert!(!log.contains(secret), "{secret}:\n{log}");
    }
}
