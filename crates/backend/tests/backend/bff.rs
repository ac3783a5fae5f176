//! The endpoints of the BFF over real HTTP.

use crate::common::{TestBackend, VIN, send, vin};
use digital_key_backend::{
    BackendConfig, DigitalKeyObject, Endpoint, OwnerKey, Password, PasswordSource, VehicleChange,
};
use digital_key_domain::DigitalKeyId;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn req_5_the_support_answer_has_the_object_as_it_is() {
    let backend = TestBackend::start().await;
    let support = format!("/vehicles/{VIN}/digital-key/support");
    let answer = backend.get(&support).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({
            "vin": VIN,
            "digitalKey": {
                "bookedServicePackage": "SMACC_1_5",
                "isDigitalKeyFirstSupported": false,
                "readerGraphics": "000200000000",
                "state": "ACTIVATED",
                "vehicleSoftwareUpgradeRequired": false,
            },
        })
    );

    // Order, spaces, doubled members and huge numbers reach the client unchanged.
    let odd = r#"{"state": "NEW",  "state":"B", "n":1e999, "é":[null]}"#;
    let object = DigitalKeyObject::parse(odd).unwrap();
    let change = VehicleChange::DigitalKey(Some(object));
    backend.control.change(vin(), change).unwrap();
    assert_eq!(
        backend.get(&support).await.body,
        format!(r#"{{"vin":"{VIN}","digitalKey":{odd}}}"#)
    );

    let absent = VehicleChange::DigitalKey(None);
    backend.control.change(vin(), absent).unwrap();
    assert_eq!(backend.get(&support).await.json(), json!({"vin": VIN}));
}

#[tokio::test]
async fn wel_1_the_status_answer_has_the_current_state_of_the_vehicle() {
    let backend = TestBackend::start().await;
    let status = format!("/vehicles/{VIN}/digital-key/pairing-status");
    assert_eq!(
        backend.get(&status).await.json(),
        json!({"vin": VIN, "primarySubscriber": true, "prepared": true})
    );
    let key = OwnerKey { id: DigitalKeyId::try_from("key-1").unwrap(), tracked: false };
    for change in [
        VehicleChange::OwnerKey(Some(key)),
        VehicleChange::PrimarySubscriber(false),
        VehicleChange::Prepared(false),
    ] {
        backend.control.change(vin(), change).unwrap();
    }
    assert_eq!(
        backend.get(&status).await.json(),
        json!({
            "vin": VIN,
            "ownerKey": {"id": "key-1", "tracked": false},
            "primarySubscriber": false,
            "prepared": false,
        })
    );
    let tracked = VehicleChange::Tracked(true);
    backend.control.change(vin(), tracked).unwrap();
    assert_eq!(backend.get(&status).await.json()["ownerKey"]["tracked"], true);
    let deleted = VehicleChange::OwnerKey(None);
    backend.control.change(vin(), deleted).unwrap();
    assert_eq!(backend.get(&status).await.json().get("ownerKey"), None);
}

async fn password(backend: &TestBackend, key: &str) -> serde_json::Value {
    let path = format!("/vehicles/{VIN}/digital-key/pairing-password");
    let request = backend.request(Method::POST, &path);
    let answer = send(request.header("Idempotency-Key", key)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut answer = answer.json();
    assert_eq!(answer["vin"], VIN);
    answer["password"].take()
}

#[tokio::test]
async fn wel_3_a_password_is_issued_once_for_each_idempotency_key() {
    let backend = TestBackend::start().await;
    let first = password(&backend, "key-1").await;
    assert!(Password::parse(first.as_str().unwrap()).is_ok());
    assert_eq!(password(&backend, "key-1").await, first);
    // By chance, all three are equal once in 10^16 runs.
    let others = [password(&backend, "key-2").await, password(&backend, "key-3").await];
    assert!(others.iter().any(|other| *other != first));
}

#[tokio::test]
async fn wel_3_a_vehicle_can_have_a_fixed_password_or_none() {
    let backend = TestBackend::start().await;
    let fixed = PasswordSource::Fixed(Password::parse("12345678").unwrap());
    let change = VehicleChange::Password(fixed);
    backend.control.change(vin(), change).unwrap();
    assert_eq!(password(&backend, "key-1").await, "12345678");
    let none = VehicleChange::Password(PasswordSource::None);
    backend.control.change(vin(), none).unwrap();
    assert_eq!(password(&backend, "key-2").await, serde_json::Value::Null);
    assert_eq!(
        password(&backend, "key-1").await,
        "12345678",
        "a repeated request gets its first answer again"
    );
}

#[tokio::test]
async fn a_password_needs_an_idempotency_key() {
    let backend = TestBackend::start().await;
    let path = format!("/vehicles/{VIN}/digital-key/pairing-password");
    let without = send(backend.request(Method::POST, &path)).await;
    without.problem(400, "invalid-request");
    for bad in ["", "with space", &"k".repeat(65), "kéy"] {
        let request = backend.request(Method::POST, &path);
        let answer = send(request.header("Idempotency-Key", bad)).await;
        answer.problem(400, "invalid-request");
    }
}

/// Checks that the endpoint refuses this authorization; an empty one sends no header.
async fn assert_unauthorized(backend: &TestBackend, endpoint: Endpoint, authorization: &str) {
    let mut request = backend.request_for(endpoint).build().unwrap();
    request.headers_mut().remove("authorization");
    if !authorization.is_empty() {
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
    }
    let answer = send(reqwest::RequestBuilder::from_parts(backend.http.clone(), request)).await;
    answer.problem(401, "unauthorized");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn every_endpoint_needs_a_bearer_token() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        for header in ["", "Bearer", "Bearer ", "Basic YTpi", "a-token"] {
            assert_unauthorized(&backend, endpoint, header).await;
        }
    }
}

