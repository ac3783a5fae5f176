//! The parts of the OpenAPI document beside the routes.

use std::collections::BTreeMap;

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

use crate::problem::{self, Problem};

/// The OpenAPI document without its routes.
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

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The problems that each endpoint for a vehicle may answer with.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            ("400", "The VIN or a header is not valid"),
            ("401", "The bearer token is missing or not accepted"),
            ("404", "The vehicle is not known"),
            ("413", "The request body is too large"),
            ("502", "The SmAcc service failed"),
            ("504", "The SmAcc service did not answer in time"),
        ]
        .into_iter()
        .map(|(status, description)| {
            let schema = Ref::from_schema_name(Problem::name());
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let response = ResponseBuilder::new()
                .description(description)
                .content(problem::CONTENT_TYPE, content)
                .build();
            (status.to_owned(), response.into())
        })
        .collect()
    }
}
