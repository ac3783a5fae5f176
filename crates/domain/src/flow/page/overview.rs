//! Overview: the card of the vehicle's owner key (OVR-1 to OVR-7).

use super::{MoveKeyWarning, OpenedFrom, Page, Transition, Tutorial1, VehicleAnswer, WatchedKey};
use crate::flow::protocol::{Reason, Tap, Taps};
use crate::flow::screen::{Context, Facts};
use crate::flow::vehicle::Vehicle;
use crate::flow::{CardAction, CardView, ErrorPage, Notice, PageView};
use crate::{DigitalKeyId, KeyState, Presence};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct Overview {
    watched: WatchedKey,
}

impl Overview {
    pub(super) const OFFERS: Taps =
        Taps::of([Tap::CardAction, Tap::Tutorial, Tap::Back, Tap::Close]);

    /// Opens the page: it remembers the local key and asks about it (OVR-1), and reads the status
    /// again (OVR-7).
    pub(super) fn load(cx: &mut Context<'_>) -> Page {
        let watched = WatchedKey::of(cx.vehicle);
        watched.check(cx);
        cx.vehicle.refresh_status(&mut cx.out);
        Page::Overview(Self { watched })
    }

    pub(super) fn on_tap(&self, tap: Tap, cx: &mut Context<'_>) -> Transition {
        match tap {
            // OVR-4
            Tap::CardAction => match key_of_wallet(cx.vehicle).cloned() {
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

    /// A key that the wallet holds is remembered from now on; an absent one was deleted (OVR-2). So was
    /// a key that neither the backend nor the wallet knows any more (OVR-7).
    pub(super) fn on_vehicle_answer(
        &mut self,
        answer: &VehicleAnswer,
        cx: &mut Context<'_>,
    ) -> Transition {
        match (answer, cx.vehicle.removed_key.clone()) {
            // OVR-4: no dead tap.
            (VehicleAnswer::WalletOpened(false), _) => {
                *cx.notice = Some(Notice::WalletNotOpened);
                Transition::Stay
            }
            (VehicleAnswer::KeyChecked { presence: Presence::Present, .. }, _) => {
                self.watched.update(cx.vehicle);
                Transition::Stay
            }
            (VehicleAnswer::Status { is_ok: true }, Some(removed)) => {
                cx.vehicle.check_key(removed, &mut cx.out);
                Transition::Stay
            }
            (VehicleAnswer::KeyChecked { key, presence: Presence::Absent }, Some(removed))
                if *key == removed =>
            {
                Transition::Open(Page::Error(ErrorPage::KeyDeleted))
            }
            _ => self.watched.on_vehicle_answer(answer),
        }
    }

    /// Asks the wallet and reads the status again (OVR-2, OVR-7).
    pub(super) fn on_phone_event(&self, cx: &mut Context<'_>) -> Transition {
        self.watched.check(cx);
        cx.vehicle.refresh_status(&mut cx.out);
        Transition::Stay
    }

    /// Returns the card: an untracked key is marked (OVR-3), and a local one can be edited (OVR-4).
    pub(super) fn view(facts: Facts<'_>) -> PageView {
        let is_untracked = facts.vehicle.record.key.state() == KeyState::ActiveUntracked;
        PageView::Overview {
            card: CardView {
                cannot_unlock: is_untracked || facts.vehicle.removed_key.is_some(),
                action: if key_of_wallet(facts.vehicle).is_some() {
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

/// Returns the key at which "edit in wallet" opens the wallet: the local key, or one that the backend
/// has removed, whose pass can be removed there (OVR-4, OVR-7).
fn key_of_wallet(vehicle: &Vehicle) -> Option<&DigitalKeyId> {
    vehicle.record.key.local().or(vehicle.removed_key.as_ref())
}