#[tokio::test]
async fn with_a_configured_token_every_other_token_is_refused() {
    let backend = TestBackend::start_with(BackendConfig {
        token: Some("a-token".to_owned()),
        ..BackendConfig::default()
    })
    .await;
    for endpoint in Endpoint::ALL {
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
        assert_unauthorized(&backend, endpoint, "Bearer another").await;
    }
    // The SmAcc service checks the token, too.
    let url = format!("{}/vehicles/{VIN}", backend.services.smacc_url());
    for (token, status) in [("a-token", 200), ("another", 401)] {
        let answer = send(backend.http.get(&url).bearer_auth(token)).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_path_without_a_known_vehicle_is_a_problem() {
    let backend = TestBackend::start().await;
    for (vin, status, name) in [
        ("WBA", 400, "invalid-vin"),
        ("WBA00000000DEM%C3%96", 400, "invalid-vin"),
        ("%FF%FE", 400, "invalid-vin"),
        ("WBA00000000DEMO04", 404, "unknown-vehicle"),
    ] {
        for (method, name_of_endpoint) in [
            (Method::GET, "support"),
            (Method::GET, "pairing-status"),
            (Method::POST, "pairing-password"),
        ] {
            let path = format!("/vehicles/{vin}/digital-key/{name_of_endpoint}");
            let request = backend.request(method, &path);
            let answer = send(request.header("Idempotency-Key", "a-key")).await;
            answer.problem(status, name);
        }
    }
    let lower_case = backend.get("/vehicles/wba00000000demo03/digital-key/support");
    assert_eq!(lower_case.await.json()["vin"], VIN);
}

#[tokio::test]
async fn a_wrong_path_or_method_is_a_problem() {
    let backend = TestBackend::start().await;
    for path in ["/", "/vehicles", "/vehicles/x/digital-key/nothing"] {
        backend.get(path).await.problem(404, "unknown-route");
    }
    let path = format!("/vehicles/{VIN}/digital-key/support");
    let answer = send(backend.request(Method::POST, &path)).await;
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    assert_eq!(backend.control.requests(Endpoint::Support), 0);
}

#[tokio::test]
async fn the_correlation_id_is_the_callers_or_a_new_one() {
    let backend = TestBackend::start().await;
    let request = backend.request_for(Endpoint::Support);
    let answer = send(request.header("X-Correlation-Id", "its-own")).await;
    assert_eq!(answer.header("x-correlation-id"), "its-own");

    let request = backend.request(Method::GET, "/nothing");
    let answer = send(request.header("X-Correlation-Id", "its-own")).await;
    assert_eq!(answer.header("x-correlation-id"), "its-own");
    let problem = answer.problem(404, "unknown-route");
    assert_eq!(problem["correlationId"], "its-own");

    let mut seen = Vec::new();
    for unusable in ["", "with space", &"x".repeat(65)] {
        let request = backend.request(Method::GET, "/nothing");
        let answer = send(request.header("X-Correlation-Id", unusable)).await;
        let id = answer.header("x-correlation-id").to_owned();
        assert_eq!(id.len(), "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".len());
        assert_eq!(answer.json()["correlationId"], id.as_str());
        assert!(!seen.contains(&id));
        seen.push(id);
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_a_problem() {
    let backend = TestBackend::start().await;
    let request = backend.request_for(Endpoint::Password).body(vec![b' '; 64 * 1024]);
    assert_eq!(send(request).await.status, 200);
    let request = backend.request_for(Endpoint::Password).body(vec![b' '; 64 * 1024 + 1]);
    send(request).await.problem(413, "too-large");
}
