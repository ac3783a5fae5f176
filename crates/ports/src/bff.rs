//! The port of the backend for frontend (BFF).

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{FailureKind, NoAnswer, PairingStatus, SupportAnswer, Vin};

use crate::{PairingPassword, PortError, PortErrorKind};

/// The backend for frontend: the service that answers the core's questions about a vehicle.
///
/// # Contract
/// - Every call MUST end within the implementation's own deadline.
/// - An answer MUST belong to the VIN of the call. An answer that names another VIN is
///   [`BffErrorKind::Malformed`].
/// - Any answer that is not complete and valid MUST be an error, never a default (REQ-5: a 404 is a
///   failure, not "absent").
/// - An error MUST name the operation and say whether trying again can help. It MUST hold neither a
///   password nor a token nor a whole VIN (GEN-6).
/// - A call whose future is dropped MUST leave the implementation usable.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Bff: Send + Sync {
    /// Asks whether the vehicle supports Smart Access (ENT-2).
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError>;

    /// Asks for the pairing status of the vehicle (WEL-1).
    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError>;

    /// Asks for a pairing password (WEL-3). `Ok(None)` means that the backend has none for this
    /// vehicle.
    ///
    /// - Two calls with the same key MUST count as one request for a password.
    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError>;
}

/// A key by which the backend recognizes all tries of one request for a password.
///
/// It has 1 to 64 visible ASCII characters, and each request has a key of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Makes a key of 1 to 64 visible ASCII characters. Returns `None` for any other text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// Returns the text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u128> for IdempotencyKey {
    /// Makes a key from a number, which should be random.
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

/// The failure of a call of [`Bff`].
pub type BffError = PortError<BffOperation, BffErrorKind>;

/// Why a call of [`Bff`] failed, and what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BffErrorKind {
    /// The request did not reach the backend, since there was no connection. Retryable.
    Unreachable,
    /// The connection broke before the whole answer was there. Retryable: the backend may have
    /// handled the request, but every request is a question or carries an [`IdempotencyKey`].
    Interrupted,
    /// No complete answer came within the deadline. Only the user may try again.
    DeadlineExceeded,
    /// The backend answered with a status other than success. Retryable for 408, 429, 502, 503 and
    /// 504, with which the backend says that the failure passes.
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the backend asks to wait before the next try (`Retry-After`).
        wait: Option<Duration>,
    },
    /// The backend rejects the token, also after a refresh. The user has to sign in.
    Unauthorized,
    /// The host has no token to give. The user has to sign in.
    NoToken,
    /// The answer is broken: cut off, of another type, too large, or about another VIN. The source
    /// says what is wrong and where, without any value of the answer.
    Malformed,
    /// The request was not sent, since the backend failed too often in a row. Only the user may try
    /// again, when the pause is over.
    CircuitOpen {
        /// How long until the next request is let through. Zero while a probe is in flight that
        /// finds out whether the backend answers again.
        wait: Duration,
    },
}

impl PortErrorKind for BffErrorKind {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable | Self::Interrupted => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 502 | 503 | 504),
            Self::DeadlineExceeded
            | Self::Unauthorized
            | Self::NoToken
            | Self::Malformed
            | Self::CircuitOpen { .. } => false,
        }
    }

    fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            Self::CircuitOpen { wait } => Some(*wait),
            Self::Unreachable
            | Self::Interrupted
            | Self::DeadlineExceeded
            | Self::Unauthorized
            | Self::NoToken
            | Self::Malformed => None,
        }
    }
}

impl From<&BffError> for NoAnswer {
    /// Returns what the flow machine learns of the error (GEN-11).
    fn from(error: &BffError) -> Self {
        let kind = match error.kind() {
            BffErrorKind::Unreachable => FailureKind::Unreachable,
            BffErrorKind::Interrupted => FailureKind::Interrupted,
            BffErrorKind::DeadlineExceeded => FailureKind::DeadlineExceeded,
            BffErrorKind::Status { status, .. } => FailureKind::Status { status },
            BffErrorKind::Unauthorized => FailureKind::Unauthorized,
            BffErrorKind::NoToken => FailureKind::NoToken,
            BffErrorKind::Malformed => FailureKind::Malformed,
            BffErrorKind::CircuitOpen { .. } => FailureKind::CircuitOpen,
        };
        Self::new(kind, error.wait())
    }
}

impl fmt::Display for BffErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => {
                "the backend could not be reached; check the connection and try again"
            }
            Self::Interrupted => "the connection broke during the request; try again",
            Self::DeadlineExceeded => "the backend did not answer in time; try again later",
            Self::Status { status, .. } => {
                return write!(f, "the backend answered with status {status}");
            }
            Self::Unauthorized => "the backend does not accept the sign-in; sign in again",
            Self::NoToken => "there is no token for the request; sign in",
            Self::Malformed => "the answer of the backend is broken",
            Self::CircuitOpen { wait } => {
                let seconds = whole_seconds(*wait);
                return write!(
                    f,
                    "the request was not sent, since the backend failed again and again; \
                     try again in {seconds} s"
                );
            }
        })
    }
}

/// Rounds up to seconds, so that nobody tries again too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
