//! [`Control`] over HTTP.
//!
//! Every change is a `PUT`, `PATCH` or `DELETE`: browsers let no web page of another origin send
//! these without permission.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use digital_key_domain::Vin;
use serde::{Deserialize, Serialize};

use super::Control;
use crate::extract::{JsonBody, MAX_BODY, VehiclePath};
use crate::fault::{Endpoint, Fault};
use crate::fault_injection::EndpointState;
use crate::problem::{self, CONFLICT, Problem, UNKNOWN_ROUTE, UNKNOWN_VEHICLE};
use crate::vehicle::{Vehicle, VehicleChange, VehicleError};

/// Returns the routes of the control interface.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/vehicles", get(vehicles))
        .route("/vehicles/{vin}", get(vehicle).put(put_vehicle).patch(change_vehicle))
        .route("/tracked-after", put(set_tracked_after))
        .route("/endpoints", get(endpoints))
        .route("/endpoints/{endpoint}/fault", put(fail).delete(heal))
        .route("/endpoints/{endpoint}/hold", put(hold).delete(release))
        .route("/faults", delete(heal_all))
        .route("/changes", delete(reset))
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(control)
}

impl From<VehicleError> for Problem {
    fn from(error: VehicleError) -> Self {
        match error {
            VehicleError::Unknown { .. } => UNKNOWN_VEHICLE.with(error),
            VehicleError::NoOwnerKey { .. } | VehicleError::TooMany { .. } => CONFLICT.with(error),
        }
    }
}

/// A vehicle in a listing.
#[derive(Serialize)]
struct ListedVehicle {
    vin: String,
    #[serde(flatten)]
    vehicle: Vehicle,
}

impl ListedVehicle {
    fn new(vin: Vin, vehicle: Vehicle) -> Self {
        let vin = vin.as_str().to_owned();
        Self { vin, vehicle }
    }
}

async fn vehicles(State(control): State<Control>) -> Json<Vec<ListedVehicle>> {
    let vehicles = control.vehicles().into_iter();
    Json(vehicles.map(|(vin, it)| ListedVehicle::new(vin, it)).collect())
}

async fn vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
) -> Result<Json<ListedVehicle>, Problem> {
    let vehicle = control.vehicle(vin);
    let vehicle = vehicle.ok_or(VehicleError::Unknown { vin })?;
    Ok(Json(ListedVehicle::new(vin, vehicle)))
}

/// Adds a vehicle with the defaults, or resets it to them.
async fn put_vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
) -> Result<StatusCode, Problem> {
    control.put_vehicle(vin, Vehicle::default())?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change_vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
    JsonBody(change): JsonBody<VehicleChange>,
) -> Result<StatusCode, Problem> {
    control.change(vin, change)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body of `PUT /tracked-after`; `null` = until a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackedAfter {
    milliseconds: Option<u64>,
}

async fn set_tracked_after(
    State(control): State<Control>,
    JsonBody(after): JsonBody<TrackedAfter>,
) -> StatusCode {
    control.set_tracked_after(after.milliseconds.map(Duration::from_millis));
    StatusCode::NO_CONTENT
}

/// The endpoint in the path.
struct EndpointPath(Endpoint);

impl<S: Send + Sync> FromRequestParts<S> for EndpointPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        let name = name.map_or_else(|_| String::new(), |Path(name)| name);
        name.parse().map(Self).map_err(|error| UNKNOWN_ROUTE.with(error))
    }
}

async fn endpoints(State(control): State<Control>) -> Json<[EndpointState; Endpoint::ALL.len()]> {
    Json(Endpoint::ALL.map(|endpoint| control.endpoint(endpoint)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFault {
    fault: Fault,
}

async fn fail(
    State(control): State<Control>,
    EndpointPath(endpoint): EndpointPath,
    JsonBody(NewFault { fault }): JsonBody<NewFault>,
) -> StatusCode {
    control.fail(endpoint, fault);
    StatusCode::NO_CONTENT
}

async fn heal(State(control): State<Control>, EndpointPath(endpoint): EndpointPath) -> StatusCode {
    control.heal(endpoint);
    StatusCode::NO_CONTENT
}

async fn heal_all(State(control): State<Control>) -> StatusCode {
    control.heal_all();
    StatusCode::NO_CONTENT
}

async fn hold(State(control): State<Control>, EndpointPath(endpoint): EndpointPath) -> StatusCode {
    control.hold(endpoint);
    StatusCode::NO_CONTENT
}

async fn release(
    State(control): State<Control>,
    EndpointPath(endpoint): EndpointPath,
) -> StatusCode {
    control.release(endpoint);
    StatusCode::NO_CONTENT
}

async fn reset(State(control): State<Control>) -> StatusCode {
    control.reset();
    StatusCode::NO_CONTENT
}
