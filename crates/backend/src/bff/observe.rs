//! The outermost layer of the BFF: correlation, metrics and the request log.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use digital_key_domain::Vin;
use uuid::Uuid;

use super::Bff;
use crate::extract::visible_text;
use crate::problem::Problem;

/// The header that identifies a request in answers and logs.
pub(crate) const CORRELATION_ID: &str = "x-correlation-id";

/// The caller's id for the request, or else a new one: 1 to 64 visible ASCII characters.
#[derive(Clone)]
pub(super) struct CorrelationId(HeaderValue);

impl CorrelationId {
    fn from_headers(headers: &HeaderMap) -> Self {
        let text = visible_text(headers, CORRELATION_ID);
        let text = text.unwrap_or_else(|| Uuid::new_v4().to_string());
        // Visible characters always fit into a header.
        Self(HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("none")))
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Adds the correlation id to a request and its answer, and counts and logs the request.
pub(super) async fn observe(
    State(bff): State<Arc<Bff>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = CorrelationId::from_headers(request.headers());
    let mut in_flight = RequestInFlight::new(bff, &request, id.clone());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        add_to_problem(&mut response, problem, &id);
    }
    response.headers_mut().insert(CORRELATION_ID, id.0);
    in_flight.answer = Some(response.status());
    response
}

/// Adds the correlation id to a problem document, and leaves the other headers as they are.
fn add_to_problem(response: &mut Response, problem: Problem, id: &CorrelationId) {
    let body = problem.correlated(id.as_str()).into_response().into_body();
    *response.body_mut() = body;
    response.headers_mut().remove(header::CONTENT_LENGTH);
}

/// A request in flight. Dropping it counts and logs the request, also without an answer: the client
/// has hung up, or the connection was reset.
struct RequestInFlight {
    bff: Arc<Bff>,
    route: Option<MatchedPath>,
    vin: Option<Vin>,
    id: CorrelationId,
    started: Instant,
    answer: Option<StatusCode>,
}

impl RequestInFlight {
    fn new(bff: Arc<Bff>, request: &Request, id: CorrelationId) -> Self {
        Self {
            bff,
            route: request.extensions().get().cloned(),
            vin: request.uri().path().split('/').find_map(|it| it.parse().ok()),
            id,
            started: Instant::now(),
            answer: None,
        }
    }
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let status = self.answer.as_ref().map_or("none", StatusCode::as_str);
        let duration = self.started.elapsed();
        self.bff.metrics.count(route, status, duration);
        tracing::info!(
            route,
            vin = self.vin.as_ref().map(|vin| vin.short().to_string()),
            status,
            milliseconds = duration.as_millis(),
            correlation = self.id.as_str(),
            "request"
        );
    }
}
