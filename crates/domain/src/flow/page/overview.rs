//! Overview: the card of the vehicle's owner key (OVR-1 to OVR-7).

use super::{MoveKeyWarning, OpenedFrom, Page, Transition, Tutorial1, VehicleAnswer, WatchedKey};
use crate::flow::protocol::{Reason, Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::{CardAction, CardView, Notice, PageView};
use crate::{KeyState, Presence};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Overview {
    watched: WatchedKey,
}

impl Overview {
    pub(super) const OFFERS: Taps =
        Taps::of([Tap::CardAction, Tap::Tutorial, Tap::Back, Tap::Close]);

    /// Opens the page: it remembers the local key (OVR-1) and reads the status again (OVR-7).
    pub(super) fn load(cx: &mut Context<'_>) -> Page {
        cx.vehicle.refresh_status(&mut cx.out);
        Page::Overview(Self { watched: WatchedKey::of(cx.vehicle) })
    }

    pub(super) fn on_tap(&self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // OVR-4
            Tap::CardAction => match cx.vehicle.record.key.local().cloned() {
                Some(key) => match cx.vehicle.open_wallet(key, &mut cx.out) {
                    true => Transition::Stay,
                    false => Transition::Ignored(Reason::NothingToChange),
                },
                None => {
                    let watched = self.watched.clone();
                    Transition::Open(Page::MoveKeyWarning(MoveKeyWarning { watched }))
                }
            },
            // OVR-5
            Tap::Tutorial => {
                let opened_from = OpenedFrom::Overview(self.watched.clone());
                Transition::Open(Page::Tutorial1(Tutorial1 { opened_from }))
            }
            Tap::Back => Transition::Leave,
            _ => Transition::NOT_OFFERED,
        }
    }

    /// A key that the wallet holds is remembered from now on; an absent one was deleted (OVR-2).
    pub(super) fn on_vehicle_answer(
        &mut self,
        answer: &VehicleAnswer,
        cx: &mut Context<'_>,
    ) -> Transition {
        // OVR-4: no dead tap.
        if *answer == VehicleAnswer::WalletOpened(false) {
            *cx.notice = Some(Notice::WalletNotOpened);
            return Transition::Stay;
        }
        if let VehicleAnswer::KeyChecked { presence: Presence::Present, .. } = answer {
            self.watched.update(cx.vehicle);
            return Transition::Stay;
        }
        self.watched.on_vehicle_answer(answer)
    }

    /// Asks the wallet and reads the status again (OVR-2, OVR-7).
    pub(super) fn on_phone_event(&self, cx: &mut Context<'_>) -> Transition {
        self.watched.check(cx);
        cx.vehicle.refresh_status(&mut cx.out);
        Transition::Stay
    }

    /// Returns the card: an untracked key is marked (OVR-3), and a local one can be edited (OVR-4).
    pub(super) fn view(facts: Facts<'_>) -> PageView {
        let state = facts.vehicle.record.key.state();
        PageView::Overview {
            card: CardView {
                cannot_unlock: state == KeyState::ActiveUntracked,
                action: if state.is_local() {
                    CardAction::EditInWallet
                } else {
                    CardAction::MoveToThisPhone
                },
            },
            // OVR-6
            more_information: facts.settings.more_information.clone(),
        }
    }
}
