//! The endpoints of the BFF, and the ways in which they can be made to fail.

use std::fmt;
use std::str::FromStr;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use digital_key_bff::problem::{
    INTERNAL, STILL_WORKED_ON, TOO_MANY_REQUESTS, UNAUTHORIZED, UNAVAILABLE, UNKNOWN_VEHICLE,
};
use serde::{Deserialize, Serialize};

/// An endpoint of the BFF that answers about a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Endpoint {
    /// `support`: whether the vehicle supports Smart Access.
    Support,
    /// `status`: the pairing status.
    Status,
    /// `password`: the pairing password.
    Password,
}

impl Endpoint {
    /// All endpoints.
    pub const ALL: [Self; 3] = [Self::Support, Self::Status, Self::Password];

    /// Returns the endpoint of a request; `None` for another path, or for a method that it does not
    /// have.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
        match path.strip_prefix("/vehicles/{vin}/digital-key/")? {
            "support" if is_get => Some(Self::Support),
            "pairing-status" if is_get => Some(Self::Status),
            "pairing-password" if request.method() == Method::POST => Some(Self::Password),
            _ => None,
        }
    }

    /// Returns its name in feature files and in the control interface.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Status => "status",
            Self::Password => "password",
        }
    }
}

/// A way in which an endpoint fails.
///
/// Its text is its name in feature files and in the control interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Fault {
    /// `500`, with a problem document, as every fault that is a status.
    InternalServerError,
    /// `503`.
    ServiceUnavailable,
    /// `503 after 5 seconds`: 503, with a `Retry-After` of so many seconds.
    ServiceUnavailableFor(u32),
    /// `401`.
    Unauthorized,
    /// `404`.
    NotFound,
    /// `409`: an earlier try of the same request is still worked on.
    StillWorkedOn,
    /// `429`.
    TooManyRequests,
    /// `429 after 5 seconds`: 429, with a `Retry-After` of so many seconds.
    TooManyRequestsFor(u32),
    /// `refused`: the connection is reset after the request was read, without an answer.
    Refused,
    /// `timeout`: no answer until the client gives up.
    Timeout,
    /// `garbage`: 200 and `application/json`, but not JSON.
    Garbage,
    /// `truncated`: 200 and JSON that is cut off; `Content-Length` is that of the part.
    Truncated,
    /// `empty`: 200 without a body.
    Empty,
}

impl Fault {
    /// All faults, and one example of each that has a number of seconds.
    pub const ALL: [Self; 13] = [
        Self::InternalServerError,
        Self::ServiceUnavailable,
        Self::ServiceUnavailableFor(5),
        Self::Unauthorized,
        Self::NotFound,
        Self::StillWorkedOn,
        Self::TooManyRequests,
        Self::TooManyRequestsFor(5),
        Self::Refused,
        Self::Timeout,
        Self::Garbage,
        Self::Truncated,
        Self::Empty,
    ];

    /// Returns what this fault does to a request.
    pub(crate) fn effect(self) -> Effect {
        let json = |text: &'static str| {
            let content_type = [(header::CONTENT_TYPE, "application/json")];
            Effect::Answer((content_type, text).into_response())
        };
        let problem = match self {
            Self::InternalServerError => INTERNAL.with("it failed unexpectedly; try again later"),
            Self::ServiceUnavailable | Self::ServiceUnavailableFor(_) => {
                UNAVAILABLE.with("it is overloaded; try again later")
            }
            Self::Unauthorized => UNAUTHORIZED.with("the token is not accepted"),
            Self::NotFound => UNKNOWN_VEHICLE.with("no such vehicle"),
            Self::StillWorkedOn => {
                STILL_WORKED_ON.with("try again later with the same idempotency key")
            }
            Self::TooManyRequests | Self::TooManyRequestsFor(_) => {
                TOO_MANY_REQUESTS.with("try again later")
            }
            Self::Refused => return Effect::Reset,
            Self::Timeout => return Effect::Silence,
            Self::Garbage => return json("<html>this is not JSON</html>"),
            Self::Truncated => return json(r#"{"vin":"WBA00000"#),
            Self::Empty => return Effect::Answer(StatusCode::OK.into_response()),
        };
        let mut response = problem.into_response();
        if let Self::ServiceUnavailableFor(seconds) | Self::TooManyRequestsFor(seconds) = self {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        Effect::Answer(response)
    }
}

/// What a [`Fault`] does to a request.
pub(crate) enum Effect {
    Answer(Response),
    Reset,
    Silence,
}

/// Why a text is not the name of an [`Endpoint`] or a [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {what}; there are {names}")]
pub struct UnknownNameError {
    what: &'static str,
    names: &'static str,
}

impl FromStr for Endpoint {
    type Err = UnknownNameError;

    fn from_str(text: &str) -> Result<Self, UnknownNameError> {
        let known = Self::ALL.into_iter().find(|it| it.name() == text);
        known.ok_or(UnknownNameError { what: "endpoint", names: "support, status and password" })
    }
}

impl FromStr for Fault {
    type Err = UnknownNameError;

    fn from_str(text: &str) -> Result<Self, UnknownNameError> {
        let number = text.split_once(" after ").and_then(|(status, time)| {
            let seconds = time.strip_suffix(" seconds")?.parse().ok()?;
            Some((status, seconds))
        });
        let with_a_number = match number {
            Some(("503", seconds)) => Some(Self::ServiceUnavailableFor(seconds)),
            Some(("429", seconds)) => Some(Self::TooManyRequestsFor(seconds)),
            Some(_) | None => None,
        };
        let known = || Self::ALL.into_iter().find(|it| it.to_string() == text);
        with_a_number.or_else(known).ok_or(UnknownNameError {
            what: "fault",
            names: "500, 503, 503 after 5 seconds, 401, 404, 409, 429, 429 after 5 seconds, \
                    refused, timeout, garbage, truncated and empty",
        })
    }
}

impl TryFrom<String> for Endpoint {
    type Error = UnknownNameError;

    fn try_from(text: String) -> Result<Self, UnknownNameError> {
        text.parse()
    }
}

impl TryFrom<String> for Fault {
    type Error = UnknownNameError;

    fn try_from(text: String) -> Result<Self, UnknownNameError> {
        text.parse()
    }
}

impl From<Endpoint> for &'static str {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.name()
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InternalServerError => "500",
            Self::ServiceUnavailable => "503",
            Self::ServiceUnavailableFor(seconds) => {
                return write!(f, "503 after {seconds} seconds");
            }
            Self::Unauthorized => "401",
            Self::NotFound => "404",
            Self::StillWorkedOn => "409",
            Self::TooManyRequests => "429",
            Self::TooManyRequestsFor(seconds) => return write!(f, "429 after {seconds} seconds"),
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Garbage => "garbage",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
        })
    }
}
