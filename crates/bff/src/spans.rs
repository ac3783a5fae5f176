//! Spans, sent with OTLP over HTTP: one for each request, and one for its call of the upstream.
//!
//! The ids of a request's spans are chosen when it arrives, since the headers to the upstream name
//! them; a finished request is handed over as two finished spans. The SmAcc service of development
//! sends its spans with the same code, as [`ServiceSpans`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use axum::Router;
use axum::extract::{MatchedPath, State};
use axum::http::{Method, Request, Response, header};
use axum::middleware::{Next, from_fn_with_state};
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
use crate::headers::TRACEPARENT;
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
    pub(crate) fn new(service: &'static str, config: &Config) -> Result<Option<Self>, StartError> {
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
        processor.set_resource(&Resource::builder_empty().with_service_name(service).build());
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
        self.record_server(
            trace,
            request.method,
            request.route.name(),
            request.status,
            (request.started, request.ended),
        );
    }

    /// Hands over the span of a request that this service has answered.
    fn record_server(
        &self,
        trace: TraceContext,
        method: &Method,
        route: &str,
        status: Option<u16>,
        (started, ended): (Instant, Instant),
    ) {
        let mut span = self.span(trace, trace.span, trace.parent);
        span.span_kind = SpanKind::Server;
        span.parent_span_is_remote = true;
        span.name = Cow::Owned(format!("{method} {route}"));
        (span.start_time, span.end_time) = (wall(started), wall(ended));
        span.attributes = vec![
            KeyValue::new("http.request.method", method.to_string()),
            KeyValue::new("http.route", route.to_owned()),
        ];
        if let Some(status) = status {
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

/// The spans of a service behind the BFF that runs beside it, such as the SmAcc service of development.
#[derive(Clone)]
pub struct ServiceSpans(Arc<Spans>);

impl ServiceSpans {
    /// Makes the sender for the service of this name; `None` when the configuration names no collector.
    /// It must be called on a runtime, and sends on it.
    ///
    /// # Errors
    /// [`StartError`] when the address of the collector cannot be used.
    pub fn new(service: &'static str, config: &Config) -> Result<Option<Self>, StartError> {
        Ok(Spans::new(service, config)?.map(|spans| Self(Arc::new(spans))))
    }

    /// Returns these routes with a span for each request whose trace is recorded.
    pub fn around(&self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(self.clone(), record))
    }
}

/// Records the span of a request.
async fn record(
    State(ServiceSpans(spans)): State<ServiceSpans>,
    request: axum::extract::Request,
    next: Next,
) -> axum::response::Response {
    let trace = TraceContext::of(request.headers().get(TRACEPARENT));
    let method = request.method().clone();
    // A path without a route can contain anything, a VIN as well.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let started = Instant::now();
    let response = next.run(request).await;
    if trace.flags & SAMPLED != 0 {
        let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
        let status = response.status().as_u16();
        spans.record_server(trace, &method, route, Some(status), (started, Instant::now()));
    }
    response
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
