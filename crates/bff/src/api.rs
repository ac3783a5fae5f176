//! The API that apps call: three routes, each about one vehicle.

mod description;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use digital_key_domain::Vin;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, VehiclePath};
use crate::observe::metrics::{Shed, WorkerMetrics};
use crate::observe::{RequestIds, Route, UpstreamCall};
use crate::problem::{
    self, INTERNAL, Problem, STILL_WORKED_ON, TOO_MANY_REQUESTS, UNAUTHORIZED, UNAVAILABLE,
    UNKNOWN_VEHICLE, UPSTREAM_FAILED, UPSTREAM_TIMEOUT,
};
use crate::shared::Shared;
use crate::smacc::{
    Caller, FailureKind, IdempotencyKey, OwnerKey, SmAccError, SmAccService, VehicleAnswer,
};
use description::{AcceptedOnce, Description, VehicleProblems};

pub use description::document;

/// What the handlers of one thread share.
pub(crate) struct Api {
    pub(crate) smacc: Arc<dyn SmAccService>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) metrics: Arc<WorkerMetrics>,
}

/// Each call adds a route together with its description, so that the document lacks no route.
fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(support))
        .routes(routes!(pairing_status))
        .routes(routes!(pairing_password))
}

/// Returns the routes of the API.
pub(crate) fn router(api: Arc<Api>) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(problem::unknown_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(api)
}

/// A caller with a token that may make a request now.
struct Admitted(Caller);

impl FromRequestParts<Arc<Api>> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Problem> {
        let bearer = Bearer::from_request_parts(parts, api).await?;
        if let Some(rate) = &api.shared.rate
            && let Err(wait) = rate.check(bearer.token())
        {
            api.metrics.count_shed(Shed::Rate);
            let problem = TOO_MANY_REQUESTS.with("this token makes too many requests");
            return Err(problem.retry_after(Some(wait)));
        }
        if let Some(tokens) = &api.shared.tokens {
            tokens.check(bearer.token()).await.map_err(|error| {
                if error.is_ours() {
                    api.metrics.count_shed(Shed::Keys);
                    UNAVAILABLE.with(error).retry_after(Some(Shared::RETRY_AFTER))
                } else {
                    UNAUTHORIZED.with(error)
                }
            })?;
        }
        let ids = parts.extensions.get::<RequestIds>();
        let ids = ids.ok_or_else(|| INTERNAL.with("the request has no ids"))?;
        Ok(Self(Caller {
            authorization: bearer.header(),
            correlation: ids.correlation.clone(),
            traceparent: ids.trace.upstream_header(),
            tracestate: ids.tracestate.clone(),
        }))
    }
}

impl Api {
    /// Calls the upstream, counts the call, and turns its answer into a response.
    async fn call<T>(
        &self,
        route: Route,
        vin: Vin,
        call: impl Future<Output = Result<T, SmAccError>>,
        body: impl FnOnce(T) -> Vec<u8>,
    ) -> Response {
        let started = Instant::now();
        let answer = call.await;
        let ended = Instant::now();
        let failure = answer.as_ref().err().and_then(SmAccError::failure);
        self.metrics.count_upstream(route, ended - started, failure);
        let mut response = match answer {
            Ok(value) => json(body(value)),
            Err(error) => problem_of(vin, &error).into_response(),
        };
        response.extensions_mut().insert(UpstreamCall {
            started,
            ended,
            #[cfg(feature = "otlp")]
            failure,
        });
        response
    }
}

fn json(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(body)));
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// Returns what the caller learns about an error: nothing of the upstream.
fn problem_of(vin: Vin, error: &SmAccError) -> Problem {
    match error {
        SmAccError::UnknownVehicle => {
            UNKNOWN_VEHICLE.with(format_args!("vehicle {} is not known", vin.short()))
        }
        SmAccError::Unauthorized => UNAUTHORIZED.with("the token is not accepted"),
        SmAccError::StillWorkedOn(wait) => {
            STILL_WORKED_ON.with("try again later with the same idempotency key").retry_after(*wait)
        }
        SmAccError::TooManyRequests(wait) => {
            TOO_MANY_REQUESTS.with("try again later").retry_after(*wait)
        }
        SmAccError::Unavailable(wait) => UNAVAILABLE.with("try again later").retry_after(*wait),
        SmAccError::Failed { kind, detail } => {
            tracing::warn!(kind = kind.name(), detail, "the SmAcc service failed");
            match kind {
                FailureKind::Timeout => UPSTREAM_TIMEOUT.with("try again later"),
                FailureKind::Connect
                | FailureKind::Connection
                | FailureKind::Status
                | FailureKind::Malformed
                | FailureKind::TooLarge => UPSTREAM_FAILED.with("try again later"),
            }
        }
    }
}

