//! What the machine must answer to an input: accepted, or ignored for a true reason (GEN-2).

use digital_key_domain::{Reason, Tap, Verdict, Vin};

use crate::expected::{Call, ExpectedEffect};
use crate::model::{Input, Model, Page};

impl Model {
    /// Returns the verdict on an input, before the input is handled.
    pub fn verdict_on(&self, input: &Input) -> Verdict {
        let reason = match input {
            Input::Selected(vin) => self.reason_against_selecting(*vin),
            Input::Tapped(tap) => self.reason_against_tap(*tap),
            Input::WentToBackground => self.in_background.then_some(Reason::NothingToChange),
            Input::CameToForeground => {
                (!self.foreground_is_of_concern()).then_some(Reason::NotConcerned)
            }
            Input::WalletChanged => {
                (!self.wallet_change_is_of_concern()).then_some(Reason::NotConcerned)
            }
            Input::Refreshed(vin) => {
                (!self.refresh_is_of_concern(*vin)).then_some(Reason::NothingToChange)
            }
            Input::SignedOut | Input::Forgotten(_) => None,
            Input::Replied(asked, _) => (!self.is_awaited(asked)).then_some(Reason::NotAwaited),
            Input::LateAnswer(vin, answer) => self.late_success(*vin, answer).err(),
            Input::CacheFailed(failure) => {
                self.reported.contains(failure).then_some(Reason::NothingToChange)
            }
        };
        reason.map_or(Verdict::Accepted, Verdict::Ignored)
    }

    /// The selected vehicle is selected again: without a flow this asks for its support, if that is
    /// unknown and no such question is open (ENT-4, ENT-6, ADR 104.7).
    fn reason_against_selecting(&self, vin: Vin) -> Option<Reason> {
        if self.selected != Some(vin) {
            return None;
        }
        let asks = matches!(self.page, Page::VehicleTab { .. }) && self.support_can_be_asked(vin);
        (!asks).then_some(Reason::AlreadySelected)
    }

    /// An offered tap is accepted, unless a pairing runs or nothing would change (GEN-8).
    fn reason_against_tap(&self, tap: Tap) -> Option<Reason> {
        if !self.offers().contains(&tap) {
            return Some(Reason::NotOffered);
        }
        match (&self.page, tap) {
            // RDY-5, GEN-1: a running pairing is neither left by Back nor started twice.
            (Page::ReadyToPair { .. }, Tap::Continue | Tap::Back)
            | (Page::PairingError { .. }, Tap::Retry)
                if self.pairing.is_some() =>
            {
                Some(Reason::PairingRuns)
            }
            // RDY-2: the checkbox is highlighted already.
            (Page::ReadyToPair { checked: false, highlighted: true }, Tap::Continue) => {
                Some(Reason::NothingToChange)
            }
            // OVR-4: the wallet is being opened already.
            (Page::Overview { .. }, Tap::CardAction)
                if self.selected.is_some_and(|vin| {
                    self.key_of_wallet(vin).is_some() && self.wallet_is_being_opened(vin)
                }) =>
            {
                Some(Reason::NothingToChange)
            }
            _ => None,
        }
    }

    /// Coming to the foreground is a change in itself, and these look again: a sheet that is up
    /// (GEN-2), the vehicle tab without an answer (ENT-4), Welcome with a failed status (WEL-1),
    /// Overview (OVR-7), and the pages that remember a key (OVR-2).
    fn foreground_is_of_concern(&self) -> bool {
        self.in_background
            || self.pairing.is_some_and(|pairing| pairing.sheet_is_up)
            || self.remembered_key().is_some()
            || match (&self.page, self.selected) {
                (Page::VehicleTab { .. }, Some(vin)) => self.support_can_be_asked(vin),
                (Page::Welcome(page), _) => page.has_failed(),
                (Page::Overview { .. }, _) => true,
                _ => false,
            }
    }

    /// Overview depends on the wallet (OVR-7), and so do the pages that remember a key (OVR-2). ADR
    /// 104.3: in the background nothing does.
    pub(crate) fn wallet_change_is_of_concern(&self) -> bool {
        let looks = matches!(self.page, Page::Overview { .. }) || self.remembered_key().is_some();
        looks && !self.in_background
    }

    fn is_awaited(&self, asked: &ExpectedEffect) -> bool {
        match asked.call {
            // The answer is about the sheet: it is of no use once the sheet has ended.
            Call::CheckSheet { sheet } => self.pairing.is_some_and(|up| up.ticket == sheet),
            Call::StartPairing { .. } if self.start_may_return(asked.ticket) => true,
            _ => self.open.contains_key(&asked.ticket),
        }
    }
}
