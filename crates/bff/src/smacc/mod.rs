//! The SmAcc service behind the BFF, as a port: [`SmAccService`] and its values.
//!
//! [`HttpSmAcc`] is the adapter for the dialect that this project documents. A maker whose service
//! speaks another dialect writes an adapter of its own; the suite in the module `conformance` (feature
//! `testkit`) checks it.

mod http;
mod client;
mod values;

use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderValue;
use digital_key_domain::Vin;

pub use client::ClientError;
#[cfg(feature = "tls")]
pub(crate) use client::HttpClient;
pub use http::HttpSmAcc;
pub use values::{IdempotencyKey, JsonText, OwnerKey, Password, PasswordError, VehicleAnswer};

/// The SmAcc service of a maker.
///
/// An adapter MUST keep these rules; each is a case of the conformance suite.
///
/// - A vehicle's answer arrives unchanged; its `digitalKey` object byte for byte.
/// - A `digitalKey` object and an owner key that are absent or `null` are `None`.
/// - The caller's token is passed on as it came, and so are correlation id and `traceparent`.
/// - The idempotency key of a password request is passed on.
/// - An unknown vehicle is [`SmAccError::UnknownVehicle`], a refused token
///   [`SmAccError::Unauthorized`], a request that is still worked on [`SmAccError::StillWorkedOn`].
/// - A wait that the service asks for arrives in the error.
/// - An answer that is not complete, not readable or too long is [`SmAccError::Failed`].
/// - A call ends within the deadline, and its failure then has the kind
///   [`FailureKind::Timeout`].
/// - No error text repeats the token, the password, the VIN or the answer (GEN-6).
#[async_trait]
pub trait SmAccService: Send + Sync + 'static {
    /// Returns what the service knows about a vehicle.
    async fn vehicle(&self, vin: Vin, caller: &Caller) -> Result<VehicleAnswer, SmAccError>;

    /// Issues a pairing password: the same one for the same key. `None` = the vehicle has none.
    async fn pairing_password(
        &self,
        vin: Vin,
        key: &IdempotencyKey,
        caller: &Caller,
    ) -> Result<Option<Password>, SmAccError>;

    /// Returns whether the service can be reached, on behalf of no caller.
    async fn probe(&self) -> Result<(), SmAccError>;
}

/// The caller on whose behalf the service is called: headers that are passed on.
#[derive(Debug, Clone)]
pub struct Caller {
    /// `Authorization`, marked as sensitive.
    pub authorization: HeaderValue,
    /// `X-Correlation-Id`.
    pub correlation: HeaderValue,
    /// `traceparent`: names the span of this call.
    pub traceparent: HeaderValue,
    /// `tracestate`, as it came.
    pub tracestate: Option<HeaderValue>,
}

/// Why the service gave no answer. Its text repeats nothing of the request and the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmAccError {
    /// The service does not know the vehicle.
    #[error("the vehicle is not known")]
    UnknownVehicle,
    /// The service does not accept the token.
    #[error("the token is not accepted")]
    Unauthorized,
    /// An earlier try of the same request is still worked on.
    #[error("an earlier try of the same request is still worked on")]
    StillWorkedOn(RetryAfter),
    /// The caller makes too many requests.
    #[error("there were too many requests")]
    TooManyRequests(RetryAfter),
    /// The service has no capacity at the moment.
    #[error("the service is not available at the moment")]
    Unavailable(RetryAfter),
    /// The service failed.
    #[error("{detail}")]
    Failed {
        /// How it failed.
        kind: FailureKind,
        /// What happened, for the log.
        detail: String,
    },
}

impl SmAccError {
    /// Makes a failure.
    pub fn failed(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self::Failed { kind, detail: detail.into() }
    }

    /// Returns how the service failed; `None` when it decided about the request.
    #[must_use]
    pub fn failure(&self) -> Option<FailureKind> {
        match self {
            Self::UnknownVehicle
            | Self::Unauthorized
            | Self::StillWorkedOn(_)
            | Self::TooManyRequests(_) => None,
            Self::Unavailable(_) => Some(FailureKind::Status),
            Self::Failed { kind, .. } => Some(*kind),
        }
    }
}

/// How long the service asks to wait before the next try; `None` = it does not say.
pub type RetryAfter = Option<Duration>;

/// How the service failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection could be made.
    Connect,
    /// There was no whole answer within the deadline.
    Timeout,
    /// The connection broke before the whole answer was there.
    Connection,
    /// The answer has a status that the contract does not have.
    Status,
    /// The answer cannot be read.
    Malformed,
    /// The answer is too long.
    TooLarge,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Connect,
        Self::Timeout,
        Self::Connection,
        Self::Status,
        Self::Malformed,
        Self::TooLarge,
    ];

    /// Returns its name in metrics and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Status => "status",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
        }
    }
}
