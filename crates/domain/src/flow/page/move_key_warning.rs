//! MoveKeyWarning: a new key for this phone disables the existing one (MOV).

use super::{Overview, PageEvent, Turn, Welcome, watch_key};
use crate::DigitalKeyId;
use crate::flow::{Context, Reason, Tap};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct MoveKeyWarning {
    /// What Overview remembers: its rule about deleted keys holds here too (OVR-2).
    pub(super) remembered: Option<DigitalKeyId>,
}

impl MoveKeyWarning {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::ConfirmMove => {
                    *cx.move_flow = true;
                    Turn::Open(Welcome::show(cx))
                }
                Tap::CancelMove | Tap::Back => Turn::Open(Overview::load(cx)),
                Tap::Close => Turn::Leave,
                Tap::Entry
                | Tap::Continue
                | Tap::Retry
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => watch_key(self.remembered.as_ref(), &news, cx),
        }
    }
}
