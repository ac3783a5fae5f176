//! The OpenAPI document of the API, beside its routes.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Response};
use utoipa::{IntoResponses, OpenApi};

use crate::openapi::{BearerToken, header, problems};
use crate::problem::Problem;

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
pub(super) struct Description;

/// The problems that each route may answer with.
pub(super) struct VehicleProblems;

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
pub(super) struct AcceptedOnce;

impl IntoResponses for AcceptedOnce {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[("409", "An earlier try of the same request is still worked on")])
    }
}

/// Returns the document of the BFF, with the headers that every route takes and answers.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = super::routes().split_for_parts().1;
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

#[cfg(test)]
mod tests {
    use super::document;
    use crate::observe::Route;

    #[test]
    fn a_path_has_the_route_that_the_description_names() {
        let paths = document().paths.paths;
        assert_eq!(paths.len(), Route::CALLING.len());
        for path in paths.keys() {
            let (route, vin) = Route::of(path);
            assert_eq!((route.name(), vin), (path.as_str(), Some("{vin}")));
        }
    }
}
