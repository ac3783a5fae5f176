//! GrabYourTwoKeys: both keys of the vehicle have to be at hand (KEY-1).

use super::{Page, PairingOutcome, ReadyToPair, Transition, Tutorial1, Welcome};
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::Context;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct GrabYourTwoKeys;

impl GrabYourTwoKeys {
    pub(super) const OFFERS: Taps = Taps::of([Tap::Continue, Tap::Back, Tap::Close]);

    pub(super) fn on_tap(self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // KEY-1
            Tap::Continue => Transition::Open(Page::ReadyToPair(ReadyToPair::default())),
            Tap::Back => Transition::Open(Welcome::show(cx)),
            _ => Transition::NOT_OFFERED,
        }
    }

    /// An earlier pairing made a key after all (CBK-7).
    pub(super) fn on_pairing(outcome: &PairingOutcome, cx: &mut Context<'_>) -> Transition {
        match outcome {
            PairingOutcome::SucceededLate { warning } => Tutorial1::after_pairing(*warning, cx),
            _ => Transition::NOT_CONCERNED,
        }
    }
}
