//! [`Control`] over HTTP.
//!
//! Every change is a `PUT`, `PATCH` or `DELETE`: browsers let no web page of another origin send
//! these without permission.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::{Json, Router};
use digital_key_bff::extract::VehiclePath;
use digital_key_bff::problem::{self, Problem, ProblemType, UNKNOWN_ROUTE, UNKNOWN_VEHICLE};
use digital_key_domain::Vin;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Control;
use crate::extract::{JsonBody, MAX_BODY};
use crate::fault::{Endpoint, Fault};
use crate::fault_injection::EndpointState;
use crate::openapi::{BadBody, BadVin, Conflict, ControlDescription, UnknownEndpoint, served};
use crate::vehicle::{Vehicle, VehicleChange, VehicleError};

/// A change that the vehicles do not allow.
const CONFLICT: ProblemType =
    ProblemType::new(StatusCode::CONFLICT, "conflict", "The vehicles do not allow this change");

/// Returns the routes of the control interface, with their description.
pub(crate) fn router(control: Control) -> Router {
    let (router, description) = OpenApiRouter::with_openapi(ControlDescription::openapi())
        .routes(routes!(vehicles))
        .routes(routes!(vehicle, put_vehicle, change_vehicle))
        .routes(routes!(set_tracked_after))
        .routes(routes!(endpoints))
        .routes(routes!(fail, heal))
        .routes(routes!(hold, release))
        .routes(routes!(heal_all))
        .routes(routes!(reset))
        .split_for_parts();
    router
        .merge(served(description))
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
#[derive(Serialize, ToSchema)]
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

/// Lists all vehicles.
#[utoipa::path(get, path = "/vehicles", responses((status = 200, description = "The vehicles", body = [ListedVehicle])))]
async fn vehicles(State(control): State<Control>) -> Json<Vec<ListedVehicle>> {
    let vehicles = control.vehicles().into_iter();
    Json(vehicles.map(|(vin, it)| ListedVehicle::new(vin, it)).collect())
}

/// Returns a vehicle.
#[utoipa::path(get, path = "/vehicles/{vin}", responses((status = 200, description = "The vehicle", body = ListedVehicle), BadVin))]
async fn vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
) -> Result<Json<ListedVehicle>, Problem> {
    let vehicle = control.vehicle(vin);
    let vehicle = vehicle.ok_or(VehicleError::Unknown { vin })?;
    Ok(Json(ListedVehicle::new(vin, vehicle)))
}

/// Adds a vehicle with the defaults, or resets it to them.
#[utoipa::path(put, path = "/vehicles/{vin}", responses((status = 204, description = "It is done"), BadVin, Conflict))]
async fn put_vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
) -> Result<StatusCode, Problem> {
    control.put_vehicle(vin, Vehicle::default())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes one member of a vehicle.
#[utoipa::path(patch, path = "/vehicles/{vin}", request_body = VehicleChange, responses((status = 204, description = "It is done"), BadVin, BadBody, Conflict))]
async fn change_vehicle(
    State(control): State<Control>,
    VehiclePath(vin): VehiclePath,
    JsonBody(change): JsonBody<VehicleChange>,
) -> Result<StatusCode, Problem> {
    control.change(vin, change)?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long an untracked key stays untracked; `null` = until a change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TrackedAfter {
    milliseconds: Option<u64>,
}

/// Sets how long an untracked key stays untracked.
#[utoipa::path(put, path = "/tracked-after", request_body = TrackedAfter, responses((status = 204, description = "It is done"), BadBody))]
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

/// Lists faults, holds and counts of the endpoints of the BFF.
#[utoipa::path(get, path = "/endpoints", responses((status = 200, description = "The endpoints", body = [EndpointState])))]
async fn endpoints(State(control): State<Control>) -> Json<[EndpointState; Endpoint::ALL.len()]> {
    Json(Endpoint::ALL.map(|endpoint| control.endpoint(endpoint)))
}

/// The fault that an endpoint gets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFault {
    /// Such as `503`, `503 after 5 seconds`, `timeout` or `garbage`.
    #[schema(value_type = String)]
    fault: Fault,
}

/// Makes the requests to an endpoint fail.
#[utoipa::path(put, path = "/endpoints/{endpoint}/fault", request_body = NewFault, responses((status = 204, description = "It is done"), UnknownEndpoint, BadBody))]
async fn fail(
    State(control): State<Control>,
    EndpointPath(endpoint): EndpointPath,
    JsonBody(NewFault { fault }): JsonBody<NewFault>,
) -> StatusCode {
    control.fail(endpoint, fault);
    StatusCode::NO_CONTENT
}

/// Ends the fault of an endpoint.
#[utoipa::path(delete, path = "/endpoints/{endpoint}/fault", responses((status = 204, description = "It is done"), UnknownEndpoint))]
async fn heal(State(control): State<Control>, EndpointPath(endpoint): EndpointPath) -> StatusCode {
    control.heal(endpoint);
    StatusCode::NO_CONTENT
}

/// Ends all faults.
#[utoipa::path(delete, path = "/faults", responses((status = 204, description = "It is done")))]
async fn heal_all(State(control): State<Control>) -> StatusCode {
    control.heal_all();
    StatusCode::NO_CONTENT
}

/// Holds back the answers to requests that arrive from now on.
#[utoipa::path(put, path = "/endpoints/{endpoint}/hold", responses((status = 204, description = "It is done"), UnknownEndpoint))]
async fn hold(State(control): State<Control>, EndpointPath(endpoint): EndpointPath) -> StatusCode {
    control.hold(endpoint);
    StatusCode::NO_CONTENT
}

/// Sends the held answers and stops holding back.
#[utoipa::path(delete, path = "/endpoints/{endpoint}/hold", responses((status = 204, description = "It is done"), UnknownEndpoint))]
async fn release(
    State(control): State<Control>,
    EndpointPath(endpoint): EndpointPath,
) -> StatusCode {
    control.release(endpoint);
    StatusCode::NO_CONTENT
}

/// Restores the vehicles and settings of the start, and ends all faults and holds.
#[utoipa::path(delete, path = "/changes", responses((status = 204, description = "It is done")))]
async fn reset(State(control): State<Control>) -> StatusCode {
    control.reset();
    StatusCode::NO_CONTENT
}
