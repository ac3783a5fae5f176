//! Overview: the card of the vehicle's owner key (OVR).

use super::move_key_warning::MoveKeyWarning;
use super::{News, OpenedFrom, Page, PageEvent, PresenceNews, Turn, Tutorial1, watch_local_key};
use crate::Effect;
use crate::KeyState;
use crate::flow::{CardAction, CardView, Context, PageView, Reason, Settings, Tap, Vehicle};

/// The vehicle's record is what this page remembers (OVR-1): it holds the key state of the moment
/// in which the page was loaded, as corrected by every re-read since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Overview;

impl Overview {
    /// Opens the page, which re-reads the status (OVR-7).
    pub(super) fn load(cx: &mut Context<'_>) -> Page {
        cx.vehicle.ask_status(&mut cx.out);
        Page::Overview(Self)
    }

    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::CardAction => match cx.vehicle.record.key.local() {
                    Some(key) => {
                        cx.out.push(Effect::OpenWallet { key: key.clone() });
                        Turn::Stay
                    }
                    None => Turn::Open(Page::MoveKeyWarning(MoveKeyWarning)),
                },
                Tap::Tutorial => {
                    Turn::Open(Page::Tutorial1(Tutorial1 { opened_from: OpenedFrom::Overview }))
                }
                Tap::Close | Tap::Back => Turn::Leave,
                Tap::Entry
                | Tap::Continue
                | Tap::Retry
                | Tap::TickBox
                | Tap::UntickBox
                | Tap::ConfirmMove
                | Tap::CancelMove
                | Tap::ConfirmError => Turn::Ignored(Reason::NotOffered),
            },
            PageEvent::News(news) => match news {
                News::CameToForeground | News::WalletChanged => {
                    cx.vehicle.confirm_local_key(&mut cx.out);
                    cx.vehicle.ask_status(&mut cx.out);
                    Turn::Stay
                }
                News::StatusDropped => {
                    cx.vehicle.ask_status(&mut cx.out);
                    Turn::Stay
                }
                News::PresenceSettled(
                    PresenceNews::Confirmed | PresenceNews::Gone | PresenceNews::Unclear,
                ) => watch_local_key(news, cx),
                News::StatusSettled { .. }
                | News::CanCreateSettled(_)
                | News::TakeRefused
                | News::PairingSucceeded { .. }
                | News::PairingFailed { .. } => Turn::Ignored(Reason::NotConcerned),
            },
        }
    }

    pub(in crate::flow) fn view(settings: &Settings, vehicle: &Vehicle) -> PageView {
        let state = vehicle.record.key.state();
        PageView::Overview {
            card: CardView {
                cannot_unlock: state == KeyState::ActiveUntracked,
                action: if state.is_local() {
                    CardAction::EditInWallet
                } else {
                    CardAction::MoveToThisPhone
                },
            },
            more_information: settings.more_information.clone(),
        }
    }
}
