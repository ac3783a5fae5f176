//! The BFF: a stateless proxy in front of the SmAcc service.

mod upstream;
mod observe;
mod metrics;
mod openapi;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::{Json, Router};
use digital_key_domain::Vin;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::extract::{IdempotencyKey, VehiclePath};
use crate::fault::Endpoint;
use crate::fault_injection::{FaultInjector, inject_faults};
use crate::password::Password;
use crate::problem::{self, Problem};
use crate::vehicle::{DigitalKeyObject, OwnerKey};

pub(crate) use observe::CORRELATION_ID;
pub(crate) use upstream::Upstream;

struct Bff {
    upstream: Upstream,
    metrics: metrics::Metrics,
    openapi: String,
}

/// What the OpenAPI document says about the header `X-Correlation-Id`.
const CORRELATION: &str = "Names the request in its answer and in the log; 1 to 64 characters";

type SharedBff = State<Arc<Bff>>;

/// Returns the routes of the BFF, with fault injection in front of the three endpoints.
///
/// Each call adds a route together with its description, so that the document lacks no route.
pub(crate) fn router(upstream: Upstream, faults: &FaultInjector) -> Router {
    let endpoint = |routes: UtoipaMethodRouter<Arc<Bff>>, endpoint| {
        let layer = from_fn_with_state((faults.clone(), endpoint), inject_faults);
        routes.map(|methods| methods.route_layer(layer))
    };
    let (router, description) = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .routes(endpoint(routes!(support), Endpoint::Support))
        .routes(endpoint(routes!(pairing_status), Endpoint::Status))
        .routes(endpoint(routes!(pairing_password), Endpoint::Password))
        .routes(routes!(health))
        .routes(routes!(metrics))
        .routes(routes!(openapi_json))
        .split_for_parts();
    let bff = Arc::new(Bff {
        upstream,
        metrics: metrics::Metrics::default(),
        openapi: description.to_json().unwrap_or_default(),
    });
    router
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(bff.clone(), observe::observe))
        .with_state(bff)
}

/// Whether a vehicle supports Smart Access.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SupportAnswer {
    #[serde(serialize_with = "serialize_vin")]
    #[schema(value_type = String)]
    vin: Vin,
    /// The vehicle's `digitalKey` object, passed on unchanged; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    digital_key: Option<DigitalKeyObject>,
}

/// Who may pair with a vehicle.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PairingStatusAnswer {
    #[serde(serialize_with = "serialize_vin")]
    #[schema(value_type = String)]
    vin: Vin,
    /// The owner key; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner_key: Option<OwnerKey>,
    /// Whether the user is the primary subscriber.
    primary_subscriber: bool,
    /// Whether the vehicle is prepared for pairing.
    prepared: bool,
}

/// A pairing password.
#[derive(Serialize, ToSchema)]
struct PairingPasswordAnswer {
    #[serde(serialize_with = "serialize_vin")]
    #[schema(value_type = String)]
    vin: Vin,
    /// 8 decimal digits; absent when the backend has none for this vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^[0-9]{8}$")]
    password: Option<Password>,
}

fn serialize_vin<S: serde::Serializer>(vin: &Vin, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(vin.as_str())
}

/// Returns whether the vehicle supports Smart Access.
#[utoipa::path(
    get,
    path = "/vehicles/{vin}/digital-key/support",
    params(
        ("vin" = String, Path, description = "The vehicle's identification number"),
        ("X-Correlation-Id" = Option<String>, Header, nullable = false, description = CORRELATION),
    ),
    responses((status = 200, description = "The answer", body = SupportAnswer), Problem),
    security(("bearer" = [])),
)]
async fn support(
    State(bff): SharedBff,
    caller: upstream::Caller,
    VehiclePath(vin): VehiclePath,
) -> Result<Json<SupportAnswer>, Problem> {
    let vehicle = bff.upstream.vehicle(vin, caller).await?;
    Ok(Json(SupportAnswer { vin, digital_key: vehicle.digital_key }))
}

/// Returns the owner key, and whether a pairing may start.
#[utoipa::path(
    get,
    path = "/vehicles/{vin}/digital-key/pairing-status",
    params(
        ("vin" = String, Path, description = "The vehicle's identification number"),
        ("X-Correlation-Id" = Option<String>, Header, nullable = false, description = CORRELATION),
    ),
    responses((status = 200, description = "The status", body = PairingStatusAnswer), Problem),
    security(("bearer" = [])),
)]
async fn pairing_status(
    State(bff): SharedBff,
    caller: upstream::Caller,
    VehiclePath(vin): VehiclePath,
) -> Result<Json<PairingStatusAnswer>, Problem> {
    let vehicle = bff.upstream.vehicle(vin, caller).await?;
    Ok(Json(PairingStatusAnswer {
        vin,
        owner_key: vehicle.owner_key,
        primary_subscriber: vehicle.primary_subscriber,
        prepared: vehicle.prepared,
    }))
}

/// Issues a pairing password: the same one for the same idempotency key.
#[utoipa::path(
    post,
    path = "/vehicles/{vin}/digital-key/pairing-password",
    params(
        ("vin" = String, Path, description = "The vehicle's identification number"),
        ("Idempotency-Key" = String, Header, description = "The same on each try of a request"),
        ("X-Correlation-Id" = Option<String>, Header, nullable = false, description = CORRELATION),
    ),
    responses((status = 200, description = "The password", body = PairingPasswordAnswer), Problem),
    security(("bearer" = [])),
)]
async fn pairing_password(
    State(bff): SharedBff,
    caller: upstream::Caller,
    VehiclePath(vin): VehiclePath,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<impl IntoResponse, Problem> {
    let password = bff.upstream.issue_password(vin, &key, caller).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(PairingPasswordAnswer { vin, password })))
}

/// Answers while the service runs.
#[utoipa::path(
    get,
    path = "/health",
    responses(
        (status = 200, description = "The service runs", content_type = "text/plain", body = String),
    ),
)]
async fn health() -> &'static str {
    "ok\n"
}

/// Returns the counts and durations of the requests so far, for Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    responses(
        (status = 200, description = "OpenMetrics", content_type = metrics::CONTENT_TYPE, body = String),
    ),
)]
async fn metrics(State(bff): SharedBff) -> impl IntoResponse {
    let content_type = [(header::CONTENT_TYPE, metrics::CONTENT_TYPE)];
    (content_type, bff.metrics.to_text())
}

/// Returns this description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
async fn openapi_json(State(bff): SharedBff) -> impl IntoResponse {
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    (content_type, bff.openapi.clone())
}
