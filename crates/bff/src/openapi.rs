//! Parts that OpenAPI documents have in common, and the page that shows a document.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, ToSchema};

use crate::problem::{self, Problem};

/// The page that lists the operations of the document `openapi.json` beside it.
pub const PAGE: &str = include_str!("openapi.html");

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

/// Returns the description of a header with values of this type.
#[must_use]
pub fn header(description: &str, kind: Type) -> Header {
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
