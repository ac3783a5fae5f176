//! What the machine receives.

use super::{CacheFailure, Reply, RequestId, Tap};
use crate::{PairingAnswer, Vin};

/// Something that the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// The vehicle tab shows this vehicle.
    SelectVehicle(Vin),
    /// The user tapped something on the page.
    Tap(Tap),
}

impl From<Tap> for Intent {
    fn from(tap: Tap) -> Self {
        Self::Tap(tap)
    }
}

/// Something that happened. Every event is legal in every state (GEN-2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The user wants something.
    Intent(Intent),
    /// The app lost focus.
    WentToBackground,
    /// The app regained focus.
    CameToForeground,
    /// Something in the wallet changed (OVR-7).
    WalletChanged,
    /// The host asks for the support of this vehicle again (ENT-10).
    RefreshRequested(Vin),
    /// This vehicle left the account (GEN-9).
    VehicleForgotten(Vin),
    /// The user signed out (GEN-5).
    SignedOut,
    /// A request was answered.
    Replied {
        /// The number of the request.
        id: RequestId,
        /// The vehicle of the request.
        vin: Vin,
        /// The answer.
        reply: Reply,
    },
    /// Apple's API called back once more, after the start of the pairing had returned (CBK-7).
    LateAnswer {
        /// The vehicle whose sheet it was.
        vin: Vin,
        /// Apple's answer.
        answer: PairingAnswer,
    },
    /// A [`Store`](super::Effect::Store) or an [`EraseAll`](super::Effect::EraseAll) failed; so did an [`Erase`](super::Effect::Erase).
    CacheFailed(CacheFailure),
}

impl From<Intent> for Event {
    fn from(intent: Intent) -> Self {
        Self::Intent(intent)
    }
}

impl From<Tap> for Event {
    fn from(tap: Tap) -> Self {
        Self::Intent(Intent::Tap(tap))
    }
}
