//! The OpenAPI documents of the SmAcc service and of the control interface, beside their routes.

use std::collections::BTreeMap;

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use digital_key_bff::openapi::{BearerToken, PAGE, problems};
use digital_key_bff::problem::Problem;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};
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
    let json = complete(document).to_json().unwrap_or_default();
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/openapi.json", get(move || async move { (content_type, json) }))
}

/// Adds what the server answers at any path by itself. Its answer to a bad head has no body.
fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let mut answers = problems(&[("405", "The path does not have this method")]);
    for (status, description) in [
        ("400", "The head of the request is not valid HTTP/1.1"),
        ("414", "The path is too long"),
        ("431", "The head of the request is too large"),
    ] {
        let response = ResponseBuilder::new().description(description).build();
        answers.insert(status.to_owned(), response.into());
    }
    for item in document.paths.paths.values_mut() {
        let of_reading = [&mut item.get, &mut item.post];
        let of_changing = [&mut item.put, &mut item.patch, &mut item.delete];
        for operation in of_reading.into_iter().chain(of_changing).flatten() {
            for (status, answer) in answers.clone() {
                operation.responses.responses.entry(status).or_insert(answer);
            }
        }
    }
    document
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
