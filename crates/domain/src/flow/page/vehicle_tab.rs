//! The vehicle tab with the entry (ENT-1 to ENT-9). A refresh of the support moves no page (ENT-10).

use super::{Overview, PhoneEvent, Transition, VehicleAnswer, Welcome};
use crate::flow::protocol::{Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::vehicle::UnknownSupport;
use crate::flow::{EntryMode, EntryView, HiddenReason, PageView};
use crate::{Presence, Support};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::flow) struct VehicleTab {
    /// The entry was tapped, and the wallet is being asked about the key (ENT-8).
    opening: bool,
}

impl VehicleTab {
    /// A "coming soon" label leads nowhere (ENT-7).
    pub(super) fn offers(self, facts: Facts<'_>) -> Taps {
        let is_offered = Self::entry(facts) == EntryView::DigitalKey && !self.opening;
        Taps::of([Tap::Entry]).when(is_offered)
    }

    pub(super) fn on_tap(&mut self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            Tap::Entry => self.open(cx),
            _ => Transition::NOT_OFFERED,
        }
    }

    /// With a key on this phone the wallet is asked (ENT-8), otherwise Welcome opens (ENT-9).
    fn open(&mut self, cx: &mut Context<'_>) -> Transition {
        let Some(key) = cx.vehicle.record.key.local().cloned() else {
            return Transition::Open(Welcome::show(cx));
        };
        cx.vehicle.check_key(key, &mut cx.out);
        self.opening = true;
        Transition::Stay
    }

    /// The wallet answered: a definite yes opens Overview, anything else Welcome (ENT-8, ENT-9).
    pub(super) fn on_vehicle_answer(
        self,
        answer: &VehicleAnswer,
        cx: &mut Context<'_>,
    ) -> Transition {
        let VehicleAnswer::KeyChecked { key, presence } = answer else {
            return Transition::NOT_CONCERNED;
        };
        if !self.opening {
            return Transition::NOT_CONCERNED;
        }
        if *presence == Presence::Present && cx.vehicle.record.key.local() == Some(key) {
            return Transition::Open(Overview::load(cx));
        }
        if cx.vehicle.key_check.is_some() {
            // The answer was about an older key, and the next question is open.
            return Transition::NOT_CONCERNED;
        }
        Transition::Open(Welcome::show(cx))
    }

    /// In the foreground a support that is still unknown is asked for again (ENT-4): a driver with one
    /// vehicle never selects again.
    pub(super) fn on_phone_event(event: PhoneEvent, cx: &mut Context<'_>) -> Transition {
        let asks = event == PhoneEvent::CameToForeground
            && cx.settings.phone.has_supported_platform()
            && cx.vehicle.learn_support(&mut cx.out);
        if asks { Transition::Stay } else { Transition::NOT_CONCERNED }
    }

    /// Returns whether the entry is shown (ENT-1 to ENT-4, ENT-7). Remote services are no input of it
    /// (ENT-5).
    pub(in crate::flow) fn entry(facts: Facts<'_>) -> EntryView {
        if Self::hidden(facts).is_some() {
            return EntryView::Hidden;
        }
        match facts.settings.entry_mode {
            EntryMode::ComingSoon => EntryView::ComingSoon,
            EntryMode::OwnerPairing => EntryView::DigitalKey,
        }
    }

    /// Returns why the entry is not shown; `None` = it is shown.
    pub(in crate::flow) fn hidden(facts: Facts<'_>) -> Option<HiddenReason> {
        let vehicle = facts.vehicle;
        match (vehicle.record.support, vehicle.unknown_support) {
            // ENT-1
            _ if !facts.settings.phone.has_supported_platform() => Some(HiddenReason::Platform),
            (Some(Support::Supported { .. }), _) => None,
            (Some(Support::NotSupported), _) => Some(HiddenReason::NotSupported),
            // ENT-4
            (None, None) => Some(HiddenReason::Asking),
            (None, Some(UnknownSupport::Failed(no_answer))) => {
                Some(HiddenReason::Failed(no_answer))
            }
            (None, Some(UnknownSupport::UnknownValue)) => Some(HiddenReason::UnknownValue),
        }
    }

    pub(super) fn view(self, facts: Facts<'_>) -> PageView {
        PageView::VehicleTab { opening: self.opening, hidden: Self::hidden(facts) }
    }
}
