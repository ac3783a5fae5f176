//! OVR, TUT, MOV: the card of the key, the tutorials and the move to this phone.

use digital_key_domain::{CardAction, CardView, DigitalKeyId, ErrorPage, Presence, Tap, Vin};

use crate::facts::{Change, Facts};
use crate::model::{Model, Opener, Page};
use crate::question::Call;

impl Model {
    /// OVR-1: the key state is remembered. OVR-7: the status is read again.
    pub(crate) fn show_overview(&mut self, vin: Vin) {
        self.cite("OVR-1");
        let remembered = self.facts(vin).local_key().cloned();
        self.page = Page::Overview { remembered, is_read_due: false };
        self.read_status_again(vin);
    }

    /// OVR-7: a status that was asked before is waited for, and then asked once more.
    pub(crate) fn read_status_again(&mut self, vin: Vin) {
        let is_open = self.is_open(vin, &Call::AskStatus);
        if let Page::Overview { is_read_due, .. } = &mut self.page {
            *is_read_due = is_open;
        }
        self.ask_for_status(vin);
    }

    /// OVR-2, OVR-7, GEN-2.
    pub(crate) fn come_to_foreground(&mut self) {
        self.in_background = false;
        // GEN-2: a sheet that is gone must not be waited for.
        if let Some(pairing) = self.pairing
            && pairing.sheet_is_up
        {
            self.ask(pairing.vin, Call::CheckSheet { sheet: pairing.ticket });
        }
        let Some(vin) = self.selected else { return };
        self.ask_about_the_remembered_key(vin);
        if matches!(self.page, Page::Overview { .. }) {
            self.read_status_again(vin);
        }
    }

    /// OVR-7. ADR 104.3: in the background it is ignored.
    pub(crate) fn hear_wallet_change(&mut self) {
        if let (Page::Overview { .. }, Some(vin), false) =
            (&self.page, self.selected, self.in_background)
        {
            self.cite("OVR-7");
            self.ask_about_the_remembered_key(vin);
            self.read_status_again(vin);
        }
    }

    /// OVR-1: what Overview, and the pages that were opened from it, remember.
    fn remembered_key(&self) -> Option<DigitalKeyId> {
        match &self.page {
            Page::Overview { remembered, .. }
            | Page::MoveKeyWarning { remembered }
            | Page::Tutorial1(Opener::Overview { remembered })
            | Page::Tutorial2(Opener::Overview { remembered }) => remembered.clone(),
            _ => None,
        }
    }

    fn ask_about_the_remembered_key(&mut self, vin: Vin) {
        if let Some(key) = self.remembered_key() {
            self.cite("OVR-2");
            self.ask_the_wallet_anew(vin, &key);
        }
    }

    /// Asks what the wallet says from now on: an open question was asked before.
    pub(crate) fn ask_the_wallet_anew(&mut self, vin: Vin, key: &DigitalKeyId) {
        if self.the_wallet_is_asked(vin) {
            self.asked_next.insert(vin, key.clone());
        } else {
            self.ask(vin, Call::AskPresence(key.clone()));
        }
    }

    /// One question about a vehicle's key at a time. Whether the one that is open now, or was
    /// already, answers this.
    pub(crate) fn ask_the_wallet(&mut self, vin: Vin, key: &DigitalKeyId) -> bool {
        let asked = Call::AskPresence(key.clone());
        if !self.the_wallet_is_asked(vin) {
            self.ask(vin, asked);
            return true;
        }
        self.open
            .values()
            .any(|open| open.vin == Some(vin) && open.call == asked && !open.is_out_of_date)
    }

    pub(crate) fn the_wallet_is_asked(&self, vin: Vin) -> bool {
        self.open
            .values()
            .any(|open| open.vin == Some(vin) && matches!(open.call, Call::AskPresence(_)))
    }

