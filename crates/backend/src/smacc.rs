//! The SmAcc service: answers what it knows about a vehicle, and issues passwords.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use digital_key_bff::extract::{Bearer, VehiclePath};
use digital_key_bff::headers::{CORRELATION_ID, TRACEPARENT, is_visible};
use digital_key_bff::problem::{self, Problem, UNAUTHORIZED, UNKNOWN_VEHICLE};
use digital_key_bff::smacc::{IdempotencyKey, OwnerKey, Password};
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::openapi::{Refused, SmaccDescription, served};
use crate::vehicle::{DigitalKeyObject, VehicleError};
use crate::vehicle_store::SharedVehicleStore;

/// What the service knows about a vehicle.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VehicleAnswer {
    /// The `digitalKey` object; absent when the vehicle has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    digital_key: Option<DigitalKeyObject>,
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
struct PasswordAnswer {
    /// 8 decimal digits; absent when the vehicle has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    password: Option<Password>,
}

/// Returns the routes of the service. It accepts only `token`; `None` = any.
pub(crate) fn router(vehicles: SharedVehicleStore, token: Option<String>) -> Router {
    let token: Option<Arc<str>> = token.map(Into::into);
    let (router, description) = OpenApiRouter::with_openapi(SmaccDescription::openapi())
        .routes(routes!(vehicle))
        .routes(routes!(issue_password))
        .split_for_parts();
    router
        .route_layer(from_fn_with_state(token, authorize))
        .merge(served(description))
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(vehicles)
}

/// The path that the BFF probes.
pub(crate) const PROBE: &str = "/health";

/// Returns the route that shows that the service runs. It asks for no token.
pub(crate) fn probe() -> Router {
    Router::new().route(PROBE, get(async || "ok\n"))
}

async fn authorize(
    State(token): State<Option<Arc<str>>>,
    bearer: Bearer,
    request: Request,
    next: Next,
) -> Response {
    if token.is_none_or(|token| bearer.token() == &*token) {
        next.run(request).await
    } else {
        UNAUTHORIZED.with("the token is not accepted").into_response()
    }
}

/// Returns a header of visible characters.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let value = headers.get(name).filter(|value| is_visible(value))?;
    value.to_str().ok()
}

/// Returns what the service knows about a vehicle.
#[utoipa::path(
    get,
    path = "/vehicles/{vin}",
    params(("vin" = String, Path, description = "The vehicle's identification number",
            pattern = "^[A-Za-z0-9]{17}$")),
    responses((status = 200, description = "The vehicle", body = VehicleAnswer), Refused),
    security(("bearer" = [])),
)]
async fn vehicle(
    State(vehicles): State<SharedVehicleStore>,
    VehiclePath(vin): VehiclePath,
    headers: HeaderMap,
) -> Result<Json<VehicleAnswer>, Problem> {
    let (correlation, trace) = (text(&headers, CORRELATION_ID), text(&headers, TRACEPARENT));
    tracing::debug!(vin = %vin.short(), correlation, trace, "vehicle requested");
    let unknown = || UNKNOWN_VEHICLE.with(VehicleError::Unknown { vin });
    let vehicle = vehicles.lock().vehicle(vin).ok_or_else(unknown)?;
    Ok(Json(VehicleAnswer {
        digital_key: vehicle.digital_key,
        owner_key: vehicle.owner_key,
        primary_subscriber: vehicle.primary_subscriber,
        prepared: vehicle.prepared,
    }))
}

/// Issues a pairing password: the same one for the same idempotency key.
#[utoipa::path(
    post,
    path = "/vehicles/{vin}/pairing-passwords",
    params(
        ("vin" = String, Path, description = "The vehicle's identification number",
            pattern = "^[A-Za-z0-9]{17}$"),
        ("Idempotency-Key" = String, Header, description = "The same on each try of a request",
            min_length = 1, max_length = 64, pattern = "^[!-~]+$"),
    ),
    responses((status = 200, description = "The password", body = PasswordAnswer), Refused),
    security(("bearer" = [])),
)]
async fn issue_password(
    State(vehicles): State<SharedVehicleStore>,
    VehiclePath(vin): VehiclePath,
    key: IdempotencyKey,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let (correlation, trace) = (text(&headers, CORRELATION_ID), text(&headers, TRACEPARENT));
    tracing::debug!(vin = %vin.short(), correlation, trace, "password requested");
    let password = vehicles
        .lock()
        .issue_password(vin, key.as_str())
        .map_err(|error| UNKNOWN_VEHICLE.with(error))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(PasswordAnswer { password })))
}
