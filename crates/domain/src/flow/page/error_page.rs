//! The other error pages (ERR-3, ERR-5, OVR-2).

use super::{PairingOutcome, Transition, Tutorial1, Welcome};
use crate::Blocker;
use crate::flow::ErrorPage;
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::Context;
use crate::flow::vehicle::Vehicle;

impl ErrorPage {
    pub(super) fn offers(self) -> Taps {
        Taps::of([Tap::Close, Tap::Back, Tap::ConfirmError])
            | Taps::of([Tap::Retry]).when(self.can_be_retried())
    }

    /// Returns `true` if the page offers Retry (ERR-3, ERR-5).
    fn can_be_retried(self) -> bool {
        match self {
            Self::Blocked(blocker) => blocker.is_retryable(),
            Self::PairingAttemptsExhausted | Self::KeyDeleted => false,
        }
    }

    /// Returns how many seconds to wait: those of the status, or of the password, that could not be
    /// fetched (GEN-11).
    pub(super) fn wait(self, vehicle: &Vehicle) -> Option<u64> {
        match self {
            Self::Blocked(Blocker::BackendError) => vehicle.status_wait,
            Self::Blocked(Blocker::PairingPasswordUnavailable) | Self::PairingAttemptsExhausted => {
                vehicle.password_wait
            }
            Self::Blocked(_) | Self::KeyDeleted => None,
        }
    }

    pub(super) fn on_tap(self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // ERR-5: Retry shows Welcome again.
            Tap::Retry => Transition::Open(Welcome::show(cx)),
            Tap::Back | Tap::ConfirmError => Transition::Leave,
            _ => Transition::NOT_OFFERED,
        }
    }

    /// A late success shows on the page that ends a pairing (CBK-7).
    pub(super) fn on_pairing(self, outcome: &PairingOutcome, cx: &mut Context<'_>) -> Transition {
        match (self, outcome) {
            (Self::PairingAttemptsExhausted, PairingOutcome::SucceededLate { warning }) => {
                Tutorial1::after_pairing(*warning, cx)
            }
            _ => Transition::NOT_CONCERNED,
        }
    }
}
