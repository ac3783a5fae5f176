//! The BFF's operations listener, and the documents of the three interfaces.

use std::collections::BTreeSet;

use crate::common::{TestBackend, VIN, eventually, send};
use digital_key_backend::{Endpoint, Fault};
use serde_json::Value;

#[tokio::test]
async fn the_bff_is_alive_and_becomes_ready() {
    let backend = TestBackend::start().await;
    assert_eq!(backend.operations("/live").await.status, 200);
    eventually(async || backend.operations("/ready").await.status == 200).await;
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_status() {
    let backend = TestBackend::start().await;
    send(backend.request_for(Endpoint::Support)).await;
    send(backend.request_for(Endpoint::Support)).await;
    backend.control.fail(Endpoint::Support, Fault::ServiceUnavailable);
    send(backend.request_for(Endpoint::Support)).await;
    backend.get("/nothing/at/all").await;
    let answer = backend.operations("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let route = r#"route="/vehicles/{vin}/digital-key/support""#;
    for line in [
        format!(r#"digital_key_bff_requests_total{{{route},method="GET",status="200"}} 2"#),
        format!(r#"digital_key_bff_requests_total{{{route},method="GET",status="503"}} 1"#),
        r#"digital_key_bff_requests_total{route="none",method="GET",status="404"} 1"#.to_owned(),
        format!("digital_key_bff_request_duration_seconds_count{{{route}}} 3"),
        format!(r#"digital_key_bff_request_duration_seconds_bucket{{le="+Inf",{route}}} 3"#),
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

/// Returns the document of a service, checked for references that lead nowhere.
async fn document(backend: &TestBackend, url: &str) -> Value {
    let document = send(backend.http.get(format!("{url}/openapi.json"))).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut targets = BTreeSet::new();
    references(&document, &mut targets);
    assert!(!targets.is_empty());
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    let page = send(backend.http.get(format!("{url}/"))).await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("openapi.json"));
    document
}

/// Returns the operations of a document, such as `GET /vehicles`.
fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

#[tokio::test]
async fn the_document_of_each_service_has_every_operation() {
    let backend = TestBackend::start().await;
    let services = &backend.services;
    let vehicle = "/vehicles/{vin}/digital-key";
    let bff = document(&backend, &services.operations_url()).await;
    let routes = [
        format!("GET {vehicle}/support"),
        format!("GET {vehicle}/pairing-status"),
        format!("POST {vehicle}/pairing-password"),
    ];
    assert_eq!(operations(&bff), BTreeSet::from(routes));
    for item in bff["paths"].as_object().unwrap().values() {
        let operation = item.as_object().unwrap().values().next().unwrap();
        assert!(operation.get("security").is_some());
        for status in
            ["200", "400", "401", "404", "408", "413", "429", "431", "500", "502", "503", "504"]
        {
            let response = &operation["responses"][status];
            assert!(response["headers"]["X-Correlation-Id"].is_object(), "{status}");
        }
    }

    let smacc = document(&backend, &services.smacc_url()).await;
    let routes = ["GET /vehicles/{vin}", "POST /vehicles/{vin}/pairing-passwords"];
    assert_eq!(operations(&smacc), routes.map(str::to_owned).into());

    let control = document(&backend, &services.control_url()).await;
    let routes = [
        "GET /vehicles",
        "GET /vehicles/{vin}",
        "PUT /vehicles/{vin}",
        "PATCH /vehicles/{vin}",
        "PUT /tracked-after",
        "GET /endpoints",
        "PUT /endpoints/{endpoint}/fault",
        "DELETE /endpoints/{endpoint}/fault",
        "PUT /endpoints/{endpoint}/hold",
        "DELETE /endpoints/{endpoint}/hold",
        "DELETE /faults",
        "DELETE /changes",
    ];
    assert_eq!(operations(&control), routes.map(str::to_owned).into());
}

#[tokio::test]
async fn the_document_of_the_bff_describes_the_answers() {
    let backend = TestBackend::start().await;
    let document = document(&backend, &backend.services.operations_url()).await;
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
