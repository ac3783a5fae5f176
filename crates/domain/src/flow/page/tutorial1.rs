//! Tutorial1 (TUT-1).

use super::{Overview, Page, Transition, Tutorial2, VehicleAnswer, WatchedKey};
use crate::AppleErrorCode;
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::Context;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Tutorial1 {
    pub(super) opened_from: OpenedFrom,
}

/// Where the tutorials were opened from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) enum OpenedFrom {
    /// A pairing that succeeded (CBK-1).
    Pairing,
    /// Overview, whose rule about deleted keys holds on the tutorials too (OVR-2, OVR-5).
    Overview(WatchedKey),
}

impl Tutorial1 {
    pub(super) const OFFERS: Taps = Taps::of([Tap::Continue, Tap::Back, Tap::Close]);

    /// Opens the page after a pairing. An error that came with the key stays visible (CBK-3).
    pub(super) fn after_pairing(
        warning: Option<AppleErrorCode>,
        cx: &mut Context<'_>,
    ) -> Transition {
        *cx.warning = warning;
        Transition::Open(Page::Tutorial1(Self { opened_from: OpenedFrom::Pairing }))
    }

    pub(super) fn on_tap(&self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // TUT-1
            Tap::Continue => {
                let opened_from = self.opened_from.clone();
                Transition::Open(Page::Tutorial2(Tutorial2 { opened_from }))
            }
            Tap::Back => Transition::Open(Overview::load(cx)),
            _ => Transition::NOT_OFFERED,
        }
    }
}

impl OpenedFrom {
    pub(super) fn on_vehicle_answer(&self, answer: &VehicleAnswer) -> Transition {
        match self {
            Self::Overview(watched) => watched.on_vehicle_answer(answer),
            Self::Pairing => Transition::NOT_CONCERNED,
        }
    }

    pub(super) fn on_phone_event(&self, cx: &mut Context<'_>) -> Transition {
        match self {
            Self::Overview(watched) => watched.on_phone_event(cx),
            Self::Pairing => Transition::NOT_CONCERNED,
        }
    }
}
