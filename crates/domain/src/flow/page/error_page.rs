//! The other error pages (ERR-3, ERR-5, OVR-2).

use super::{News, PageEvent, Turn, Welcome};
use crate::flow::{Context, ErrorPage, Reason, Tap};

impl ErrorPage {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Retry if self.offers_retry() => Turn::Open(Welcome::show(cx)),
                Tap::Close | Tap::Back | Tap::ConfirmError => Turn::Leave,
                Tap::Retry
                | Tap::Entry
                | Tap::Continue
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove => Turn::Ignored(Reason::NotOffered),
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
