//! What is logged, at every level.

use std::io;
use std::sync::{Arc, Mutex};

use digital_key_backend::{Endpoint, Fault, Password, PasswordSource, VehicleChange};
use reqwest::Method;
use tracing_subscriber::filter::LevelFilter;

use crate::common::{VIN, World, send, vin};

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
    // For this thread, which is where the services of this test run.
    let _guard = tracing::subscriber::set_default(subscriber);

    let world = World::start().await;
    let fixed = PasswordSource::Fixed(Password::parse("86420975").unwrap());
    let change = VehicleChange::Password(fixed);
    world.control.change(vin(), change).unwrap();
    let body = r#"{"password":{"fixed":"86420975"}}"#;
    let path = format!("/vehicles/{VIN}");
    world.control(Method::PATCH, &path, body).await;
    for endpoint in Endpoint::ALL {
        let request = world.ask(endpoint);
        assert_eq!(send(request.header("X-Correlation-Id", "its-own")).await.status, 200);
    }
    world.control.fail(Endpoint::Password, Fault::InternalServerError);
    send(world.ask(Endpoint::Password)).await;
    world.backend.shutdown().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [
        r#"route="/vehicles/{vin}/digital-key/pairing-password""#,
        "WBA…MO03",
        r#"status="200""#,
        r#"status="500""#,
        "its-own",
    ] {
        assert!(log.contains(expected), "{expected}:\n{log}");
    }
    for secret in ["86420975", "a-token", VIN] {
        assert!(!log.contains(secret), "{secret}:\n{log}");
    }
}
