//! The outermost service of the API: limits, ids, metrics, the request log and spans.

use std::any::Any;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};
use digital_key_domain::Vin;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;
use tower::Service;
use tower_http::catch_panic::CatchPanic;

use super::connection::{ConnectionReset, ConnectionState};
use crate::headers::{CORRELATION_ID, TRACEPARENT};
use crate::observe::metrics::{Shed, WorkerMetrics};
use crate::observe::{RequestIds, Route, UpstreamCall};
use crate::problem::{INTERNAL, INVALID_REQUEST, Problem, TOO_LARGE, TOO_SLOW, UNAVAILABLE};
use crate::shared::Shared;

/// Where the request log goes, so that a filter can select it.
const ACCESS_LOG: &str = "digital_key_bff::access";

/// Answers a request whose handler panicked.
type OnPanic = fn(Box<dyn Any + Send>) -> Response;

/// The routes with what operators need around them. Each connection has a clone.
#[derive(Clone)]
pub(crate) struct Observed {
    router: CatchPanic<Router, OnPanic>,
    shared: Arc<Shared>,
    metrics: Arc<WorkerMetrics>,
    connection: Arc<ConnectionState>,
}

impl Observed {
    pub(super) fn new(router: Router, shared: Arc<Shared>, metrics: Arc<WorkerMetrics>) -> Self {
        let on_panic: OnPanic =
            |_| INTERNAL.with("it failed unexpectedly; try again later").into_response();
        let router = CatchPanic::custom(router, on_panic);
        Self { router, shared, metrics, connection: Arc::default() }
    }

    /// Returns the service for a connection.
    pub(super) fn on(self, connection: Arc<ConnectionState>) -> Self {
        Self { connection, ..self }
    }

    /// Answers a request that there is room for. No route takes a body: it is read and left.
    async fn answer(mut self, mut request: Request<Incoming>) -> Response {
        if !request.body().is_end_stream() {
            let config = &self.shared.config;
            let body = Limited::new(request.body_mut(), config.max_body_size).collect();
            let problem = match timeout(config.body_deadline, body).await {
                Ok(Ok(_)) => None,
                Ok(Err(error)) if error.is::<LengthLimitError>() => Some(
                    TOO_LARGE.with(format_args!("the limit is {} bytes", config.max_body_size)),
                ),
                Ok(Err(_)) => Some(INVALID_REQUEST.with("the body could not be read")),
                Err(_) => Some(TOO_SLOW.with("the body did not arrive in time")),
            };
            if let Some(problem) = problem {
                return problem.into_response();
            }
        }
        if self.shared.resets {
            request.extensions_mut().insert(ConnectionReset(Arc::clone(&self.connection)));
        }
        match self.router.call(request.map(|_| Body::empty())).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}

impl Service<Request<Incoming>> for Observed {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let under_way = self.connection.begin();
        let permit = self.shared.requests.enter();
        let running = RunningRequest::new(self, &request);
        request.extensions_mut().insert(running.ids.clone());
        let observed = self.clone();
        Box::pin(async move {
            let response = if permit.is_some() {
                observed.answer(request).await
            } else {
                observed.metrics.count_shed(Shed::Requests);
                let problem = UNAVAILABLE.with("there are too many requests; try again later");
                problem.retry_after(Some(Shared::RETRY_AFTER)).into_response()
            };
            drop((permit, under_way));
            Ok(running.finish(response))
        })
    }
}

/// A request under way. Dropping it counts and logs it, also without an answer: the client has hung
/// up, or the connection was reset.
struct RunningRequest {
    shared: Arc<Shared>,
    metrics: Arc<WorkerMetrics>,
    method: Method,
    version: Version,
    route: Route,
    vin: Option<Vin>,
    ids: RequestIds,
    started: Instant,
    answer: Option<StatusCode>,
    upstream: Option<UpstreamCall>,
}

impl RunningRequest {
    fn new(observed: &Observed, request: &Request<Incoming>) -> Self {
        let (route, vin) = Route::of(request.uri().path());
        Self {
            shared: Arc::clone(&observed.shared),
            metrics: Arc::clone(&observed.metrics),
            method: request.method().clone(),
            version: request.version(),
            route,
            vin: vin.and_then(|text| text.parse().ok()),
            ids: RequestIds::of(request),
            started: Instant::now(),
            answer: None,
            upstream: None,
        }
    }

    /// Adds to the answer what every answer has.
    fn finish(mut self, mut response: Response) -> Response {
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            let body = problem.correlated(self.ids.correlation()).body();
            *response.body_mut() = Body::from(body);
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        self.upstream = response.extensions_mut().remove();
        self.answer = Some(response.status());
        let headers = response.headers_mut();
        headers.insert(CORRELATION_ID, self.ids.correlation.clone());
        headers.insert(TRACEPARENT, self.ids.trace.header());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // The client makes its next request elsewhere. HTTP/2 has a frame for that.
        if self.shared.is_draining() && self.version < Version::HTTP_2 {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn log(&self, status: Option<u16>, duration: Duration) {
        let vin = self.vin.as_ref().map(|vin| vin.short().to_string());
        let upstream = self.upstream.as_ref();
        let upstream = upstream.map(|call| milliseconds(call.ended - call.started));
        tracing::info!(
            target: ACCESS_LOG,
            method = %self.method,
            route = self.route.name(),
            vin,
            status,
            milliseconds = milliseconds(duration),
            upstream_milliseconds = upstream,
            correlation = self.ids.correlation(),
            trace = %format_args!("{:032x}", self.ids.trace.trace),
            span = %format_args!("{:016x}", self.ids.trace.span),
            "request"
        );
    }
}

/// Returns a time in milliseconds, with three digits after the point.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e3
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        let status = self.answer.map(|status| status.as_u16());
        let duration = self.started.elapsed();
        self.metrics.count(self.route, &self.method, status, duration);
        if self.shared.config.access_log
            && tracing::enabled!(target: ACCESS_LOG, tracing::Level::INFO)
        {
            self.log(status, duration);
        }
        #[cfg(feature = "otlp")]
        if let Some(spans) = &self.shared.spans {
            spans.record(&crate::spans::RequestSpan {
                route: self.route,
                method: &self.method,
                status,
                trace: self.ids.trace,
                started: self.started,
                ended: Instant::now(),
                upstream: self.upstream.as_ref(),
            });
        }
    }
}
