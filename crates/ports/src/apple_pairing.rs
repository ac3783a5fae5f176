//! Apple's pairing API.

use std::fmt;

use async_trait::async_trait;
use digital_key_domain::{PairingAnswer, Vin};

use crate::{PairingPassword, PortError, PortErrorKind};

/// Apple's pairing API: the sheet that makes a key.
///
/// # Contract
/// - [`ApplePairing::start`] MUST end once its sheet is gone, however that happened (GEN-2); it
///   has no deadline of its own, since a user may take minutes.
/// - [`ApplePairing::sheet_is_up`] MUST be true from the call of `start` until its future has
///   ended.
/// - `start` while a sheet is up MUST be refused with [`ApplePairingErrorKind::AlreadyRunning`].
/// - [`ApplePairing::next_late_answer`] MUST give each answer of Apple's API that `start` did not
///   give, with the vehicle of its sheet: in their order, also when nobody waited, each once
///   (CBK-7).
/// - The password MUST go to Apple's API and nowhere else (GEN-6).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ApplePairing: Send + Sync {
    /// Asks whether a key can be created for this vehicle, without a password (WEL-4). An error
    /// counts as "cannot".
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError>;

    /// Shows Apple's sheet and waits for its answer (RDY-3). An error counts as an answer with
    /// neither a pass nor an error (RDY-6, CBK-4).
    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError>;

    /// Whether the sheet is up. An error counts as "no": nothing may wait for ever (GEN-2).
    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError>;

    /// Waits for the next answer that `start` did not give: Apple's delegate may be called again,
    /// also for a sheet that is gone. A success is recorded, however late it is (CBK-7). `None` =
    /// no more will come, or this adapter cannot hear any. After `None` and after an error the
    /// core listens no more.
    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError>;
}

/// What Apple's pairing API is given. More may be added: Apple is moving towards owner pairing
/// tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PairingRequest {
    /// The vehicle.
    pub vin: Vin,
    /// Its password.
    pub password: PairingPassword,
}

impl PairingRequest {
    /// A request with a password.
    #[must_use]
    pub fn new(vin: Vin, password: PairingPassword) -> Self {
        Self { vin, password }
    }
}

/// What Apple's API answers beside the answer that `start` gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateAnswer {
    /// The vehicle of the sheet.
    pub vin: Vin,
    /// The answer.
    pub answer: PairingAnswer,
}

/// A call of [`ApplePairing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApplePairingOperation {
    /// [`ApplePairing::can_create_key`].
    CanCreateKey,
    /// [`ApplePairing::start`].
    Start,
    /// [`ApplePairing::sheet_is_up`].
    SheetIsUp,
    /// [`ApplePairing::next_late_answer`].
    NextLateAnswer,
}

impl fmt::Display for ApplePairingOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CanCreateKey => "can create key",
            Self::Start => "start",
            Self::SheetIsUp => "sheet is up",
            Self::NextLateAnswer => "next late answer",
        })
    }
}

/// The failure of a call of [`ApplePairing`].
pub type ApplePairingError = PortError<ApplePairingOperation, ApplePairingErrorKind>;

/// Why a call of [`ApplePairing`] failed, and what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApplePairingErrorKind {
    /// A sheet is up already. Retryable once it is gone.
    AlreadyRunning,
    /// The sheet could not be shown, or the question could not be asked. Retryable.
    Unavailable,
    /// This device has no pairing API. Final.
    NotOffered,
}

impl PortErrorKind for ApplePairingErrorKind {
    fn is_retryable(&self) -> bool {
        match self {
            Self::AlreadyRunning | Self::Unavailable => true,
            Self::NotOffered => false,
        }
    }
}

impl fmt::Display for ApplePairingErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlreadyRunning => "a pairing is running already; end it before the next one",
            Self::Unavailable => "Apple's pairing API did not answer; try again",
            Self::NotOffered => "this device has no pairing API",
        })
    }
}
