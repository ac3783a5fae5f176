//! The port of Apple's pairing API.

use std::fmt;

use async_trait::async_trait;
use digital_key_domain::{PairingAnswer, Vin};

use crate::{PairingPassword, PortError, PortErrorKind};

/// Apple's pairing API, which shows the sheet that creates a key.
///
/// # Contract
/// - [`ApplePairing::start`] MUST end once its sheet is gone, for whatever reason (GEN-2). It has
///   no deadline of its own, since a user may take minutes.
/// - [`ApplePairing::sheet_is_up`] MUST be true from the call of `start` until its future has
///   ended.
/// - `start` while a sheet is up MUST be refused with [`ApplePairingErrorKind::AlreadyRunning`].
/// - [`ApplePairing::next_late_answer`] MUST return every answer of Apple's API that `start` did
///   not return, once and in order, with the vehicle of its sheet, also when no call waited for it
///   (CBK-7).
/// - The password MUST go to Apple's API and nowhere else (GEN-6).
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ApplePairing: Send + Sync {
    /// Asks, without a password, whether a key can be created for this vehicle (WEL-4). The core
    /// takes an error for "no".
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError>;

    /// Shows Apple's sheet and waits for its answer (RDY-3). The core takes an error for an answer
    /// with neither a pass nor an error (RDY-6, CBK-4).
    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError>;

    /// Asks whether the sheet is up. The core takes an error for "no", so that no page waits for
    /// ever (GEN-2).
    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError>;

    /// Waits for the next answer that `start` did not return.
    ///
    /// Apple may call its delegate again, also for a sheet that is gone, and the core records a
    /// success however late it comes (CBK-7). `None` means that there will be no more answers, or
    /// that this adapter cannot receive them. The core does not call again after `None` or an
    /// error.
    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError>;
}

/// The arguments of [`ApplePairing::start`].
///
/// Later versions may add fields, since Apple is moving towards owner pairing tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PairingRequest {
    /// The vehicle.
    pub vin: Vin,
    /// Its password.
    pub password: PairingPassword,
}

impl PairingRequest {
    /// Makes a request with a password.
    #[must_use]
    pub fn new(vin: Vin, password: PairingPassword) -> Self {
        Self { vin, password }
    }
}

/// An answer of Apple's API that [`ApplePairing::start`] did not return.
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
