//! Tutorial2 (TUT-2).

use super::{OpenedFrom, Overview, Page, Transition, Tutorial1};
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::Context;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Tutorial2 {
    pub(super) opened_from: OpenedFrom,
}

impl Tutorial2 {
    pub(super) const OFFERS: Taps = Taps::of([Tap::Continue, Tap::Back, Tap::Close]);

    pub(super) fn on_tap(&self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // TUT-2
            Tap::Continue => Transition::Open(Overview::load(cx)),
            Tap::Back => {
                let opened_from = self.opened_from.clone();
                Transition::Open(Page::Tutorial1(Tutorial1 { opened_from }))
            }
            _ => Transition::NOT_OFFERED,
        }
    }
}
