//! The violations that the check finds in a careless client.

use std::time::Duration;

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword, async_trait,
};
use digital_key_testkit::hostile::{BadAnswer, HostileServer, check};
use reqwest::{Client, Method};
use serde_json::Value;

/// A client that follows every redirect, trusts every certificate, waits without end, accepts every
/// status and every content type, and replaces invalid answers by defaults.
struct Careless {
    client: Client,
    base_url: String,
}

impl Careless {
    fn new(base_url: &str) -> Self {
        // For the certificates; without the feature there is no TLS to be careless about.
        #[cfg(feature = "rustls")]
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder();
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let client = client.tls_danger_accept_invalid_certs(true);
        Self { client: client.build().unwrap(), base_url: base_url.to_owned() }
    }

    async fn ask(
        &self,
        operation: BffOperation,
        vin: Vin,
        method: Method,
        endpoint: &str,
    ) -> Result<Value, BffError> {
        let url = format!("{}/vehicles/{}/digital-key/{endpoint}", self.base_url, vin.as_str());
        let interrupted = |error: reqwest::Error| {
            BffError::new(operation, BffErrorKind::Interrupted).with_source(error)
        };
        let response = self.client.request(method, url).send().await.map_err(interrupted)?;
        let body = response.bytes().await.map_err(interrupted)?;
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}

#[async_trait]
impl Bff for Careless {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        let answer = self.ask(BffOperation::Support, vin, Method::GET, "support").await?;
        let activated = answer["digitalKey"]["state"].as_str() == Some("ACTIVATED");
        Ok(SupportAnswer::Known(if activated {
            Support::Supported { upgrade_required: true }
        } else {
            Support::NotSupported
        }))
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        let operation = BffOperation::PairingStatus;
        let answer = self.ask(operation, vin, Method::GET, "pairing-status").await?;
        let id = answer["ownerKey"]["id"].as_str().and_then(|id| id.try_into().ok());
        Ok(PairingStatus {
            owner_key: id.map(|id| ReportedKey { id, tracked: true }),
            primary_subscriber: answer["primarySubscriber"].as_bool().unwrap_or(false),
            prepared: answer["prepared"].as_bool().unwrap_or(true),
        })
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        _: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        let operation = BffOperation::PairingPassword;
        let answer = self.ask(operation, vin, Method::POST, "pairing-password").await?;
        Ok(answer["password"].as_str().and_then(|text| PairingPassword::parse(text).ok()))
    }
}

#[tokio::test]
async fn the_check_finds_what_a_careless_client_does() {
    let found = [
        (BadAnswer::Silent, "longer than"),
        (BadAnswer::SlowBody, "longer than"),
        (BadAnswer::Truncated, "whole VIN"),
        (BadAnswer::HalfJson, "is Known(NotSupported)"),
        (BadAnswer::NotJson, "is Known(NotSupported)"),
        (BadAnswer::WrongType, "is Known(NotSupported)"),
        (BadAnswer::UnknownEnumValue, "not Unknown"),
        (BadAnswer::MissingField, "ended in Answer"),
        (BadAnswer::DuplicateKey, "is Known(NotSupported)"),
        (BadAnswer::BadUtf8, "is Known(NotSupported)"),
        (BadAnswer::Empty, "is Known(NotSupported)"),
        (BadAnswer::NoContent, "is Known(NotSupported)"),
        (BadAnswer::RedirectToAnotherHost, "followed to another host"),
        (BadAnswer::RedirectLoop, "whole VIN"),
        (BadAnswer::Status(401), "ended in Answer"),
        (BadAnswer::Status(404), "ended in Answer"),
        (BadAnswer::Status(503), "ended in Answer"),
        (BadAnswer::WrongContentType, "ended in Answer"),
        (BadAnswer::ConnectionRefused, "whole VIN"),
        (BadAnswer::Reset, "whole VIN"),
        (BadAnswer::SelfSigned, "ended in Answer"),
        (BadAnswer::AnotherVin, "ended in Answer"),
    ];
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    let tried = found.into_iter().filter(|(answer, _)| has_tls || !answer.needs_tls());
    let checks = tried.map(|(answer, expected)| async move {
        let server = HostileServer::start(answer).unwrap();
        let careless = Careless::new(server.base_url());
        let violation = check(&server, &careless, Duration::from_millis(100), &[]).await;
        let violation = violation.expect_err(&format!("{answer:?} goes unnoticed")).to_string();
        assert!(violation.contains(expected), "{answer:?}: {violation}");
    });
    for check in checks.map(tokio::spawn).collect::<Vec<_>>() {
        check.await.unwrap();
    }
}
