//! The parts of the OpenAPI documents beside the routes, and the page that shows a document.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Required, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

use crate::problem::{self, Problem};

/// The page that lists the operations of the document `openapi.json` beside it.
pub const PAGE: &str = include_str!("openapi.html");

/// The OpenAPI document of the BFF without its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Digital key BFF",
        description = "Serves what an app needs for the digital key of a vehicle.",
    ),
    components(schemas(Problem)),
    modifiers(&BearerToken),
)]
pub(crate) struct Description;

/// Adds the bearer token to a document.
pub struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// Returns the response with this problem document.
pub fn problem_response(description: &str) -> ResponseBuilder {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(problem::CONTENT_TYPE, content)
}

fn header(description: &str, kind: Type) -> Header {
    let schema = ObjectBuilder::new().schema_type(SchemaType::Type(kind)).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}

/// Returns the responses with these statuses and descriptions, each with a problem document.
#[must_use]
pub fn problems(problems: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let response = |status: &str, description: &str| {
        let response = problem_response(description);
        match status {
            "401" => response.header("WWW-Authenticate", header("The scheme Bearer", Type::String)),
            "409" | "429" | "503" => {
                response.header("Retry-After", header("How many seconds to wait", Type::Integer))
            }
            _ => response,
        }
        .build()
    };
    let each = problems.iter();
    each.map(|(status, text)| ((*status).to_owned(), response(status, text).into())).collect()
}

/// The problems that each route may answer with.
pub(crate) struct VehicleProblems;

impl IntoResponses for VehicleProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The VIN, a header or the head of the request is not valid"),
            ("401", "The bearer token is missing or not accepted"),
            ("404", "The vehicle is not known"),
            ("408", "The body of the request took too long to arrive"),
            ("413", "The body of the request is too large"),
            ("429", "The token or the caller makes too many requests"),
            ("431", "The head of the request is too large"),
            ("500", "The service failed"),
            ("502", "The SmAcc service failed"),
            ("503", "The service or the SmAcc service has no capacity at the moment"),
            ("504", "The SmAcc service did not answer in time"),
        ])
    }
}

/// The problem of a request that may be repeated with its idempotency key.
pub(crate) struct AcceptedOnce;

impl IntoResponses for AcceptedOnce {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[("409", "An earlier try of the same request is still worked on")])
    }
}

/// Returns the document of the BFF, with the headers that every route takes and answers.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = crate::api::description();
    document.info.version = crate::VERSION.to_owned();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            add_headers(operation);
        }
    }
    document
}

fn add_headers(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(vin().into());
    let correlation = "Names the request in its answer and in the log; another value is replaced";
    let trace = "Trace and span of the sender (W3C Trace Context); another value is replaced";
    parameters.push(optional_header("X-Correlation-Id", correlation).into());
    parameters.push(optional_header("traceparent", trace).into());
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        for (name, description) in [
            ("X-Correlation-Id", "The id of the request"),
            ("traceparent", "The trace, and the span of this service in it"),
            ("Cache-Control", "no-store"),
        ] {
            response.headers.insert(name.to_owned(), header(description, Type::String).into());
        }
    }
}

fn vin() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some("^[A-Za-z0-9]{17}$"))
        .build();
    ParameterBuilder::new()
        .name("vin")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The vehicle's identification number"))
        .schema(Some(schema))
        .build()
}

fn optional_header(name: &str, description: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
