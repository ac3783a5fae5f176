//! The trace of a call of the app, as a collector on loopback sees it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use digital_key_backend::{BackendConfig, Endpoint};
use digital_key_bff::config::BaseUrl;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::common::{LIMIT, TestBackend, send};

/// The spans that a collector has got, each with the service that sent it.
type Spans = Arc<watch::Sender<Vec<(String, Span)>>>;

async fn collect(State(spans): State<Spans>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    spans.send_modify(|spans| {
        for sent in request.resource_spans {
            let attribute = sent.resource.unwrap().attributes.remove(0);
            let value = attribute.value.unwrap().value;
            let Some(Value::StringValue(service)) = value else { unreachable!("{value:?}") };
            let sent = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
            spans.extend(sent.map(|span| (service.clone(), span)));
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_the_app_is_one_trace_through_bff_and_smacc_service() {
    const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
    const APP: u64 = 0x00f0_67aa_0ba9_02b7;
    let spans = Spans::default();
    let collector = Router::new().route("/v1/traces", post(collect)).with_state(spans.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let otlp_endpoint = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(axum::serve(listener, collector).into_future());

    let backend =
        TestBackend::start_with(BackendConfig { otlp_endpoint, ..BackendConfig::default() }).await;
    let request = backend.request_for(Endpoint::Status);
    let request = request.header("traceparent", format!("00-{TRACE:032x}-{APP:016x}-01"));
    assert_eq!(send(request).await.status, 200);

    let mut arrived = spans.subscribe();
    let arrived = timeout(LIMIT, arrived.wait_for(|spans| spans.len() >= 3)).await.unwrap();
    let spans = arrived.unwrap().clone();
    assert_eq!(spans.len(), 3, "{spans:?}");
    let span = |service: &str, kind: SpanKind| {
        let is_it = |(name, span): &&(String, Span)| name == service && span.kind == kind as i32;
        spans.iter().find(is_it).unwrap().1.clone()
    };
    let bff = span("digital-key-bff", SpanKind::Server);
    let call = span("digital-key-bff", SpanKind::Client);
    let smacc = span("smacc-service", SpanKind::Server);
    for span in [&bff, &call, &smacc] {
        assert_eq!(span.trace_id, TRACE.to_be_bytes());
    }
    assert_eq!(bff.parent_span_id, APP.to_be_bytes());
    assert_eq!(call.parent_span_id, bff.span_id);
    assert_eq!(smacc.parent_span_id, call.span_id);
    assert_eq!(smacc.name, "GET /vehicles/{vin}");
}
