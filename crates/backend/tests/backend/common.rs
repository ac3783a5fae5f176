//! A running backend with an HTTP client, for the tests of this folder.

use std::time::Duration;

use digital_key_backend::{Backend, BackendConfig, Control, Endpoint, Vehicle};
use digital_key_domain::Vin;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::time::{sleep, timeout};

pub(crate) const VIN: &str = "WBA00000000DEMO03";

pub(crate) fn vin() -> Vin {
    VIN.parse().unwrap()
}

/// An answer of a service.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// Returns the problem document, checked for what every problem has.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, name: &str) -> Value {
        let problem = self.json();
        assert_eq!(self.status.as_u16(), status, "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:digital-key:problem:{name}"), "{problem}");
        for text in ["title", "detail"] {
            assert!(!problem[text].as_str().unwrap().is_empty(), "{text}");
        }
        assert!(!self.body.contains(VIN), "GEN-6: {problem}");
        problem
    }
}

/// The running services, with one vehicle that has the defaults.
pub(crate) struct TestBackend {
    pub(crate) services: Backend,
    pub(crate) control: Control,
    pub(crate) http: Client,
}

impl TestBackend {
    pub(crate) async fn start() -> Self {
        Self::start_with(BackendConfig::default()).await
    }

    pub(crate) async fn start_with(config: BackendConfig) -> Self {
        let services = Backend::start(config).await.unwrap();
        services.control().put_vehicle(vin(), Vehicle::default()).unwrap();
        Self::with(services)
    }

    /// Takes running services as they are.
    pub(crate) fn with(services: Backend) -> Self {
        let control = services.control().clone();
        // When another crate enables TLS in reqwest, a client needs a provider. An error means that
        // there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { services, control, http: Client::builder().no_proxy().build().unwrap() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.services.bff_url());
        self.http.request(method, url).bearer_auth("a-token")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// Asks the BFF's operations listener.
    pub(crate) async fn operations(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.services.operations_url());
        send(self.http.get(url)).await
    }

    /// Returns a request to an endpoint, as a client makes it.
    pub(crate) fn request_for(&self, endpoint: Endpoint) -> RequestBuilder {
        let (method, name) = match endpoint {
            Endpoint::Support => (Method::GET, "support"),
            Endpoint::Status => (Method::GET, "pairing-status"),
            Endpoint::Password => (Method::POST, "pairing-password"),
        };
        self.request(method, &format!("/vehicles/{VIN}/digital-key/{name}"))
            .header("Idempotency-Key", "a-key")
    }

    /// Sends a request to the control interface; an empty `body` sends none.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &str) -> Answer {
        let url = format!("{}{path}", self.services.control_url());
        send(self.http.request(method, url).body(body.to_owned())).await
    }

    /// Waits until this many answers are held back.
    pub(crate) async fn held(&self, count: usize) {
        let mut held = self.control.held();
        let reached = held.wait_for(|held| *held == count);
        timeout(LIMIT, reached).await.unwrap().unwrap();
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}

/// Waits until a condition holds, and fails the test after [`LIMIT`].
pub(crate) async fn eventually(mut condition: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !condition().await {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LIMIT, wait).await.unwrap();
}

/// How long a test waits before it fails.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);
