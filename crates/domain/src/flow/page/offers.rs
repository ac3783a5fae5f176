//! The taps that a page offers: exactly these are handled (GEN-8).

use super::{
    GrabYourTwoKeys, MoveKeyWarning, Overview, Page, PairingError, Transition, Tutorial1, Tutorial2,
};
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::{Context, Facts};

impl Page {
    /// Returns the taps that the page offers now (GEN-8).
    pub(in crate::flow) fn offers(&self, facts: Facts<'_>) -> Taps {
        match self {
            Self::VehicleTab(page) => page.offers(facts),
            Self::Welcome(page) => page.offers(facts),
            Self::GrabYourTwoKeys(_) => GrabYourTwoKeys::OFFERS,
            Self::ReadyToPair(page) => page.offers(),
            Self::PairingError(_) => PairingError::OFFERS,
            Self::Error(page) => page.offers(),
            Self::Tutorial1(_) => Tutorial1::OFFERS,
            Self::Tutorial2(_) => Tutorial2::OFFERS,
            Self::Overview(_) => Overview::OFFERS,
            Self::MoveKeyWarning(_) => MoveKeyWarning::OFFERS,
        }
    }

    /// Handles a tap. Close leaves the flow from each of its pages (GEN-1).
    pub(in crate::flow) fn on_tap(&mut self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        if !self.offers(cx.facts()).contains(tap) {
            return Transition::NOT_OFFERED;
        }
        if tap == Tap::Close {
            return Transition::Leave;
        }
        match self {
            Self::VehicleTab(page) => page.on_tap(tap, cx),
            Self::Welcome(page) => page.on_tap(tap, cx),
            Self::GrabYourTwoKeys(page) => page.on_tap(tap, cx),
            Self::ReadyToPair(page) => page.on_tap(tap, cx),
            Self::PairingError(page) => page.on_tap(tap, cx),
            Self::Error(page) => page.on_tap(tap, cx),
            Self::Tutorial1(page) => page.on_tap(tap, cx),
            Self::Tutorial2(page) => page.on_tap(tap, cx),
            Self::Overview(page) => page.on_tap(tap, cx),
            Self::MoveKeyWarning(page) => page.on_tap(tap, cx),
        }
    }
}
