//! The port of Apple's pairing API.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::PairingAnswer;
use digital_key_ports as ports;

use crate::error::{Said, Unexpected};
use crate::secret::PairingPassword;
use crate::vin::Vin;

/// Apple's pairing API, as a client implements it: the sheet that makes a key.
///
/// - `start` MUST end once its sheet is gone, however that happened (GEN-2); it has no deadline.
/// - `sheet_is_up` MUST be true from the call of `start` until it has ended.
/// - `start` while a sheet is up MUST be refused with `AlreadyRunning`.
/// - The password MUST go to Apple's API and nowhere else (GEN-6).
#[uniffi::export(with_foreign)]
#[async_trait]
pub trait ApplePairing: Send + Sync {
    /// Asks whether a key can be created for this vehicle, without a password (WEL-4). An error
    /// counts as "cannot".
    async fn can_create_key(&self, vin: Arc<Vin>) -> Result<bool, ApplePairingError>;

    /// Shows Apple's sheet and waits for its answer (RDY-3). An error counts as an answer with
    /// neither a pass nor an error (CBK-4).
    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError>;

    /// Whether the sheet is up. An error counts as "no": nothing may wait for ever (GEN-2).
    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError>;
}

/// What Apple's pairing API is given.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PairingRequest {
    /// The vehicle.
    pub vin: Arc<Vin>,
    /// Its password.
    pub password: Arc<PairingPassword>,
}

/// Why Apple's pairing API did not do what it was asked. It holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
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
    /// The adapter threw something else; the core makes it so by itself. Retryable.
    #[error("the adapter threw something else")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ApplePairingError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

impl From<ApplePairingError> for ports::ApplePairingError {
    fn from(error: ApplePairingError) -> Self {
        match error {
            ApplePairingError::AlreadyRunning => Self::AlreadyRunning,
            ApplePairingError::Unavailable { reason } => {
                Self::Unavailable { cause: Said(reason).into() }
            }
            ApplePairingError::NotOffered => Self::NotOffered,
            ApplePairingError::Unexpected => Self::Unavailable { cause: Unexpected.into() },
        }
    }
}

/// Apple's pairing API that an app runs on.
#[derive(uniffi::Object)]
pub struct ApplePairingAdapter(pub(super) Arc<dyn ports::ApplePairing>);

#[uniffi::export]
impl ApplePairingAdapter {
    /// An adapter that the client wrote.
    #[uniffi::constructor]
    #[must_use]
    pub fn own(apple_pairing: Arc<dyn ApplePairing>) -> Arc<Self> {
        Self::wrap(Arc::new(Own(apple_pairing)))
    }
}

impl ApplePairingAdapter {
    pub(crate) fn wrap(apple_pairing: Arc<dyn ports::ApplePairing>) -> Arc<Self> {
        Arc::new(Self(apple_pairing))
    }
}

struct Own(Arc<dyn ApplePairing>);

#[async_trait]
impl ports::ApplePairing for Own {
    async fn can_create_key(
        &self,
        vin: digital_key_domain::Vin,
    ) -> Result<bool, ports::ApplePairingError> {
        Ok(self.0.can_create_key(Vin::wrap(vin)).await?)
    }

    async fn start(
        &self,
        request: ports::PairingRequest,
    ) -> Result<PairingAnswer, ports::ApplePairingError> {
        let password = Arc::new(PairingPassword(request.password));
        let request = PairingRequest { vin: Vin::wrap(request.vin), password };
        Ok(self.0.start(request).await?)
    }

    async fn sheet_is_up(&self) -> bool {
        self.0.sheet_is_up().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "Apple's pairing API cannot say whether its sheet is up");
            false
        })
    }
}
