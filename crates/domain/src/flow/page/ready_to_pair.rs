//! ReadyToPair: the checkbox, and the start of the pairing (RDY-1 to RDY-6).

use super::{GrabYourTwoKeys, Page, PairingError, PairingOutcome, Transition, Tutorial1};
use crate::Blocker;
use crate::flow::pairing::Attempt;
use crate::flow::protocol::{Reason, Tap, Taps};
use crate::flow::screen::Context;
use crate::flow::{ErrorPage, PageView};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::flow) struct ReadyToPair {
    checked: bool,
    highlighted: bool,
}

impl ReadyToPair {
    /// Continue is always offered (RDY-1).
    pub(super) fn offers(self) -> Taps {
        let toggle = if self.checked { Tap::UntickBox } else { Tap::TickBox };
        Taps::of([Tap::Continue, Tap::Back, Tap::Close, toggle])
    }

    pub(super) fn on_tap(&mut self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // RDY-2: checking the box removes the highlight.
            Tap::TickBox => self.update(Self { checked: true, highlighted: false }),
            Tap::UntickBox => self.update(Self { checked: false, ..*self }),
            // RDY-5, GEN-1: while a pairing runs, neither starts one nor leaves the page.
            Tap::Continue | Tap::Back if cx.attempt.is_some() => {
                Transition::Ignored(Reason::PairingRuns)
            }
            // RDY-3
            Tap::Continue if self.checked => Attempt::start(cx),
            // RDY-2
            Tap::Continue => self.update(Self { highlighted: true, ..*self }),
            Tap::Back => Transition::Open(Page::GrabYourTwoKeys(GrabYourTwoKeys)),
            _ => Transition::NOT_OFFERED,
        }
    }

    /// Shows how the pairing ended (CBK-1, CBK-2, CBK-7), or that no password was left (RDY-6).
    pub(super) fn on_pairing(outcome: PairingOutcome, cx: &mut Context<'_>) -> Transition {
        match outcome {
            PairingOutcome::Refused => {
                let blocker = Blocker::PairingPasswordUnavailable;
                Transition::Open(Page::Error(ErrorPage::Blocked(blocker)))
            }
            PairingOutcome::Succeeded { warning } | PairingOutcome::SucceededLate { warning } => {
                Tutorial1::after_pairing(warning, cx)
            }
            PairingOutcome::Failed { reason } => PairingError::open(reason),
        }
    }

    fn update(&mut self, next: Self) -> Transition {
        if *self == next {
            return Transition::Ignored(Reason::NothingToChange);
        }
        *self = next;
        Transition::Stay
    }

    pub(super) fn view(self) -> PageView {
        PageView::ReadyToPair { checked: self.checked, highlighted: self.highlighted }
    }
}
