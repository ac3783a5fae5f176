//! PairingError: Apple's API made no key (CBK-2, CBK-4, ERR-1 to ERR-4).

use super::{News, Page, PageEvent, Turn, Tutorial1, start_pairing};
use crate::AppleErrorCode;
use crate::flow::{Context, ErrorPage, PageView, Reason, Tap};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct PairingError {
    reason: Option<AppleErrorCode>,
}

impl PairingError {
    pub(super) fn open(reason: Option<AppleErrorCode>) -> Turn {
        Turn::Open(Page::PairingError(Self { reason }))
    }

    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                // The atomic take decides, whatever the page believed (RDY-6).
                Tap::Retry => start_pairing(cx),
                Tap::Close | Tap::Back | Tap::ConfirmError => Turn::Leave,
                Tap::Entry
                | Tap::Continue
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => match news {
                News::TakeRefused => Turn::Open(Page::Error(ErrorPage::PairingAttemptsExhausted)),
                News::PairingSucceeded { warning } => Tutorial1::after_pairing(warning, cx),
                News::PairingFailed { reason } => Self::open(reason),
                News::StatusSettled { .. }
                | News::StatusDropped
                | News::CanCreateSettled(_)
                | News::PresenceSettled { .. }
                | News::CameToForeground
                | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }

    pub(in crate::flow) fn view(self) -> PageView {
        PageView::PairingError { reason: self.reason }
    }
}
