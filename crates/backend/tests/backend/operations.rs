//! Health, metrics and the OpenAPI document of the BFF.

use std::collections::BTreeSet;

use crate::common::{TestBackend, VIN, send};
use digital_key_backend::{Endpoint, Fault};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn health_needs_no_token() {
    let backend = TestBackend::start().await;
    let url = format!("{}/health", backend.services.bff_url());
    assert_eq!(send(backend.http.get(url)).await.status, 200);
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_status() {
    let backend = TestBackend::start().await;
    send(backend.request_for(Endpoint::Support)).await;
    send(backend.request_for(Endpoint::Support)).await;
    backend.control.fail(Endpoint::Support, Fault::ServiceUnavailable);
    send(backend.request_for(Endpoint::Support)).await;
    backend.get("/nothing/at/all").await;
    let answer = backend.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let route = r#"route="/vehicles/{vin}/digital-key/support""#;
    for line in [
        format!(r#"bff_requests_total{{{route},status="200"}} 2"#),
        format!(r#"bff_requests_total{{{route},status="503"}} 1"#),
        r#"bff_requests_total{route="none",status="404"} 1"#.to_owned(),
        format!("bff_request_duration_seconds_count{{{route}}} 3"),
        format!(r#"bff_request_duration_seconds_bucket{{le="+Inf",{route}}} 3"#),
    ] {
        assert!(answer.body.lines().any(|it| it == line), "{line}\n{}", answer.body);
    }
    assert!(!answer.body.contains(VIN), "GEN-6");
}

/// Collects all `$ref`s of a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                found.insert(target.clone());
            }
            members.values().for_each(|it| references(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| references(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn the_openapi_document_has_every_route() {
    let backend = TestBackend::start().await;
    let document = backend.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));

    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            let secured = path.contains("{vin}");
            assert_eq!(operation.get("security").is_some(), secured, "{name}");
            assert!(operation["responses"].get("200").is_some(), "{name}");
            for status in ["400", "401", "404", "502", "504"] {
                let response = operation["responses"].get(status);
                assert_eq!(response.is_some(), secured, "{name} {status}");
            }
            // A status of 200 shows that the route exists and has this method.
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = backend.request(method, &path.replace("{vin}", VIN));
            let answer = send(request.header("Idempotency-Key", "a-key")).await;
            assert_eq!(answer.status, 200, "{name}");
            described.insert(name);
        }
    }
    let vehicle = "/vehicles/{vin}/digital-key";
    let routes = [
        format!("GET {vehicle}/support"),
        format!("GET {vehicle}/pairing-status"),
        format!("POST {vehicle}/pairing-password"),
        "GET /health".to_owned(),
        "GET /metrics".to_owned(),
        "GET /openapi.json".to_owned(),
    ];
    assert_eq!(described, BTreeSet::from(routes));
}

#[tokio::test]
async fn the_openapi_document_describes_the_answers() {
    let backend = TestBackend::start().await;
    let document = backend.get("/openapi.json").await.json();
    let mut targets = BTreeSet::new();
    references(&document, &mut targets);
    assert!(!targets.is_empty());
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }

    let schemas = &document["components"]["schemas"];
    for (schema, endpoint, absent) in [
        ("SupportAnswer", Endpoint::Support, None),
        ("PairingStatusAnswer", Endpoint::Status, Some("ownerKey")),
        ("PairingPasswordAnswer", Endpoint::Password, None),
    ] {
        let answer = send(backend.request_for(endpoint)).await.json();
        let mut members: BTreeSet<_> = answer.as_object().unwrap().keys().collect();
        let absent = absent.map(str::to_owned);
        members.extend(&absent);
        let described = schemas[schema]["properties"].as_object().unwrap();
        assert_eq!(members, described.keys().collect(), "{schema}");
    }
    let bearer = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!(bearer["scheme"], "bearer");
}
