//! MoveKeyWarning: a new key for this phone disables the existing one (MOV-1 to MOV-4).

use super::{Overview, Transition, WatchedKey, Welcome};
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::Context;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct MoveKeyWarning {
    /// Overview's rule about deleted keys holds here too (OVR-2).
    pub(super) watched: WatchedKey,
}

impl MoveKeyWarning {
    pub(super) const OFFERS: Taps =
        Taps::of([Tap::ConfirmMove, Tap::CancelMove, Tap::Back, Tap::Close]);

    pub(super) fn on_tap(&self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // MOV-3
            Tap::ConfirmMove => {
                *cx.move_flow = true;
                Transition::Open(Welcome::show(cx))
            }
            // MOV-2
            Tap::CancelMove | Tap::Back => Transition::Open(Overview::load(cx)),
            _ => Transition::NOT_OFFERED,
        }
    }
}
