//! The conformance suite of [`SmAccService`]: what an adapter for another dialect must keep.
//!
//! A [`Dialect`] says how the maker's service writes its answers. The suite plays that service on
//! loopback, calls the adapter, and compares. One test runs all cases:
//!
//! ```no_run
//! # use digital_key_bff::conformance::{Dialect, check};
//! # async fn my_adapter_conforms(my_dialect: impl Dialect) {
//! if let Err(violations) = check(&my_dialect).await {
//!     panic!("{violations}");
//! }
//! # }
//! ```

mod cases;
mod server;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Request, Response};
use bytes::Bytes;

use crate::smacc::{OwnerKey, SmAccService};

use cases::CASES;

/// The dialect of a maker's SmAcc service, and the adapter for it.
pub trait Dialect: Send + Sync {
    /// Makes the adapter for a service at this URL, with this deadline for a call.
    fn adapter(&self, url: &str, deadline: Duration) -> Arc<dyn SmAccService>;

    /// Writes the answer of the maker's service in a situation. `digital_key` is the text that the
    /// adapter must find again byte for byte.
    fn answer(&self, situation: &Situation) -> Response<Bytes>;

    /// Returns the bearer token that a request carries, wherever the dialect has it.
    fn token(&self, request: &Request<Bytes>) -> Option<String> {
        let header = request.headers().get("authorization")?.to_str().ok()?;
        header.strip_prefix("Bearer ").map(str::to_owned)
    }

    /// Returns the idempotency key that a request carries.
    fn idempotency_key(&self, request: &Request<Bytes>) -> Option<String> {
        Some(request.headers().get("idempotency-key")?.to_str().ok()?.to_owned())
    }

    /// Returns the correlation id that a request carries.
    fn correlation(&self, request: &Request<Bytes>) -> Option<HeaderValue> {
        request.headers().get("x-correlation-id").cloned()
    }

    /// Returns the `traceparent` that a request carries.
    fn traceparent(&self, request: &Request<Bytes>) -> Option<HeaderValue> {
        request.headers().get("traceparent").cloned()
    }
}

/// What the maker's service has to answer.
#[derive(Debug, Clone)]
pub enum Situation {
    /// It knows the vehicle.
    Vehicle {
        /// The text of the `digitalKey` object; `None` = absent.
        digital_key: Option<&'static str>,
        /// The owner key; `None` = absent.
        owner_key: Option<OwnerKey>,
        /// Whether the user is the primary subscriber.
        primary_subscriber: bool,
        /// Whether the vehicle is prepared.
        prepared: bool,
    },
    /// It issues this password; `None` = it has none.
    Password(Option<&'static str>),
    /// It does not know the vehicle.
    UnknownVehicle,
    /// It does not accept the token.
    RefusedToken,
    /// An earlier try of the same request is still worked on; the caller should wait so long.
    StillWorkedOn(Duration),
    /// The caller makes too many requests.
    TooManyRequests(Duration),
    /// It has no capacity.
    Unavailable(Duration),
    /// It fails, with a secret in its text.
    Failure(&'static str),
}

/// What an adapter breaks: a line for each case.
#[derive(Debug)]
pub struct Violations(Vec<(&'static str, String)>);

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(case, problem)| writeln!(f, "{case}: {problem}"))
    }
}

/// Runs all cases.
///
/// # Errors
/// What the adapter breaks.
pub async fn check(dialect: &dyn Dialect) -> Result<(), Violations> {
    let mut violations = Vec::new();
    for (name, case) in CASES {
        if let Err(problem) = case(dialect).await {
            violations.push((*name, problem));
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(Violations(violations)) }
}
