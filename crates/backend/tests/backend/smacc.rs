//! The SmAcc service over real HTTP, called directly.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::common::{TestBackend, VIN, send};

fn request(backend: &TestBackend, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", backend.services.smacc_url());
    backend.http.request(method, url).bearer_auth("a-token")
}

#[tokio::test]
async fn the_answer_about_a_vehicle_has_no_password() {
    let backend = TestBackend::start().await;
    let path = format!("/vehicles/{VIN}");
    let mut answer = send(request(&backend, Method::GET, &path)).await.json();
    assert_eq!(answer["digitalKey"].take()["state"], "ACTIVATED");
    assert_eq!(answer, json!({"digitalKey": null, "primarySubscriber": true, "prepared": true}));
}

#[tokio::test]
async fn one_password_is_issued_for_each_idempotency_key() {
    let backend = TestBackend::start().await;
    let path = format!("/vehicles/{VIN}/pairing-passwords");
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = request(&backend, Method::POST, &path);
        let answer = send(request.header("Idempotency-Key", "key-1")).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answers.push(answer.json());
    }
    assert_eq!(answers[0], answers[1]);
    let without_key = send(request(&backend, Method::POST, &path)).await;
    without_key.problem(400, "invalid-request");
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let backend = TestBackend::start().await;
    let unknown = "/vehicles/WBA00000000DEMO04";
    for (method, path, status, name) in [
        (Method::GET, unknown, 404, "unknown-vehicle"),
        (Method::GET, "/vehicles/x", 400, "invalid-vin"),
        (Method::GET, "/nothing", 404, "unknown-route"),
        (Method::DELETE, unknown, 405, "method-not-allowed"),
    ] {
        let answer = send(request(&backend, method, path)).await;
        answer.problem(status, name);
    }
    let url = format!("{}{unknown}", backend.services.smacc_url());
    let without_token = send(backend.http.get(url)).await;
    without_token.problem(401, "unauthorized");
}
