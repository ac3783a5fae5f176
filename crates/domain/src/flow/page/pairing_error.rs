//! PairingError: Apple's API made no key (CBK-2, CBK-4, CBK-6, ERR-1 to ERR-4).

use super::{Page, PairingOutcome, Transition, Tutorial1};
use crate::AppleErrorCode;
use crate::flow::pairing::Attempt;
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::{ErrorPage, PageView};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct PairingError {
    reason: Option<AppleErrorCode>,
}

impl PairingError {
    pub(super) const OFFERS: Taps =
        Taps::of([Tap::Retry, Tap::Close, Tap::Back, Tap::ConfirmError]);

    pub(super) fn open(reason: Option<AppleErrorCode>) -> Transition {
        Transition::Open(Page::PairingError(Self { reason }))
    }

    pub(super) fn on_tap(self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // ERR-2: the atomic take decides, whatever the page believed (RDY-6).
            Tap::Retry => Attempt::start(cx),
            // ERR-1
            Tap::Back | Tap::ConfirmError => Transition::Leave,
            _ => Transition::NOT_OFFERED,
        }
    }

    /// Shows how the next attempt ended, that an earlier one made a key after all (CBK-7), or that no
    /// password was left (ERR-3).
    pub(super) fn on_pairing(outcome: PairingOutcome, cx: &mut Context<'_>) -> Transition {
        match outcome {
            PairingOutcome::Refused => {
                Transition::Open(Page::Error(ErrorPage::PairingAttemptsExhausted))
            }
            PairingOutcome::Succeeded { warning } | PairingOutcome::SucceededLate { warning } => {
                Tutorial1::after_pairing(warning, cx)
            }
            PairingOutcome::Failed { reason } => Self::open(reason),
        }
    }

    pub(super) fn view(self, facts: Facts<'_>) -> PageView {
        // ERR-3
        let refreshing = facts.vehicle.password.is_some();
        PageView::PairingError { reason: self.reason, refreshing }
    }
}
