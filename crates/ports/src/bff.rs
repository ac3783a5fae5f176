//! The backend for frontend.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};

use crate::{Cause, PairingPassword};

/// The backend for frontend: the HTTP service that the app talks to.
///
/// # Contract
/// - Every call MUST end within the implementation's own deadline.
/// - An answer MUST belong to the VIN that was asked for; one that names another VIN is
///   [`BffError::Malformed`].
/// - What is not a complete, valid answer MUST be an error, never a default (REQ-5: a 404 is a
///   failure, not "absent").
/// - An error MUST tell the operation and whether trying again can help, and MUST hold neither a
///   password nor a token nor a whole VIN (GEN-6).
/// - A call whose future is dropped MUST leave the implementation usable.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Bff: Send + Sync {
    /// Asks whether the vehicle supports Smart Access (ENT-2).
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError>;

    /// Asks for the pairing status of the vehicle (WEL-1).
    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError>;

    /// Asks for a pairing password (WEL-3). `Ok(None)` = the backend has none for this vehicle.
    ///
    /// - Two calls with the same key MUST count as one request for a password.
    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError>;
}

/// What makes all tries of one request for a password the same request to the backend: 1 to 64
/// visible ASCII characters, unique for each request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes a text of 1 to 64 visible ASCII characters; `None` for any other.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u128> for IdempotencyKey {
    /// A key from a number, which ought to be random.
    fn from(number: u128) -> Self {
        Self(format!("{number:032x}"))
    }
}

/// A call of [`Bff`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BffOperation {
    /// [`Bff::support`].
    Support,
    /// [`Bff::pairing_status`].
    PairingStatus,
    /// [`Bff::pairing_password`].
    PairingPassword,
}

impl fmt::Display for BffOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Support => "support",
            Self::PairingStatus => "pairing status",
            Self::PairingPassword => "pairing password",
        })
    }
}

/// Why a call of [`Bff`] failed.
#[derive(Debug, thiserror::Error)]
pub enum BffError {
    /// No connection: the request did not reach the backend. Retryable.
    #[error(
        "the {operation} request could not reach the backend; check the connection and try again"
    )]
    Unreachable {
        /// The call.
        operation: BffOperation,
        /// What the adapter saw.
        #[source]
        cause: Cause,
    },
    /// The connection broke after the request was sent. Trying again by itself is not safe to
    /// assume helpful; the user may.
    #[error("the connection broke during the {operation} request; try again")]
    Interrupted {
        /// The call.
        operation: BffOperation,
        /// What the adapter saw.
        #[source]
        cause: Cause,
    },
    /// No complete answer within the deadline.
    #[error("the backend did not answer the {operation} request in time; try again later")]
    DeadlineExceeded {
        /// The call.
        operation: BffOperation,
    },
    /// The backend answered with a status other than success.
    #[error("the backend answered the {operation} request with status {status}")]
    Status {
        /// The call.
        operation: BffOperation,
        /// The HTTP status.
        status: u16,
        /// How long the backend asks to wait before the next try.
        retry_after: Option<Duration>,
    },
    /// The backend does not accept the token, a refreshed one included: the user has to sign in.
    #[error("the backend does not accept the sign-in for the {operation} request; sign in again")]
    Unauthorized {
        /// The call.
        operation: BffOperation,
    },
    /// The host has no token to give: the user has to sign in.
    #[error("there is no token for the {operation} request; sign in")]
    NoToken {
        /// The call.
        operation: BffOperation,
        /// What the token provider said.
        #[source]
        cause: Cause,
    },
    /// The answer is broken: cut off, of another type, too large, for another VIN.
    #[error("the answer to the {operation} request is broken: {what}")]
    Malformed {
        /// The call.
        operation: BffOperation,
        /// What is wrong and where, without any value of the answer.
        what: String,
    },
    /// The request was not sent: the backend has failed too often in a row. Not for a machine to
    /// repeat, since that is what the pause is for; the user may when it is over.
    #[error(
        "the {operation} request was not sent, since the backend failed again and again; \
         try again in {} s",
        whole_seconds(*retry_in)
    )]
    CircuitOpen {
        /// The call.
        operation: BffOperation,
        /// How long until a request is let through; zero while one is under way that finds out
        /// whether the backend is well again.
        retry_in: Duration,
    },
}

/// Seconds, rounded up: nobody is asked back too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

impl BffError {
    /// The call that failed.
    #[must_use]
    pub fn operation(&self) -> BffOperation {
        match self {
            Self::Unreachable { operation, .. }
            | Self::Interrupted { operation, .. }
            | Self::DeadlineExceeded { operation }
            | Self::Status { operation, .. }
            | Self::Unauthorized { operation }
            | Self::NoToken { operation, .. }
            | Self::Malformed { operation, .. }
            | Self::CircuitOpen { operation, .. } => *operation,
        }
    }

    /// Whether the same call may be made again by a machine: only when the backend was not
    /// reached, or said itself that the trouble passes (408, 429, 502, 503, 504).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 502 | 503 | 504),
            Self::Interrupted { .. }
            | Self::DeadlineExceeded { .. }
            | Self::Unauthorized { .. }
            | Self::NoToken { .. }
            | Self::Malformed { .. }
            | Self::CircuitOpen { .. } => false,
        }
    }

    /// How long to wait before the next try: what the backend asks for, or how long requests are
    /// held back.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::CircuitOpen { retry_in, .. } => Some(*retry_in),
            Self::Unreachable { .. }
            | Self::Interrupted { .. }
            | Self::DeadlineExceeded { .. }
            | Self::Unauthorized { .. }
            | Self::NoToken { .. }
            | Self::Malformed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_circuit_tells_when_to_come_back() {
        let operation = BffOperation::PairingStatus;
        for (millis, told) in [(0, "in 0 s"), (1, "in 1 s"), (29_001, "in 30 s")] {
            let retry_in = Duration::from_millis(millis);
            let error = BffError::CircuitOpen { operation, retry_in };
            assert!(error.to_string().ends_with(told), "{error}");
            assert_eq!(error.retry_after(), Some(retry_in));
            assert!(!error.is_retryable());
        }
    }
}
