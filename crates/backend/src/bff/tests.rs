//! The BFF in front of services that misbehave.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Upstream, router};
use crate::fault_injection::FaultInjector;
use crate::server::Server;

const VEHICLE: &str = "/vehicles/WBA00000000DEMO03";

async fn serve(app: Router) -> (Server, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener, app).unwrap();
    let url = format!("http://{}", server.address());
    (server, url)
}

/// Returns the BFF's answer to a support request in front of this SmAcc service.
async fn support(smacc: Router, deadline: Duration) -> (StatusCode, Value) {
    let (_smacc, smacc_url) = serve(smacc).await;
    support_from(smacc_url, deadline).await
}

async fn support_from(smacc_url: String, deadline: Duration) -> (StatusCode, Value) {
    let upstream = Upstream::new(smacc_url, deadline).unwrap();
    let (_bff, url) = serve(router(upstream, &FaultInjector::default())).await;
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(format!("{url}{VEHICLE}/digital-key/support"))
        .header("Authorization", "Bearer its-token")
        .header("X-Correlation-Id", "its-id")
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let body = answer.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap())
}

const LONG: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_token_and_the_correlation_id_are_passed_on() {
    let smacc = Router::new().route(
        "/vehicles/{vin}",
        get(|headers: HeaderMap| async move {
            assert_eq!(headers["authorization"], "Bearer its-token");
            assert_eq!(headers["x-correlation-id"], "its-id");
            r#"{"primarySubscriber":true,"prepared":true}"#
        }),
    );
    let (status, answer) = support(smacc, LONG).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer, serde_json::json!({"vin": "WBA00000000DEMO03"}));
}

#[tokio::test]
async fn a_failure_of_the_smacc_service_is_a_bad_gateway_without_details() {
    let too_long = format!(r#"{{"primarySubscriber":true,"x":"{}"}}"#, "x".repeat(70_000));
    for (status, body) in [
        (StatusCode::INTERNAL_SERVER_ERROR, "stack trace"),
        (StatusCode::SERVICE_UNAVAILABLE, "stack trace"),
        (StatusCode::BAD_REQUEST, "stack trace"),
        (StatusCode::FOUND, "stack trace"),
        (StatusCode::OK, "stack trace"),
        (StatusCode::OK, ""),
        (StatusCode::OK, r#"{"primarySubscriber":"stack trace"}"#),
        (StatusCode::OK, &too_long),
    ] {
        let body = body.to_owned();
        let smacc = Router::new().fallback(async move || (status, body));
        let (answered, problem) = support(smacc, LONG).await;
        assert_eq!(answered, StatusCode::BAD_GATEWAY, "{status}");
        assert_eq!(problem["correlationId"], "its-id");
        assert!(!problem.to_string().contains("stack trace"), "{problem}");
    }
}

#[tokio::test]
async fn an_unreachable_smacc_service_is_a_bad_gateway() {
    let (server, url) = serve(Router::new()).await;
    drop(server);
    let (status, problem) = support_from(url.clone(), LONG).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(!problem.to_string().contains(&url["http://".len()..]));
}

#[tokio::test]
async fn a_silent_smacc_service_is_a_gateway_timeout() {
    let smacc = Router::new().fallback(std::future::pending::<()>);
    let (status, problem) = support(smacc, Duration::from_millis(20)).await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(problem["status"], 504);
}

#[tokio::test]
async fn the_smacc_service_decides_about_token_and_vehicle() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND] {
        let (answered, problem) = support(Router::new().fallback(async move || status), LONG).await;
        assert_eq!(answered, status);
        assert!(!problem.to_string().contains("WBA00000000DEMO03"));
    }
}
