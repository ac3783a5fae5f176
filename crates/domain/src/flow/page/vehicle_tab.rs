//! The vehicle tab with the entry (ENT-7 to ENT-9).

use super::{News, Overview, PageEvent, Turn, Welcome};
use crate::Presence;
use crate::flow::{Context, EntryMode, EntryView, PageView, Reason, Settings, Tap, Vehicle};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::flow) struct VehicleTab {
    /// The entry was tapped, and the wallet is being asked about the key (ENT-8).
    opening: bool,
}

impl VehicleTab {
    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::Entry => self.open(cx),
                Tap::Continue
                | Tap::Retry
                | Tap::Close
                | Tap::Back
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::CardAction
                | Tap::Tutorial
                | Tap::ConfirmMove
                | Tap::CancelMove
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => match news {
                News::PresenceSettled { key, presence: Presence::Present }
                    if self.opening && cx.vehicle.record.key.local() == Some(&key) =>
                {
                    Turn::Open(Overview::load(cx))
                }
                // Another question is on its way when this answer was about an older key.
                News::PresenceSettled { .. } if self.opening && !cx.vehicle.presence_is_open() => {
                    Turn::Open(Welcome::show(cx))
                }
                News::PresenceSettled { .. }
                | News::StatusSettled { .. }
                | News::StatusDropped
                | News::CanCreateSettled(_)
                | News::TakeRefused
                | News::PairingSucceeded { .. }
                | News::PairingFailed { .. }
                | News::CameToForeground
                | News::WalletChanged => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }

    fn open(&mut self, cx: &mut Context<'_>) -> Turn {
        match Self::entry(cx.settings, cx.vehicle) {
            EntryView::Hidden | EntryView::ComingSoon => Turn::Ignored(Reason::NoEntry),
            EntryView::DigitalKey if self.opening => Turn::Ignored(Reason::NotReady),
            EntryView::DigitalKey => {
                let Some(key) = cx.vehicle.record.key.local().cloned() else {
                    return Turn::Open(Welcome::show(cx));
                };
                cx.vehicle.confirm_key(key, &mut cx.out);
                self.opening = true;
                Turn::Stay
            }
        }
    }

    /// Whether the entry is shown (ENT-1 to ENT-5, ENT-7).
    pub(in crate::flow) fn entry(settings: &Settings, vehicle: &Vehicle) -> EntryView {
        if !settings.phone.has_supported_platform() || !vehicle.is_supported() {
            return EntryView::Hidden;
        }
        match settings.entry_mode {
            EntryMode::ComingSoon => EntryView::ComingSoon,
            EntryMode::OwnerPairing => EntryView::DigitalKey,
        }
    }

    pub(in crate::flow) fn view(self) -> PageView {
        PageView::VehicleTab { opening: self.opening }
    }
}