/// Whether a vehicle supports Smart Access.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the text that `support_body` writes")]
struct SupportAnswer {
    /// The vehicle's identification number.
    #[schema(pattern = "^[A-Z0-9]{17}$")]
    vin: String,
    /// The vehicle's `digitalKey` object, passed on unchanged; absent when it has none.
    #[schema(value_type = Option<Object>, nullable = false)]
    digital_key: Option<()>,
}

/// Writes the answer. The `digitalKey` object is copied, not read: any JSON value passes.
fn support_body(vin: Vin, vehicle: &VehicleAnswer) -> Vec<u8> {
    let object = vehicle.digital_key.as_ref().map_or(&b""[..], |object| object.as_bytes());
    let mut body = Vec::with_capacity(48 + object.len());
    body.extend_from_slice(b"{\"vin\":\"");
    // A VIN has letters and digits alone.
    body.extend_from_slice(vin.as_str().as_bytes());
    body.push(b'"');
    if !object.is_empty() {
        body.extend_from_slice(b",\"digitalKey\":");
        body.extend_from_slice(object);
    }
    body.push(b'}');
    body
}

/// Who may pair with a vehicle.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PairingStatusAnswer<'a> {
    /// The vehicle's identification number.
    #[schema(pattern = "^[A-Z0-9]{17}$")]
    vin: &'a str,
    /// The owner key; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner_key: Option<&'a OwnerKey>,
    /// Whether the user is the primary subscriber.
    primary_subscriber: bool,
    /// Whether the vehicle is prepared for pairing.
    prepared: bool,
}

/// A pairing password.
#[derive(Serialize, ToSchema)]
struct PairingPasswordAnswer<'a> {
    /// The vehicle's identification number.
    #[schema(pattern = "^[A-Z0-9]{17}$")]
    vin: &'a str,
    /// 8 decimal digits; absent when the backend has none for this vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]{8}$")]
    password: Option<&'a str>,
}

/// Serializes a value that has no map with other keys than texts, which cannot fail.
fn body_of(value: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    let _ = serde_json::to_writer(&mut body, value);
    body
}

/// Returns whether the vehicle supports Smart Access.
#[utoipa::path(
    get,
    path = "/vehicles/{vin}/digital-key/support",
    responses((status = 200, description = "The answer", body = SupportAnswer), VehicleProblems),
    security(("bearer" = [])),
)]
async fn support(
    State(api): State<Arc<Api>>,
    Admitted(caller): Admitted,
    VehiclePath(vin): VehiclePath,
) -> Response {
    let vehicle = api.smacc.vehicle(vin, &caller);
    api.call(Route::Support, vin, vehicle, |vehicle| support_body(vin, &vehicle)).await
}

/// Returns the owner key, and whether a pairing may start.
#[utoipa::path(
    get,
    path = "/vehicles/{vin}/digital-key/pairing-status",
    responses((status = 200, description = "The status", body = PairingStatusAnswer), VehicleProblems),
    security(("bearer" = [])),
)]
async fn pairing_status(
    State(api): State<Arc<Api>>,
    Admitted(caller): Admitted,
    VehiclePath(vin): VehiclePath,
) -> Response {
    let vehicle = api.smacc.vehicle(vin, &caller);
    let body = |vehicle: VehicleAnswer| {
        body_of(&PairingStatusAnswer {
            vin: vin.as_str(),
            owner_key: vehicle.owner_key.as_ref(),
            primary_subscriber: vehicle.primary_subscriber,
            prepared: vehicle.prepared,
        })
    };
    api.call(Route::Status, vin, vehicle, body).await
}

/// Issues a pairing password: the same one for the same idempotency key.
#[utoipa::path(
    post,
    path = "/vehicles/{vin}/digital-key/pairing-password",
    params(
        ("Idempotency-Key" = String, Header, description = "The same on each try of a request",
            min_length = 1, max_length = 64, pattern = "^[!-~]+$"),
    ),
    responses(
        (status = 200, description = "The password", body = PairingPasswordAnswer),
        VehicleProblems,
        AcceptedOnce,
    ),
    security(("bearer" = [])),
)]
async fn pairing_password(
    State(api): State<Arc<Api>>,
    Admitted(caller): Admitted,
    VehiclePath(vin): VehiclePath,
    key: IdempotencyKey,
) -> Response {
    let password = api.smacc.pairing_password(vin, &key, &caller);
    let body = |password: Option<crate::smacc::Password>| {
        let password = password.as_ref().map(crate::smacc::Password::expose);
        body_of(&PairingPasswordAnswer { vin: vin.as_str(), password })
    };
    api.call(Route::Password, vin, password, body).await
}
