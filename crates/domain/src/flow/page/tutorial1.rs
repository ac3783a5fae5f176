//! Tutorial1 (TUT-1).

use super::{News, Overview, Page, PageEvent, Turn, Tutorial2, watch_key};
use crate::flow::{Context, Reason, Tap};
use crate::{AppleErrorCode, DigitalKeyId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Tutorial1 {
    pub(super) opened_from: OpenedFrom,
}

/// Where the tutorials were opened from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) enum OpenedFrom {
    /// A pairing that succeeded.
    Pairing,
    /// Overview: its rule about deleted keys holds here too (OVR-2).
    Overview {
        /// What Overview remembers.
        remembered: Option<DigitalKeyId>,
    },
}

impl Tutorial1 {
    /// A pairing succeeded; an error that came with the key stays visible (CBK-1, CBK-3).
    pub(super) fn after_pairing(warning: Option<AppleErrorCode>, cx: &mut Context<'_>) -> Turn {
        *cx.warning = warning;
        Turn::Open(Page::Tutorial1(Self { opened_from: OpenedFrom::Pairing }))
    }

    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Continue => {
                    let opened_from = self.opened_from.clone();
                    Turn::Open(Page::Tutorial2(Tutorial2 { opened_from }))
                }
                Tap::Back => Turn::Open(Overview::load(cx)),
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

impl OpenedFrom {
    pub(super) fn on_news(&self, news: &News, cx: &mut Context<'_>) -> Turn {
        match self {
            Self::Overview { remembered } => watch_key(remembered.as_ref(), news, cx),
            Self::Pairing => Turn::Ignored(Reason::NotConcerned),
        }
    }
}
