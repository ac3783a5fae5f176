//! The control interface over HTTP.

use std::collections::BTreeMap;

use digital_key_backend::{
    Backend, BackendConfig, BackendError, DigitalKeyObject, Endpoint, Fault, OwnerKey,
    PasswordSource, Vehicle, VehicleChange, VehicleError,
};
use digital_key_domain::{DigitalKeyId, Vin};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{TestBackend, VIN, send, vin};

#[tokio::test]
async fn a_vehicle_is_added_changed_and_listed() {
    let backend = TestBackend::start().await;
    let other = "/vehicles/WBA00000000DEMO04";
    backend
        .control(Method::PATCH, other, r#"{"prepared":false}"#)
        .await
        .problem(404, "unknown-vehicle");
    for (method, body) in [
        (Method::PUT, ""),
        (Method::PATCH, r#"{"digitalKey":null}"#),
        (Method::PATCH, r#"{"ownerKey":{"id":"key-1","tracked":false}}"#),
        (Method::PATCH, r#"{"tracked":true}"#),
        (Method::PATCH, r#"{"prepared":false}"#),
        (Method::PATCH, r#"{"primarySubscriber":false}"#),
        (Method::PATCH, r#"{"password":{"fixed":"12345678"}}"#),
    ] {
        let answer = backend.control(method, other, body).await;
        assert_eq!(answer.status, 204, "{body}");
    }
    let expected = json!({
        "vin": "WBA00000000DEMO04",
        "ownerKey": {"id": "key-1", "tracked": true},
        "prepared": false,
        "primarySubscriber": false,
        "password": "fixed",
    });
    assert_eq!(backend.control(Method::GET, other, "").await.json(), expected);
    let all = backend.control(Method::GET, "/vehicles", "").await.json();
    assert_eq!(all[0]["vin"], VIN);
    assert_eq!(all[0]["password"], "random");
    assert_eq!(all[1], expected);

    for body in
        [r#"{"ownerKey":null}"#, r#"{"password":"none"}"#, r#"{"digitalKey":{"state":  "NEW"}}"#]
    {
        let answer = backend.control(Method::PATCH, other, body).await;
        assert_eq!(answer.status, 204, "{body}");
    }
    let vehicle = backend.control.vehicle("WBA00000000DEMO04".parse().unwrap());
    let vehicle = vehicle.unwrap();
    assert_eq!(vehicle.owner_key, None);
    assert_eq!(vehicle.password, PasswordSource::None);
    assert_eq!(vehicle.digital_key.unwrap().as_str(), r#"{"state":  "NEW"}"#);

    let reset = backend.control(Method::PUT, other, "").await;
    assert_eq!(reset.status, 204);
    let vehicle = backend.control(Method::GET, other, "").await.json();
    assert_eq!(vehicle["prepared"], true);
    assert_eq!(vehicle["digitalKey"]["state"], "ACTIVATED");
}

#[tokio::test]
async fn an_invalid_change_is_a_problem_that_does_not_repeat_it() {
    let backend = TestBackend::start().await;
    let vehicle = format!("/vehicles/{VIN}");
    let too_long = format!(r#"{{"digitalKey":"{}"}}"#, "x".repeat(16 * 1024));
    for (body, hint) in [
        ("", "EOF"),
        ("nonsense", "line 1"),
        ("{}", "expected value"),
        (r#"{"colour":"purple"}"#, "expected one of"),
        (r#"{"prepared":"secret"}"#, "expected a boolean, at prepared"),
        (r#"{"prepared":true,"tracked":true}"#, "line 1"),
        (r#"{"prepared":true} {}"#, "trailing characters"),
        (r#"{"password":{"fixed":"secret"}}"#, "8 decimal digits"),
        (r#"{"password":{"fixed":12345678}}"#, "expected a string"),
        (r#"{"ownerKey":{"id":"","tracked":true}}"#, "empty"),
        (r#"{"ownerKey":{"id":"key-1"}}"#, "missing field `tracked`"),
        (&too_long, "more than 16384 bytes"),
    ] {
        let answer = backend.control(Method::PATCH, &vehicle, body).await;
        let problem = answer.problem(400, "invalid-request");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(hint), "{body}: {detail}");
        for content in ["secret", "12345678", "xxx", "purple"] {
            assert!(!detail.contains(content), "{body}: {detail}");
        }
    }
    let answer = backend.control(Method::PATCH, &vehicle, r#"{"tracked":true}"#).await;
    answer.problem(409, "conflict");
    let body = " ".repeat(64 * 1024 + 1);
    let answer = backend.control(Method::PATCH, &vehicle, &body).await;
    answer.problem(413, "too-large");
    let answer = backend.control(Method::PATCH, "/vehicles/x", "").await;
    answer.problem(400, "invalid-vin");
    backend.control(Method::GET, "/x", "").await.problem(404, "unknown-route");
    backend.control(Method::POST, &vehicle, "").await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_reset_undoes_every_change() {
    let vehicles = BTreeMap::from([(vin(), Vehicle { prepared: false, ..Vehicle::default() })]);
    let config = BackendConfig { vehicles, ..BackendConfig::default() };
    let services = Backend::start(config).await.unwrap();
    let backend = TestBackend::with(services);
    let before = backend.control(Method::GET, "/vehicles", "").await.json();
    assert_eq!(before[0]["prepared"], false);
    let password = async || send(backend.request_for(Endpoint::Password)).await.json();
    let issued = password().await;
    assert_eq!(password().await, issued);

    backend.control(Method::PATCH, &format!("/vehicles/{VIN}"), r#"{"prepared":true}"#).await;
    backend.control(Method::PUT, "/vehicles/WBA00000000DEMO04", "").await;
    backend.control(Method::PUT, "/tracked-after", r#"{"milliseconds":0}"#).await;
    backend.control(Method::PUT, "/endpoints/support/fault", r#"{"fault":"503"}"#).await;
    backend.control(Method::PUT, "/endpoints/status/hold", "").await;
    let held = tokio::spawn(send(backend.request_for(Endpoint::Status)));
    backend.held(1).await;
    assert_eq!(backend.control(Method::DELETE, "/changes", "").await.status, 204);

    assert_eq!(held.await.unwrap().status, 200);
    assert_eq!(backend.control(Method::GET, "/vehicles", "").await.json(), before);
    let endpoints = backend.control(Method::GET, "/endpoints", "").await.json();
    for endpoint in endpoints.as_array().unwrap() {
        assert_eq!((&endpoint["fault"], &endpoint["holding"]), (&Value::Null, &json!(false)));
    }
    assert_ne!(password().await, issued, "two random passwords of 8 digits");
    let key = OwnerKey { id: DigitalKeyId::try_from("key-1").unwrap(), tracked: false };
    backend.control.change(vin(), VehicleChange::OwnerKey(Some(key))).unwrap();
    assert!(!backend.control.vehicle(vin()).unwrap().owner_key.unwrap().tracked);
}

#[tokio::test]
async fn endpoints_fail_hold_answers_back_and_count_requests() {
    let backend = TestBackend::start().await;
    for fault in Fault::ALL {
        let body = json!({"fault": fault.to_string()}).to_string();
        let path = "/endpoints/password/fault";
        assert_eq!(backend.control(Method::PUT, path, &body).await.status, 204);
        assert_eq!(backend.control.endpoint(Endpoint::Password).fault, Some(fault));
    }
    let body = r#"{"fault":"503"}"#;
    backend.control(Method::PUT, "/endpoints/support/fault", body).await;
    backend.control(Method::PUT, "/endpoints/status/hold", "").await;
    assert_eq!(send(backend.request_for(Endpoint::Support)).await.status, 503);
    let held = tokio::spawn(send(backend.request_for(Endpoint::Status)));
    backend.held(1).await;
    let state = |endpoint: &str, requests: u64, fault: Value, held: usize| {
        let holding = held > 0;
        json!({
            "endpoint": endpoint,
            "requests": requests,
            "fault": fault,
            "holding": holding,
            "held": held,
        })
    };
    let answer = backend.control(Method::GET, "/endpoints", "").await.json();
    assert_eq!(
        answer,
        json!([
            state("support", 1, json!("503"), 0),
            state("status", 1, Value::Null, 1),
            state("password", 0, json!("empty"), 0),
        ])
    );
    backend.control(Method::DELETE, "/endpoints/support/fault", "").await;
    assert_eq!(backend.control.endpoint(Endpoint::Support).fault, None);
    backend.control(Method::DELETE, "/faults", "").await;
    assert_eq!(backend.control.endpoint(Endpoint::Password).fault, None);
    assert!(backend.control.endpoint(Endpoint::Status).holding);
    backend.control(Method::DELETE, "/endpoints/status/hold", "").await;
    assert_eq!(held.await.unwrap().status, 200);

    for (path, body, status, name) in [
        ("/endpoints/nothing/fault", body, 404, "unknown-route"),
        ("/endpoints/support/fault", r#"{"fault":"502"}"#, 400, "invalid-request"),
        ("/endpoints/support/fault", r#"{}"#, 400, "invalid-request"),
    ] {
        backend.control(Method::PUT, path, body).await.problem(status, name);
    }
}

#[tokio::test]
async fn a_key_becomes_tracked_after_the_time_that_is_set() {
    let backend = TestBackend::start().await;
    let key = OwnerKey { id: DigitalKeyId::try_from("key-1").unwrap(), tracked: false };
    let change = VehicleChange::OwnerKey(Some(key));
    backend.control.change(vin(), change).unwrap();
    let tracked = async || {
        let status = send(backend.request_for(Endpoint::Status)).await.json();
        status["ownerKey"]["tracked"].as_bool().unwrap()
    };
    assert!(!tracked().await);
    for (body, becomes_tracked) in [
        (r#"{"milliseconds":0}"#, true),
        (r#"{"milliseconds":3600000}"#, false),
        (r#"{"milliseconds":null}"#, false),
    ] {
        let answer = backend.control(Method::PUT, "/tracked-after", body).await;
        assert_eq!(answer.status, 204);
        assert_eq!(tracked().await, becomes_tracked, "{body}");
    }
    for body in ["", "5", r#"{"seconds":5}"#, r#"{"milliseconds":-1}"#] {
        let answer = backend.control(Method::PUT, "/tracked-after", body).await;
        answer.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn the_number_of_vehicles_is_limited() {
    let backend = TestBackend::start().await;
    let nth = |n: usize| -> Vin { format!("{n:017}").parse().unwrap() };
    for n in 1..1000 {
        backend.control.put_vehicle(nth(n), Vehicle::default()).unwrap();
    }
    let error = backend.control.put_vehicle(nth(1000), Vehicle::default());
    let (vin, limit) = (nth(1000), 1000);
    assert_eq!(error, Err(VehicleError::TooMany { vin, limit }));
    backend.control.put_vehicle(nth(1), Vehicle::default()).unwrap();
    assert_eq!(backend.control.vehicles().len(), 1000);
    let answer = backend.control(Method::PUT, "/vehicles/00000000000001000", "").await;
    answer.problem(409, "conflict");
    let vehicles = (0..=1000).map(|n| (nth(n), Vehicle::default())).collect();
    let error = Backend::start(BackendConfig { vehicles, ..BackendConfig::default() }).await;
    assert!(matches!(error.err(), Some(BackendError::Vehicles(VehicleError::TooMany { .. }))));
}

#[test]
fn a_digital_key_object_is_json_of_limited_length() {
    assert!(DigitalKeyObject::parse("[1, 2]").is_ok());
    for text in ["", "absent", "{", "{} {}", &"[".repeat(100_000)] {
        let error = DigitalKeyObject::parse(text).unwrap_err().to_string();
        assert!(error.contains("line 1") && error.len() < 200, "{error}");
    }
    let error = DigitalKeyObject::parse(&format!("\"{}\"", "x".repeat(16 * 1024)));
    assert!(error.unwrap_err().to_string().contains("16384 bytes"));
}