    /// ENT-8, WEL-2, OVR-2: the wallet has answered.
    pub(crate) fn hear_presence(
        &mut self,
        vin: Vin,
        key: &DigitalKeyId,
        presence: Presence,
        out_of_date: bool,
    ) {
        let presence = if out_of_date { Presence::CannotSay } else { presence };
        let (withheld, next) = (self.withheld.remove(&vin), self.asked_next.remove(&vin));
        if self.facts(vin).owner_key().is_some_and(|owner| owner.id == *key)
            && let Some(on_this_phone) = presence.definite()
        {
            self.learn(vin, Change::Presence { key: key.clone(), on_this_phone });
        }
        // ADR 105: only a definite no lets a status through that lacks a key made here.
        let stays = !out_of_date && self.facts(vin).is_paired_here(key);
        if let Some(status) = withheld
            && !stays
        {
            self.learn_status(vin, &status);
        }
        if let Some(next) = next {
            self.ask_the_wallet_anew(vin, &next);
        }
        if self.selected == Some(vin) {
            self.show_presence(vin, key, presence);
        }
    }

    fn show_presence(&mut self, vin: Vin, key: &DigitalKeyId, presence: Presence) {
        let local = self.facts(vin).local_key().cloned();
        if presence == Presence::Absent && self.remembered_key().as_ref() == Some(key) {
            self.cite("OVR-2");
            self.page = Page::Error(ErrorPage::KeyDeleted);
            return;
        }
        match &mut self.page {
            Page::VehicleTab { opening: true } => {
                if presence == Presence::Present && local.as_ref() == Some(key) {
                    self.show_overview(vin);
                } else if !self.the_wallet_is_asked(vin) {
                    self.show_welcome(vin);
                }
            }
            // OVR-1, OVR-7: a re-read has found the key here.
            Page::Overview { remembered, .. }
                if presence == Presence::Present && local.is_some() =>
            {
                *remembered = local;
            }
            _ => {}
        }
    }

    /// OVR-3, OVR-4.
    pub(crate) fn card(facts: &Facts) -> CardView {
        let owner = facts.owner_key();
        let is_local = facts.local_key().is_some();
        CardView {
            cannot_unlock: is_local && owner.is_some_and(|key| !key.tracked),
            action: if is_local { CardAction::EditInWallet } else { CardAction::MoveToThisPhone },
        }
    }

    /// OVR-4, OVR-5, GEN-1.
    pub(crate) fn tap_overview(&mut self, vin: Vin, remembered: Option<DigitalKeyId>, tap: Tap) {
        match tap {
            Tap::CardAction => {
                self.cite("OVR-4");
                match self.facts(vin).local_key() {
                    Some(key) => self.want(None, Call::OpenWallet(key.clone())),
                    None => self.page = Page::MoveKeyWarning { remembered },
                }
            }
            Tap::Tutorial => {
                self.cite("OVR-5");
                self.page = Page::Tutorial1(Opener::Overview { remembered });
            }
            Tap::Back | Tap::Close => self.leave_flow(),
            _ => {}
        }
    }

    /// TUT-1, GEN-1.
    pub(crate) fn tap_tutorial1(&mut self, vin: Vin, opener: Opener, tap: Tap) {
        match tap {
            Tap::Continue => {
                self.cite("TUT-1");
                self.page = Page::Tutorial2(opener);
            }
            Tap::Back => self.show_overview(vin),
            Tap::Close => self.leave_flow(),
            _ => {}
        }
    }

    /// TUT-2, GEN-1.
    pub(crate) fn tap_tutorial2(&mut self, vin: Vin, opener: Opener, tap: Tap) {
        match tap {
            Tap::Continue => {
                self.cite("TUT-2");
                self.show_overview(vin);
            }
            Tap::Back => self.page = Page::Tutorial1(opener),
            Tap::Close => self.leave_flow(),
            _ => {}
        }
    }

    /// MOV-2, MOV-3, GEN-1.
    pub(crate) fn tap_move_key_warning(&mut self, vin: Vin, tap: Tap) {
        match tap {
            Tap::CancelMove | Tap::Back => {
                self.cite("MOV-2");
                self.show_overview(vin);
            }
            Tap::ConfirmMove => {
                self.cite("MOV-3");
                self.move_flow = true;
                self.show_welcome(vin);
            }
            Tap::Close => self.leave_flow(),
            _ => {}
        }
    }
}
