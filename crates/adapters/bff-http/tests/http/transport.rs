//! The rules that the client keeps above any transport.

use std::future::pending;
use std::sync::{Arc, Mutex};

use digital_key_bff_http::http::{HeaderMap, HeaderValue, Method};
use digital_key_bff_http::{
    HttpBff, HttpRequest, HttpResponse, HttpTransport, TransportError, TransportErrorKind,
};
use digital_key_ports::{Bff, BffError, BffErrorKind, IdempotencyKey, async_trait};

use crate::server::{PATIENT, SOON, TOKEN, VIN, static_token, vin};

/// A transport that answers every request in this way, and keeps the requests.
struct Scripted<F> {
    answer: F,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

#[async_trait]
impl<F> HttpTransport for Scripted<F>
where
    F: Fn() -> Option<Result<HttpResponse, TransportError>> + Send + Sync,
{
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.requests.lock().unwrap().push(request);
        match (self.answer)() {
            Some(answer) => answer,
            None => pending().await,
        }
    }
}

/// Makes a client of this transport, and returns the requests that it will send.
fn through(
    answer: impl Fn() -> Option<Result<HttpResponse, TransportError>> + Send + Sync + 'static,
) -> (HttpBff, Arc<Mutex<Vec<HttpRequest>>>) {
    let requests = Arc::<Mutex<Vec<HttpRequest>>>::default();
    let transport = Scripted { answer, requests: Arc::clone(&requests) };
    let bff = HttpBff::builder("https://bff.example.com/api")
        .token_provider(static_token())
        .deadlines(PATIENT.with_total(SOON))
        .header("X-Api-Key", "a-secret-of-the-host")
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    (bff, requests)
}

fn ok(content_type: &'static str, body: &str) -> HttpResponse {
    let content_type = HeaderValue::from_static(content_type);
    let headers = HeaderMap::from_iter([("content-type".parse().unwrap(), content_type)]);
    HttpResponse::new(200, headers, body.as_bytes().to_vec())
}

async fn failure(
    answer: impl Fn() -> Option<Result<HttpResponse, TransportError>> + Send + Sync + 'static,
) -> BffError {
    through(answer).0.support(vin()).await.unwrap_err()
}

#[tokio::test]
async fn a_request_has_all_headers_and_limits() {
    let body = format!(r#"{{"vin":"{VIN}","password":"12345678"}}"#);
    let (bff, requests) = through(move || Some(Ok(ok("application/json", &body))));
    bff.pairing_password(vin(), IdempotencyKey::new("try-1").unwrap()).await.unwrap();
    let request = requests.lock().unwrap().remove(0);
    assert_eq!(request.method, Method::POST);
    assert!(request.url.starts_with("https://bff.example.com/api/vehicles/"), "{}", request.url);
    assert_eq!((request.body_limit, request.deadlines.total), (65537, SOON));
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(request.headers["accept-encoding"], "identity");
    assert_eq!(request.headers["idempotency-key"], "try-1");
    assert_eq!(request.headers["x-api-key"], "a-secret-of-the-host");
    for name in ["user-agent", "x-correlation-id", "traceparent", "accept"] {
        assert!(request.headers.contains_key(name), "{name}");
    }
    let debug = format!("{request:?} {:?}", request.headers);
    for secret in [VIN, TOKEN, "a-secret-of-the-host"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}

#[tokio::test]
async fn each_phase_has_its_kind() {
    use TransportErrorKind::{Broken, Cancelled, Connect, TimedOut, Tls, TooLarge};
    for (phase, kind) in [
        (Connect, BffErrorKind::Unreachable),
        (Tls, BffErrorKind::Unreachable),
        (TimedOut, BffErrorKind::DeadlineExceeded),
        (Broken, BffErrorKind::Interrupted),
        (Cancelled, BffErrorKind::Interrupted),
        (TooLarge, BffErrorKind::Malformed),
    ] {
        let error = failure(move || Some(Err(TransportError::new(phase)))).await;
        assert_eq!(error.kind(), kind, "{phase:?}");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), phase.to_string());
    }
}

#[tokio::test]
async fn gen_6_a_cause_with_a_secret_is_left_out() {
    for secret in [VIN, TOKEN, "a-secret-of-the-host"] {
        let error = failure(move || {
            let cause = format!("no route for {secret}");
            Some(Err(TransportError::new(TransportErrorKind::Connect).with_source(cause)))
        })
        .await;
        assert_eq!(error.kind(), BffErrorKind::Unreachable);
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
    let harmless = failure(|| {
        Some(Err(TransportError::new(TransportErrorKind::Connect).with_source("no route")))
    });
    assert!(format!("{:?}", harmless.await).contains("no route"));
}

#[tokio::test]
async fn a_careless_transport_does_not_weaken_the_client() {
    // It never answers.
    assert_eq!(failure(|| None).await.kind(), BffErrorKind::DeadlineExceeded);
    // It passes on what is no answer.
    let html = failure(|| Some(Ok(ok("text/html", "{}")))).await;
    let long = failure(|| Some(Ok(ok("application/json", &" ".repeat(65537))))).await;
    for error in [html, long] {
        assert_eq!(error.kind(), BffErrorKind::Malformed, "{error:?}");
    }
    let redirect = failure(|| Some(Ok(HttpResponse::new(307, HeaderMap::new(), Vec::new())))).await;
    assert_eq!(redirect.kind(), BffErrorKind::Status { status: 307, wait: None });
    let impossible = failure(|| Some(Ok(HttpResponse::new(0, HeaderMap::new(), Vec::new())))).await;
    assert_eq!(impossible.kind(), BffErrorKind::Status { status: 0, wait: None });
}

#[test]
fn the_debug_of_a_response_shows_no_body() {
    let response = ok("application/json", "8765432x");
    assert!(!format!("{response:?}").contains("8765432x"));
}
