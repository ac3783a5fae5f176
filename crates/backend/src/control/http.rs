//! [`Control`] over HTTP. Every change is a `PUT`, `PATCH` or `DELETE`: no web page of another
//! origin can send those unasked.

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
use crate::gate::EndpointState;
use crate::problem::{self, CONFLICT, Problem, UNKNOWN_ROUTE, UNKNOWN_VEHICLE};
use crate::world::{Vehicle, VehicleChange, WorldError};

/// The routes of the control interface.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/vehicles", get(vehicles))
        .route("/vehicles/{vin}", get(vehicle).put(put_vehicle).patch(change_vehicle))
        .route("/tracked-after", put(set_tracked_after))
        .route("/endpoints", get(endpoints))
        .route("/endpoints/{endpoint}/fault", put(fail).delete(heal))
        .route("/endpoints/{endpoint}/hold", put(hold).delete(release))
        .route("/faults", delete(heal_all))
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(control)
}

impl From<WorldError> for Problem {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::UnknownVehicle { .. } => UNKNOWN_VEHICLE.with(error),
            WorldError::NoOwnerKey { .. } | WorldError::TooManyVehicles { .. } => {
                CONFLICT.with(error)
            }
        }
    }
}

/// A vehicle in a listing.
#[derive(Serialize)]
struct Listed {
    vin: String,
    #[serde(flatten)]
    vehicle: Vehicle,
}

impl Listed {
    fn new(vin: Vin, vehicle: Vehicle) -> Self {
        let vin = vin.as_str().to_owned();
        Self { vin, vehicle }
    }
}

async fn vehicles(State(control): State<Control>) -> Json<Vec<Listed>> {
    let vehicles = control.vehicles().into_iter();
    Json(vehicles.map(|(vin, it)| Listed::new(vin, it)).collect())
}

async fn vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
) -> Result<Json<Listed>, Problem> {
    let vehicle = control.vehicle(vin);
    let vehicle = vehicle.ok_or(WorldError::UnknownVehicle { vin })?;
    Ok(Json(Listed::new(vin, vehicle)))
}

/// Adds a vehicle with the defaults, or sets one back to them.
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

/// `null` = never by itself.
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
