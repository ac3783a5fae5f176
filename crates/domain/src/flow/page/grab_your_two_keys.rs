//! GrabYourTwoKeys: both keys of the vehicle have to be at hand (KEY-1).

use super::{News, Page, PageEvent, ReadyToPair, Turn, Welcome};
use crate::flow::{Context, Reason, Tap};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct GrabYourTwoKeys;

impl GrabYourTwoKeys {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Continue => Turn::Open(Page::ReadyToPair(ReadyToPair::default())),
                Tap::Back => Turn::Open(Welcome::show(cx)),
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
            PageEvent::News(news) => match news {
                News::StatusSettled { .. }
                | News::StatusDropped
                | News::CanCreateSettled(_)
                | News::PresenceSettled { .. }
                | News::TakeRefused
                | News::PairingSucceeded { .. }
                | News::PairingFailed { .. }
                | News::CameToForeground
                | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }
}
