//! The OpenAPI documents of the SmAcc service and of the control interface, beside their routes.

use std::collections::BTreeMap;

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use digital_key_bff::openapi::{BearerToken, PAGE, problems};
use digital_key_bff::problem::Problem;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, OpenApi};

/// The document of the SmAcc service without its routes.
#[derive(OpenApi)]
#[openapi(
    info(title = "SmAcc service", description = "A simulator, for development."),
    components(schemas(Problem)),
    modifiers(&BearerToken),
)]
pub(crate) struct SmaccDescription;

/// The document of the control interface without its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Control interface",
        description = "Changes vehicles, makes endpoints of the BFF fail, and holds answers back.",
    ),
    components(schemas(Problem))
)]
pub(crate) struct ControlDescription;

/// Returns the routes that show a document: `/openapi.json`, and a page at `/`.
pub(crate) fn served<S: Clone + Send + Sync + 'static>(
    document: utoipa::openapi::OpenApi,
) -> Router<S> {
    let json = document.to_json().unwrap_or_default();
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/openapi.json", get(move || async move { (content_type, json) }))
}

macro_rules! responses {
    ($($(#[doc = $doc:literal])+ $name:ident: $problems:expr;)+) => {$(
        $(#[doc = $doc])+
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problems(&$problems)
            }
        }
    )+};
}

responses! {
    /// The problems of a request to the SmAcc service.
    Refused: [
        ("400", "The VIN or a header is not valid"),
        ("401", "The bearer token is missing or not accepted"),
        ("404", "The vehicle is not known"),
    ];
    /// The problems of a path with a VIN.
    BadVin: [("400", "The VIN or the body is not valid"), ("404", "The vehicle is not known")];
    /// The problems of a path with the name of an endpoint.
    UnknownEndpoint: [("404", "There is no such endpoint")];
    /// The problems of a body.
    BadBody: [("400", "The VIN or the body is not valid"), ("413", "The body is too large")];
    /// The problem of a change that the vehicles do not allow.
    Conflict: [("409", "The vehicles do not allow this change")];
}
