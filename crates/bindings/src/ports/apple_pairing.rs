//! The port of Apple's pairing API.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::PairingAnswer;
use digital_key_ports as ports;
use digital_key_ports::{ApplePairingErrorKind, ApplePairingOperation};

use crate::error::{ForeignMessage, Unexpected};
use crate::secret::PairingPassword;
use digital_key_domain::Vin;

/// Apple's pairing API, as a client implements it, which shows the sheet that creates a key.
///
/// - `start` MUST end once its sheet is gone, for whatever reason (GEN-2). It has no deadline of its
///   own, since a user may take minutes.
/// - `sheet_is_up` MUST be true from the call of `start` until it has ended.
/// - `start` while a sheet is up MUST be refused with `AlreadyRunning`.
/// - `next_late_answer` MUST return every answer of Apple's API that `start` did not return, once and
///   in order, with the vehicle of its sheet, also when no call waited for it (CBK-7).
/// - The password MUST go to Apple's API and nowhere else (GEN-6).
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait ApplePairing: Send + Sync {
    /// Asks, without a password, whether a key can be created for this vehicle (WEL-4). The core takes
    /// an error for "no".
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError>;

    /// Shows Apple's sheet and waits for its answer (RDY-3). The core takes an error for an answer with
    /// neither a pass nor an error (RDY-6, CBK-4).
    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError>;

    /// Asks whether the sheet is up. The core takes an error for "no", so that no page waits for ever
    /// (GEN-2).
    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError>;

    /// Waits for the next answer that `start` did not return.
    ///
    /// Apple may call its delegate again, also for a sheet that is gone, and the core records a success
    /// however late it comes (CBK-7). None means that there will be no more answers, or that this
    /// adapter cannot receive them. The core does not call again after none or an error.
    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError>;
}

/// The input of Apple's pairing API.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PairingRequest {
    /// The vehicle.
    pub vin: Vin,
    /// Its password.
    pub password: Arc<PairingPassword>,
}

/// An answer of Apple's API after the one that `start` returned.
#[derive(Debug, Clone, uniffi::Record)]
pub struct LateAnswer {
    /// The vehicle of the sheet.
    pub vin: Vin,
    /// The answer.
    pub answer: PairingAnswer,
}

/// Why Apple's pairing API did not do what it was asked. It contains nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum ApplePairingError {
    /// A sheet is up already. Retryable once it is gone.
    #[error("a pairing is running already")]
    AlreadyRunning,
    /// The sheet could not be shown, or the question could not be asked. Retryable.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// This device has no pairing API. Final.
    #[error("this device cannot pair")]
    NotOffered,
    /// The core sets this itself when the adapter throws anything else. Retryable.
    #[error("the adapter threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ApplePairingError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl ApplePairingError {
    fn during(self, operation: ApplePairingOperation) -> ports::ApplePairingError {
        use ApplePairingErrorKind as Kind;
        let failure = |kind| ports::ApplePairingError::new(operation, kind);
        match self {
            Self::AlreadyRunning => failure(Kind::AlreadyRunning),
            Self::Unavailable { reason } => {
                failure(Kind::Unavailable).with_source(ForeignMessage(reason))
            }
            Self::NotOffered => failure(Kind::NotOffered),
            Self::Unexpected => failure(Kind::Unavailable).with_source(Unexpected),
        }
    }
}

/// The adapter for the port of Apple's pairing API.
#[derive(uniffi::Object)]
pub struct ApplePairingAdapter(pub(super) Arc<dyn ports::ApplePairing>);

#[uniffi::export]
impl ApplePairingAdapter {
    /// Takes an adapter of the client.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(apple_pairing: Arc<dyn ApplePairing>) -> Arc<Self> {
        Self::wrap(Arc::new(FromForeign(apple_pairing)))
    }
}

impl ApplePairingAdapter {
    pub(crate) fn wrap(apple_pairing: Arc<dyn ports::ApplePairing>) -> Arc<Self> {
        Arc::new(Self(apple_pairing))
    }
}

/// A client's adapter as a port of the core.
struct FromForeign(Arc<dyn ApplePairing>);

#[async_trait]
impl ports::ApplePairing for FromForeign {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ports::ApplePairingError> {
        let can = self.0.can_create_key(vin).await;
        can.map_err(|error| error.during(ApplePairingOperation::CanCreateKey))
    }

    async fn start(
        &self,
        request: ports::PairingRequest,
    ) -> Result<PairingAnswer, ports::ApplePairingError> {
        let password = Arc::new(PairingPassword(request.password));
        let request = PairingRequest { vin: request.vin, password };
        let answer = self.0.start(request).await;
        answer.map_err(|error| error.during(ApplePairingOperation::Start))
    }

    async fn sheet_is_up(&self) -> Result<bool, ports::ApplePairingError> {
        let is_up = self.0.sheet_is_up().await;
        is_up.map_err(|error| error.during(ApplePairingOperation::SheetIsUp))
    }

    async fn next_late_answer(
        &self,
    ) -> Result<Option<ports::LateAnswer>, ports::ApplePairingError> {
        let late = self.0.next_late_answer().await;
        let late = late.map_err(|error| error.during(ApplePairingOperation::NextLateAnswer))?;
        Ok(late.map(|LateAnswer { vin, answer }| ports::LateAnswer { vin, answer }))
    }
}
