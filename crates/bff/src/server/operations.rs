//! The listener for operations: probes, metrics, the API's description. It asks for no token and is
//! for the cluster alone.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::Handle;
use serde_json::{Value, json};

use super::listen;
use crate::api;
use crate::observe::metrics;
use crate::openapi;
use crate::problem::{self, Problem, UNAVAILABLE};
use crate::shared::Shared;

/// Serves the routes for operations until the handle stops them.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, handle: Handle<SocketAddr>) {
    if let Err(error) = listen::serve_operations(listener, router(shared), handle).await {
        tracing::error!(%error, "the operations listener is no longer served");
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let document = api::document().to_json().unwrap_or_default();
    let openapi_json =
        move || async move { ([(header::CONTENT_TYPE, "application/json")], document) };
    Router::new()
        .route("/live", get(async || "ok\n"))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics_text))
        .route("/version", get(version))
        .route("/openapi.json", get(openapi_json))
        .route("/", get(async || Html(openapi::PAGE)))
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(map_response(no_store))
        .with_state(shared)
}

async fn no_store(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

/// Whether new requests should come here. The upstream is not asked now: its last probe counts.
async fn ready(State(shared): State<Arc<Shared>>) -> Result<&'static str, Problem> {
    let not = |why| Err(UNAVAILABLE.with(why).retry_after(Some(Shared::RETRY_AFTER)));
    if shared.is_draining() {
        not("the service is ending")
    } else if !shared.upstream_ready() {
        not("the SmAcc service has not answered its last probe")
    } else if shared.tokens.as_ref().is_some_and(|tokens| !tokens.has_keys()) {
        not("there are no keys to check tokens with")
    } else {
        Ok("ready\n")
    }
}

async fn metrics_text(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], shared.metrics_text())
}

async fn version() -> Json<Value> {
    Json(json!({ "name": "digital-key-bff", "version": crate::VERSION }))
}
