//! The port of the backend for frontend, and the HTTP adapter.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_bff_http::{HttpBff, TokenError as HttpTokenError};
use digital_key_domain::{PairingStatus, SupportAnswer};
use digital_key_ports as ports;
use digital_key_ports::{BffErrorKind, BffOperation, IdempotencyKey};

use super::http::HttpOptions;
use crate::error::{DigitalKeyError, ForeignMessage, Unexpected};
use crate::secret::{BearerToken, PairingPassword};
use digital_key_domain::Vin;

/// The backend for frontend, as a client implements it.
///
/// - Every call MUST end within the implementation's own deadline.
/// - An answer MUST belong to the VIN of the call. An answer that names another VIN is `Malformed`.
/// - Any answer that is not complete and valid MUST be an error, never a default (REQ-5: a 404 is a
///   failure, not "absent").
/// - An error MUST hold neither a password nor a token nor a whole VIN (GEN-6).
/// - A call that is cancelled MUST leave the implementation usable.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait Bff: Send + Sync {
    /// Asks whether the vehicle supports Smart Access (ENT-2). `decide_support` makes the answer.
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError>;

    /// Asks for the pairing status of the vehicle (WEL-1).
    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError>;

    /// Asks for a pairing password (WEL-3). None means that the backend has none for this vehicle.
    ///
    /// - Two calls with the same key MUST count as one request for a password.
    async fn pairing_password(
        &self,
        vin: Vin,
        idempotency_key: String,
    ) -> Result<Option<Arc<PairingPassword>>, BffError>;
}

/// Why a call of the BFF failed. It contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum BffError {
    /// No connection: the request did not reach the backend. Retryable.
    #[error("unreachable: {reason}")]
    Unreachable {
        /// What happened.
        reason: String,
    },
    /// The connection broke before the whole answer was there. Retryable.
    #[error("interrupted: {reason}")]
    Interrupted {
        /// What happened.
        reason: String,
    },
    /// No complete answer within the deadline. Final for a machine.
    #[error("no answer in time")]
    DeadlineExceeded,
    /// The backend answered with a status other than success. 408, 429, 502, 503 and 504 are
    /// retryable.
    #[error("status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the backend asks to wait before the next try.
        retry_after: Option<Duration>,
    },
    /// The backend does not accept the sign-in. Final: the user has to sign in.
    #[error("the sign-in is not accepted")]
    Unauthorized,
    /// There is no token to give. Final: the user has to sign in.
    #[error("no token: {reason}")]
    NoToken {
        /// What happened.
        reason: String,
    },
    /// The answer is broken. Final.
    #[error("malformed: {reason}")]
    Malformed {
        /// What is wrong and where, without any value of the answer.
        reason: String,
    },
    /// The core sets this itself when the adapter throws anything else. Final.
    #[error("the adapter threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for BffError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl BffError {
    fn during(self, operation: BffOperation) -> ports::BffError {
        use BffErrorKind as Kind;
        let failure = |kind| ports::BffError::new(operation, kind);
        match self {
            Self::Unreachable { reason } => {
                failure(Kind::Unreachable).with_source(ForeignMessage(reason))
            }
            Self::Interrupted { reason } => {
                failure(Kind::Interrupted).with_source(ForeignMessage(reason))
            }
            Self::DeadlineExceeded => failure(Kind::DeadlineExceeded),
            Self::Status { status, retry_after } => {
                failure(Kind::Status { status, wait: retry_after })
            }
            Self::Unauthorized => failure(Kind::Unauthorized),
            Self::NoToken { reason } => failure(Kind::NoToken).with_source(ForeignMessage(reason)),
            Self::Malformed { reason } => {
                failure(Kind::Malformed).with_source(ForeignMessage(reason))
            }
            Self::Unexpected => failure(Kind::Malformed).with_source(Unexpected),
        }
    }
}

/// The source of bearer tokens: the client's sign-in.
///
/// - After `refresh` has returned a token, `token` MUST return that token or a newer one.
/// - A call that is cancelled MUST leave the implementation usable.
/// - An error MUST hold no token.
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// Returns the current token.
    async fn token(&self) -> Result<Arc<BearerToken>, TokenError>;

    /// Replaces a token that the backend rejected. The core calls it once for all requests that were
    /// rejected at the same time.
    async fn refresh(&self, rejected: Arc<BearerToken>) -> Result<Arc<BearerToken>, TokenError>;
}

/// Why there is no token. It contains no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum TokenError {
    /// Nobody is signed in, or the sign-in failed.
    #[error("{reason}")]
    NotSignedIn {
        /// What happened.
        reason: String,
    },
    /// The sign-in needs a network to make a token, and there is none. The core tries again, as it
    /// does without a connection to the backend.
    #[error("{reason}")]
    Offline {
        /// What happened.
        reason: String,
    },
    /// The core sets this itself when the provider throws anything else.
    #[error("the token provider threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TokenError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

/// The adapter for the BFF port.
#[derive(uniffi::Object)]
pub struct BffAdapter(pub(super) Arc<dyn ports::Bff>);

#[uniffi::export]
impl BffAdapter {
    /// Takes an adapter of the client.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(bff: Arc<dyn Bff>) -> Arc<Self> {
        Arc::new(Self(Arc::new(FromForeign(bff))))
    }

    /// Makes an adapter for HTTP with this base URL, such as `https://bff.example.com/api`. Plain
    /// `http` is allowed for loopback only.
    ///
    /// # Errors
    /// `Invalid` for another URL or another setting, with what a valid one looks like; and for the
    /// transport when none is given and the library was built without one.
    #[uniffi::constructor(default(options = None))]
    pub fn http(
        base_url: &str,
        tokens: Arc<dyn TokenProvider>,
        options: Option<HttpOptions>,
    ) -> Result<Arc<Self>, DigitalKeyError> {
        let builder = HttpBff::builder(base_url).token_provider(Arc::new(Tokens(tokens)));
        let bff = options.unwrap_or_default().build(builder)?;
        Ok(Arc::new(Self(Arc::new(bff))))
    }
}

/// A client's adapter as a port of the core.
struct FromForeign(Arc<dyn Bff>);

#[async_trait]
impl ports::Bff for FromForeign {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, ports::BffError> {
        let answer = self.0.support(vin).await;
        answer.map_err(|error| error.during(BffOperation::Support))
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, ports::BffError> {
        let answer = self.0.pairing_status(vin).await;
        answer.map_err(|error| error.during(BffOperation::PairingStatus))
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<ports::PairingPassword>, ports::BffError> {
        let answer = self.0.pairing_password(vin, key.as_str().to_owned()).await;
        let password = answer.map_err(|error| error.during(BffOperation::PairingPassword))?;
        Ok(password.map(|password| password.0.clone()))
    }
}

impl From<TokenError> for HttpTokenError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Offline { .. } => Self::Offline(error.into()),
            TokenError::NotSignedIn { .. } | TokenError::Unexpected => {
                Self::NotSignedIn(error.into())
            }
        }
    }
}

struct Tokens(Arc<dyn TokenProvider>);

#[async_trait]
impl digital_key_bff_http::TokenProvider for Tokens {
    async fn token(&self) -> Result<digital_key_bff_http::BearerToken, HttpTokenError> {
        Ok(self.0.token().await?.0.clone())
    }

    async fn refresh(
        &self,
        rejected: &digital_key_bff_http::BearerToken,
    ) -> Result<digital_key_bff_http::BearerToken, HttpTokenError> {
        let rejected = Arc::new(BearerToken(rejected.clone()));
        Ok(self.0.refresh(rejected).await?.0.clone())
    }
}
