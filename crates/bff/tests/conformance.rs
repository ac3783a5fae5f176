//! The adapter of this crate keeps the contract of `SmAccService`, and the suite finds an adapter that
//! does not.
#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use digital_key_bff::config::{BaseUrl, Config};
use digital_key_bff::conformance::{Dialect, Situation, check};
use digital_key_bff::smacc::{HttpSmAcc, SmAccService};
use serde_json::{Value, json};

/// The dialect that this project documents.
struct Own;

impl Dialect for Own {
    fn adapter(&self, url: &str, deadline: Duration) -> Arc<dyn SmAccService> {
        let upstream = BaseUrl::parse(url);
        let config = Config { upstream, upstream_deadline: deadline, ..Config::default() };
        Arc::new(HttpSmAcc::new(&config).unwrap())
    }

    fn answer(&self, situation: &Situation) -> Response<Bytes> {
        let (status, wait, body) = match situation {
            Situation::Vehicle { digital_key, owner_key, primary_subscriber, prepared } => {
                let mut members = vec![
                    format!(r#""primarySubscriber":{primary_subscriber}"#),
                    format!(r#""prepared":{prepared}"#),
                ];
                members.extend(digital_key.map(|text| format!(r#""digitalKey":{text}"#)));
                if let Some(key) = owner_key {
                    members.push(format!(r#""ownerKey":{}"#, serde_json::to_string(key).unwrap()));
                }
                (StatusCode::OK, None, format!("{{{}}}", members.join(",")))
            }
            Situation::Password(Some(password)) => {
                (StatusCode::OK, None, json!({ "password": password }).to_string())
            }
            Situation::Password(None) => {
                (StatusCode::OK, None, Value::Object(Default::default()).to_string())
            }
            Situation::UnknownVehicle => (StatusCode::NOT_FOUND, None, String::new()),
            Situation::RefusedToken => (StatusCode::UNAUTHORIZED, None, String::new()),
            Situation::StillWorkedOn(wait) => (StatusCode::CONFLICT, Some(wait), String::new()),
            Situation::TooManyRequests(wait) => {
                (StatusCode::TOO_MANY_REQUESTS, Some(wait), String::new())
            }
            Situation::Unavailable(wait) => {
                (StatusCode::SERVICE_UNAVAILABLE, Some(wait), String::new())
            }
            Situation::Failure(text) => {
                (StatusCode::INTERNAL_SERVER_ERROR, None, (*text).to_owned())
            }
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        if let Some(wait) = wait {
            response.headers_mut().insert("retry-after", HeaderValue::from(wait.as_secs()));
        }
        response
    }
}

#[tokio::test]
async fn the_adapter_of_this_crate_conforms() {
    if let Err(violations) = check(&Own).await {
        panic!("{violations}");
    }
}

/// A service whose answers differ from what the suite expects: as if the adapter lost them.
struct Lossy;

impl Dialect for Lossy {
    fn adapter(&self, url: &str, deadline: Duration) -> Arc<dyn SmAccService> {
        // Later than the suite allows, and still within the time of a test.
        Own.adapter(url, deadline.max(Duration::from_secs(4)))
    }

    fn answer(&self, situation: &Situation) -> Response<Bytes> {
        let mut response = Own.answer(situation);
        response.headers_mut().remove("retry-after");
        if response.status() == StatusCode::NOT_FOUND {
            *response.status_mut() = StatusCode::OK;
        }
        response
    }

    fn token(&self, _: &axum::http::Request<Bytes>) -> Option<String> {
        None
    }

    fn idempotency_key(&self, _: &axum::http::Request<Bytes>) -> Option<String> {
        None
    }
}

#[tokio::test]
async fn an_adapter_that_loses_something_is_found() {
    let violations = check(&Lossy).await.unwrap_err().to_string();
    for case in [
        "token_correlation_and_trace_are_passed_on",
        "the_idempotency_key_is_passed_on",
        "each_refusal_has_its_error",
        "a_wait_that_is_asked_for_arrives",
        "a_call_ends_within_its_deadline",
    ] {
        assert!(violations.contains(case), "{case}:\n{violations}");
    }
    assert!(!violations.contains("a_vehicle_arrives_unchanged"), "{violations}");
}
