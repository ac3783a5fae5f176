//! The SmAcc service: answers what it knows about a vehicle, and issues passwords.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::bff::CORRELATION_ID;
use crate::extract::{Bearer, IdempotencyKey, VehiclePath, visible_text};
use crate::password::Password;
use crate::problem::{self, Problem, UNAUTHORIZED, UNKNOWN_VEHICLE};
use crate::vehicle::{DigitalKeyObject, OwnerKey, VehicleError};
use crate::vehicle_store::SharedVehicleStore;

/// The answer about a vehicle.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VehicleAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) digital_key: Option<DigitalKeyObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner_key: Option<OwnerKey>,
    pub(crate) primary_subscriber: bool,
    pub(crate) prepared: bool,
}

/// The answer to a request for a password.
#[derive(Serialize, Deserialize)]
pub(crate) struct PasswordAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Password>,
}

/// Returns the routes of the service. It accepts only `token`; `None` = any.
pub(crate) fn router(vehicles: SharedVehicleStore, token: Option<String>) -> Router {
    let token: Option<Arc<str>> = token.map(Into::into);
    Router::new()
        .route("/vehicles/{vin}", get(vehicle))
        .route("/vehicles/{vin}/pairing-passwords", post(issue_password))
        .route_layer(from_fn_with_state(token, authorize))
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(vehicles)
}

async fn authorize(
    State(token): State<Option<Arc<str>>>,
    bearer: Bearer,
    request: Request,
    next: Next,
) -> Response {
    if token.is_none_or(|token| bearer.is(&token)) {
        next.run(request).await
    } else {
        UNAUTHORIZED.with("the token is not accepted").into_response()
    }
}

async fn vehicle(
    State(vehicles): State<SharedVehicleStore>,
    VehiclePath(vin): VehiclePath,
    headers: HeaderMap,
) -> Result<Json<VehicleAnswer>, Problem> {
    let correlation = visible_text(&headers, CORRELATION_ID);
    tracing::debug!(vin = %vin.short(), correlation, "vehicle requested");
    let unknown = || UNKNOWN_VEHICLE.with(VehicleError::Unknown { vin });
    let vehicle = vehicles.lock().vehicle(vin).ok_or_else(unknown)?;
    Ok(Json(VehicleAnswer {
        digital_key: vehicle.digital_key,
        owner_key: vehicle.owner_key,
        primary_subscriber: vehicle.primary_subscriber,
        prepared: vehicle.prepared,
    }))
}

async fn issue_password(
    State(vehicles): State<SharedVehicleStore>,
    VehiclePath(vin): VehiclePath,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let correlation = visible_text(&headers, CORRELATION_ID);
    tracing::debug!(vin = %vin.short(), correlation, "password requested");
    let password =
        vehicles.lock().issue_password(vin, &key).map_err(|error| UNKNOWN_VEHICLE.with(error))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(PasswordAnswer { password })))
}
