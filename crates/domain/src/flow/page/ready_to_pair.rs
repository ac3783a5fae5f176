//! ReadyToPair: the checkbox, and the start of the pairing (RDY).

use super::grab_your_two_keys::GrabYourTwoKeys;
use super::{News, Page, PageEvent, PairingError, Turn, Tutorial1, start_pairing};
use crate::Blocker;
use crate::flow::{Context, ErrorPage, PageView, Reason, Tap};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::flow) struct ReadyToPair {
    checked: bool,
    highlighted: bool,
}

impl ReadyToPair {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::TickBox => self.become_so(Self { checked: true, highlighted: false }),
                Tap::UntickBox => self.become_so(Self { checked: false, ..*self }),
                // Whatever the box (RDY-5).
                Tap::Continue | Tap::Back if cx.attempt.is_some() => {
                    Turn::Ignored(Reason::PairingRuns)
                }
                Tap::Continue if self.checked => start_pairing(cx),
                Tap::Continue => self.become_so(Self { highlighted: true, ..*self }),
                Tap::Back => Turn::Open(Page::GrabYourTwoKeys(GrabYourTwoKeys)),
                Tap::Close => Turn::Leave,
                Tap::Entry
                | Tap::Retry
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => match news {
                News::TakeRefused => {
                    Turn::Open(Page::Error(ErrorPage::Blocked(Blocker::PairingPasswordUnavailable)))
                }
                News::PairingSucceeded { warning } => Tutorial1::after_pairing(warning, cx),
                News::PairingFailed { reason } => PairingError::open(reason),
                News::StatusSettled { .. }
                | News::StatusDropped
                | News::CanCreateSettled(_)
                | News::PresenceSettled { .. }
                | News::CameToForeground
                | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }

    fn become_so(&mut self, next: Self) -> Turn {
        if *self == next {
            return Turn::Ignored(Reason::NothingToChange);
        }
        *self = next;
        Turn::Stay
    }

    pub(in crate::flow) fn view(self) -> PageView {
        PageView::ReadyToPair { checked: self.checked, highlighted: self.highlighted }
    }
}
