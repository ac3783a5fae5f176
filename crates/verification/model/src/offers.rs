//! The taps that a page offers (GEN-8).

use std::collections::BTreeSet;

use digital_key_domain::{Blocker, EntryView, ErrorPage, PhoneSoftwareIssue, Tap};

use crate::model::{Model, Page};

impl Model {
    /// Returns the taps that the page offers now; without a vehicle there are none.
    pub(crate) fn offers(&self) -> BTreeSet<Tap> {
        let Some(vin) = self.selected else { return BTreeSet::new() };
        let mut offers = BTreeSet::new();
        match &self.page {
            // ENT-7: a label leads nowhere.
            Page::VehicleTab { opening } => {
                if self.entry(&self.facts(vin)) == EntryView::DigitalKey && !opening {
                    offers.insert(Tap::Entry);
                }
                return offers;
            }
            Page::Welcome(page) => {
                if self.continue_is_enabled(vin, page) {
                    offers.insert(Tap::Continue);
                }
            }
            // KEY-1, TUT-1, TUT-2: Continue is always enabled.
            Page::GrabYourTwoKeys | Page::Tutorial1(_) | Page::Tutorial2(_) => {
                offers.insert(Tap::Continue);
            }
            // RDY-1: Continue is always enabled, whether the box is checked or not.
            Page::ReadyToPair { checked, .. } => {
                offers
                    .extend([Tap::Continue, if *checked { Tap::UntickBox } else { Tap::TickBox }]);
            }
            // ERR-2, ERR-3: the take decides whether a use is left. ERR-5: Confirm does what Close
            // does.
            Page::PairingError { .. } => offers.extend([Tap::Retry, Tap::ConfirmError]),
            Page::Error(page) => {
                if offers_retry(*page) {
                    offers.insert(Tap::Retry);
                }
                offers.insert(Tap::ConfirmError);
            }
            // OVR-4, OVR-5
            Page::Overview { .. } => offers.extend([Tap::CardAction, Tap::Tutorial]),
            // MOV-2, MOV-3
            Page::MoveKeyWarning { .. } => offers.extend([Tap::ConfirmMove, Tap::CancelMove]),
        }
        // GEN-1: every page of the flow has Back and Close.
        offers.extend([Tap::Back, Tap::Close]);
        offers
    }
}

/// ERR-5; ADR 104.1: PairingAttemptsExhausted has no Retry.
fn offers_retry(page: ErrorPage) -> bool {
    matches!(
        page,
        ErrorPage::Blocked(
            Blocker::BackendError
                | Blocker::PhoneSoftwareUpdateRequired(
                    PhoneSoftwareIssue::AppleRefuses | PhoneSoftwareIssue::AppleDidNotAnswer
                )
                | Blocker::VehicleNotPrepared
                | Blocker::PairingPasswordUnavailable
        )
    )
}
