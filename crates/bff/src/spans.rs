//! Spans, sent with OTLP over HTTP: one for each request, and one for its call of the upstream.
//!
//! The ids of a request's spans are chosen when it arrives, since the headers to the upstream name
//! them; a finished request is handed over as two finished spans.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use axum::http::{Method, Request, Response, header};
use bytes::Bytes;
use http_body_util::Full;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_http::{HttpClient as OtlpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _,
};
use tokio::runtime::Handle;

use crate::config::{Config, Protocol};
use crate::error::StartError;
use crate::observe::trace::SAMPLED;
use crate::observe::{Route, TraceContext, UpstreamCall};
use crate::smacc::HttpClient;
use crate::tls;

/// The longest answer of a collector, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends spans in batches, from a thread of its own.
pub(crate) struct Spans {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
}

/// A finished request.
pub(crate) struct RequestSpan<'a> {
    pub(crate) route: Route,
    pub(crate) method: &'a Method,
    /// `None` when no answer was sent.
    pub(crate) status: Option<u16>,
    pub(crate) trace: TraceContext,
    pub(crate) started: Instant,
    pub(crate) ended: Instant,
    pub(crate) upstream: Option<&'a UpstreamCall>,
}

impl Spans {
    /// Makes the sender; `None` when the configuration names no collector. It sends on the runtime of
    /// the caller.
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, StartError> {
        let Some(endpoint) = &config.otlp_endpoint else { return Ok(None) };
        let tls = if endpoint.is_https() {
            tls::client_config(None, None)?
        } else {
            tls::client_config_without_roots()?
        };
        // The collector is another service than the upstream.
        let settings = Config { upstream_protocol: Protocol::Auto, ..config.clone() };
        let client =
            Client { runtime: Handle::current(), client: HttpClient::with_tls(&settings, tls) };
        let mut headers = HashMap::new();
        if let Some(authorization) = &config.otlp_authorization {
            headers.insert(header::AUTHORIZATION.to_string(), authorization.expose().to_owned());
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str()))
            .with_headers(headers)
            .with_http_client(client)
            .build()
            .map_err(|error| StartError::System(std::io::Error::other(error)))?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        processor
            .set_resource(&Resource::builder_empty().with_service_name("digital-key-bff").build());
        let scope = InstrumentationScope::builder("digital-key-bff").with_version(crate::VERSION);
        Ok(Some(Self { processor, scope: scope.build() }))
    }

    /// Hands over the spans of a finished request, if its trace is recorded.
    pub(crate) fn record(&self, request: &RequestSpan<'_>) {
        let trace = request.trace;
        if trace.flags & SAMPLED == 0 {
            return;
        }
        if let Some(call) = request.upstream {
            let mut span = self.span(trace, trace.upstream_span, Some(trace.span));
            span.span_kind = SpanKind::Client;
            span.name = request.route.upstream_name().into();
            (span.start_time, span.end_time) = (wall(call.started), wall(call.ended));
            if let Some(failure) = call.failure {
                span.attributes.push(KeyValue::new("error.type", failure.name()));
                span.status = Status::error(failure.name());
            }
            self.processor.on_end(span);
        }
        let mut span = self.span(trace, trace.span, trace.parent);
        span.span_kind = SpanKind::Server;
        span.parent_span_is_remote = true;
        span.name = Cow::Owned(format!("{} {}", request.method, request.route.name()));
        (span.start_time, span.end_time) = (wall(request.started), wall(request.ended));
        span.attributes = vec![
            KeyValue::new("http.request.method", request.method.to_string()),
            KeyValue::new("http.route", request.route.name()),
        ];
        if let Some(status) = request.status {
            span.attributes.push(KeyValue::new("http.response.status_code", i64::from(status)));
            if status >= 500 {
                span.status = Status::error("");
            }
        }
        self.processor.on_end(span);
    }

    /// Sends what waits. It blocks, and needs the runtime to run meanwhile: call it from another
    /// thread.
    pub(crate) fn flush(&self) {
        if let Err(error) = self.processor.force_flush() {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }

    fn span(&self, trace: TraceContext, span: u64, parent: Option<u64>) -> SpanData {
        let id = |id: u64| SpanId::from(id);
        let flags = TraceFlags::new(trace.flags);
        let context = SpanContext::new(
            TraceId::from(trace.trace),
            id(span),
            flags,
            false,
            TraceState::default(),
        );
        SpanData {
            span_context: context,
            parent_span_id: parent.map_or(SpanId::INVALID, id),
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: Cow::Borrowed(""),
            start_time: SystemTime::UNIX_EPOCH,
            end_time: SystemTime::UNIX_EPOCH,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.scope.clone(),
        }
    }
}

/// Returns the time on the wall of a moment in the past.
fn wall(moment: Instant) -> SystemTime {
    SystemTime::now() - moment.elapsed()
}

/// The client of the collector. The exporter calls it from a thread without a runtime.
struct Client {
    runtime: Handle,
    client: HttpClient,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

#[async_trait]
impl OtlpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let request = request.map(Full::new);
        let answer = self.runtime.spawn(async move { client.send(request, LONGEST_ANSWER).await });
        Ok(answer.await??)
    }
}
