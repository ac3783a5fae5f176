//! Tutorial2 (TUT-2).

use super::{OpenedFrom, Overview, Page, PageEvent, Turn, Tutorial1};
use crate::flow::{Context, Reason, Tap};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Tutorial2 {
    pub(super) opened_from: OpenedFrom,
}

impl Tutorial2 {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Continue => Turn::Open(Overview::load(cx)),
                Tap::Back => {
                    let opened_from = self.opened_from.clone();
                    Turn::Open(Page::Tutorial1(Tutorial1 { opened_from }))
                }
                Tap::Close => Turn::Leave,
                Tap::Entry
                | Tap::Retry
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => self.opened_from.on_news(&news, cx),
        }
    }
}
