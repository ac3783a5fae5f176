//! Overview: the card of the vehicle's owner key (OVR).

use super::move_key_warning::MoveKeyWarning;
use super::{News, OpenedFrom, Page, PageEvent, Turn, Tutorial1, watch_key};
use crate::flow::{CardAction, CardView, Context, PageView, Reason, Settings, Tap, Vehicle};
use crate::{DigitalKeyId, Effect, KeyState, Presence};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Overview {
    /// The key that was on this phone when the page was loaded, or that a re-read has found there
    /// since (OVR-1).
    remembered: Option<DigitalKeyId>,
    /// Something happened after the status that is on its way was asked: read it once more.
    reread_due: bool,
}

impl Overview {
    /// Opens the page, which re-reads the status (OVR-7).
    pub(super) fn load(cx: &mut Context<'_>) -> Page {
        let remembered = cx.vehicle.record.key.local().cloned();
        let mut page = Self { remembered, reread_due: false };
        page.reread_status(cx);
        Page::Overview(page)
    }

    /// One request at a time: one that was asked before is waited for.
    fn reread_status(&mut self, cx: &mut Context<'_>) {
        self.reread_due = cx.vehicle.status_is_open();
        if !self.reread_due {
            cx.vehicle.ask_status(&mut cx.out);
        }
    }

    pub(super) fn on(&mut self, event: PageEvent, cx: &mut Context<'_>) -> Turn {
        match event {
            PageEvent::Tap(tap) => match tap {
                Tap::CardAction => match cx.vehicle.record.key.local() {
                    Some(key) => {
                        cx.out.push(Effect::OpenWallet { key: key.clone() });
                        Turn::Stay
                    }
                    None => {
                        let remembered = self.remembered.clone();
                        Turn::Open(Page::MoveKeyWarning(MoveKeyWarning { remembered }))
                    }
                },
                Tap::Tutorial => {
                    let opened_from = OpenedFrom::Overview { remembered: self.remembered.clone() };
                    Turn::Open(Page::Tutorial1(Tutorial1 { opened_from }))
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
            PageEvent::News(news) => match &news {
                News::CameToForeground | News::WalletChanged => {
                    if let Some(key) = &self.remembered {
                        cx.vehicle.confirm_key(key.clone(), &mut cx.out);
                    }
                    self.reread_status(cx);
                    Turn::Stay
                }
                News::StatusDropped => {
                    self.reread_status(cx);
                    Turn::Stay
                }
                News::StatusSettled { .. } if self.reread_due => {
                    self.reread_status(cx);
                    Turn::Stay
                }
                News::PresenceSettled { presence: Presence::Present, .. } => {
                    let local = cx.vehicle.record.key.local().cloned();
                    self.remembered = local.or(self.remembered.take());
                    Turn::Stay
                }
                News::PresenceSettled {
                    presence: Presence::Absent | Presence::CannotSay, ..
                } => watch_key(self.remembered.as_ref(), &news, cx),
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
