//! OVR, TUT, MOV: the card of the key, the tutorials and the move to this phone.

use digital_key_domain::{CardAction, DigitalKeyId, ErrorPage, Notice, Presence, Tap, Vin};

use crate::expected::Call;
use crate::facts::{Change, Facts};
use crate::model::{Model, Opener, Page};
use crate::screen::ShownPage;

impl Model {
    /// OVR-1: the key state is remembered, and a local key is asked about. OVR-7: the status is read
    /// again.
    pub(crate) fn show_overview(&mut self, vin: Vin) {
        self.cite("OVR-1");
        let remembered = self.facts(vin).local_key().cloned();
        self.page = Page::Overview { remembered };
        self.notice = None;
        self.recheck_remembered_key(vin);
        self.read_status_again(vin);
    }

    /// OVR-7: a request that is in flight may be older than this event, and is followed by another
    /// one.
    fn read_status_again(&mut self, vin: Vin) {
        if self.is_open(vin, &Call::AskStatus) {
            self.status_due.insert(vin);
        } else {
            self.ask(vin, Call::AskStatus);
        }
    }

    /// OVR-2, OVR-7, GEN-2.
    pub(crate) fn on_foreground(&mut self) {
        self.in_background = false;
        // GEN-2: the user must not wait for a sheet that is gone.
        if let Some(pairing) = self.pairing
            && pairing.sheet_is_up
        {
            self.ask(pairing.vin, Call::CheckSheet { sheet: pairing.ticket });
        }
        let Some(vin) = self.selected else { return };
        match &self.page {
            // ENT-4: a driver with one car never selects again.
            Page::VehicleTab { .. } if self.support_can_be_asked(vin) => {
                self.cite("ENT-4, in the foreground");
                self.ask_for_support(vin);
            }
            // WEL-1: as if the page were shown again.
            Page::Welcome(page) if page.has_failed() => {
                self.cite("WEL-1, in the foreground");
                self.show_welcome(vin);
            }
            _ => self.look_again(vin),
        }
    }

    /// OVR-2, OVR-7: the wallet changed.
    pub(crate) fn on_wallet_change(&mut self) {
        if let (true, Some(vin)) = (self.wallet_change_is_of_concern(), self.selected) {
            self.cite("OVR-7");
            self.look_again(vin);
        }
    }

    /// OVR-2: the wallet is asked, on the pages behind Overview too. OVR-7: Overview reads the status.
    fn look_again(&mut self, vin: Vin) {
        self.recheck_remembered_key(vin);
        if matches!(self.page, Page::Overview { .. }) {
            self.read_status_again(vin);
        }
    }

    /// OVR-1: what Overview remembers, and the pages that were opened from it.
    pub(crate) fn remembered_key(&self) -> Option<DigitalKeyId> {
        match &self.page {
            Page::Overview { remembered }
            | Page::MoveKeyWarning { remembered }
            | Page::Tutorial1(Opener::Overview { remembered })
            | Page::Tutorial2(Opener::Overview { remembered }) => remembered.clone(),
            _ => None,
        }
    }

    fn recheck_remembered_key(&mut self, vin: Vin) {
        if let Some(key) = self.remembered_key() {
            self.cite("OVR-2");
            self.recheck_key(vin, &key);
        }
    }

    /// Asks what the wallet says from now on: an open question was asked earlier, and is followed by
    /// another one.
    pub(crate) fn recheck_key(&mut self, vin: Vin, key: &DigitalKeyId) {
        if self.wallet_is_being_asked(vin) {
            self.recheck.insert(vin, key.clone());
        } else {
            self.ask(vin, Call::AskPresence(key.clone()));
        }
    }

    /// Asks the wallet about a key, one question about a vehicle at a time. Returns `true` if the
    /// question that is open now will answer this.
    pub(crate) fn ask_or_join_wallet(&mut self, vin: Vin, key: &DigitalKeyId) -> bool {
        let asked = Call::AskPresence(key.clone());
        if !self.wallet_is_being_asked(vin) {
            self.ask(vin, asked);
            return true;
        }
        self.open
            .values()
            .any(|open| open.vin == Some(vin) && open.call == asked && !open.is_outdated)
    }

    pub(crate) fn wallet_is_being_asked(&self, vin: Vin) -> bool {
        self.open
            .values()
            .any(|open| open.vin == Some(vin) && matches!(open.call, Call::AskPresence(_)))
    }

    /// ENT-8, WEL-2, OVR-2: the wallet answered.
    pub(crate) fn on_presence(
        &mut self,
        vin: Vin,
        key: &DigitalKeyId,
        presence: Presence,
        is_outdated: bool,
    ) {
        let presence = if is_outdated { Presence::CannotSay } else { presence };
        let (deferred, next) = (self.deferred_status.remove(&vin), self.recheck.remove(&vin));
        if self.facts(vin).owner_key().is_some_and(|owner| owner.id == *key)
            && let Some(on_this_phone) = presence.definite()
        {
            self.learn(vin, Change::Presence { key: key.clone(), on_this_phone });
        }
        // ADR 105: only a definite no lets a status through that lacks a key made here.
        let key_stays = !is_outdated && self.facts(vin).is_unknown_to_the_backend(key);
        if let Some(status) = deferred
            && !key_stays
        {
            self.apply_status(vin, &status);
        }
        if let Some(next) = next {
            self.recheck_key(vin, &next);
        }
        if self.selected == Some(vin) {
            // MOV-4: the key is on this phone after all.
            if self.facts(vin).local_key() == Some(key) && self.move_flow {
                self.cite("MOV-4");
                self.move_flow = false;
            }
            self.show_presence(vin, key, presence);
        }
    }

    fn show_presence(&mut self, vin: Vin, key: &DigitalKeyId, presence: Presence) {
        let local = self.facts(vin).local_key().cloned();
        if presence == Presence::Absent && self.remembered_key().as_ref() == Some(key) {
            self.cite("OVR-2");
            self.show_error(vin, ErrorPage::KeyDeleted);
            return;
        }
        // OVR-7: the backend does not know it, and the wallet does not hold it either.
        if presence == Presence::Absent
            && matches!(self.page, Page::Overview { .. })
            && self.removed.get(&vin) == Some(key)
        {
            self.cite("OVR-7, deleted");
            self.show_error(vin, ErrorPage::KeyDeleted);
            return;
        }
        match &mut self.page {
            Page::VehicleTab { opening: true } => {
                if presence == Presence::Present && local.as_ref() == Some(key) {
                    self.show_overview(vin);
                } else if !self.wallet_is_being_asked(vin) {
                    self.show_welcome(vin);
                }
            }
            // OVR-1, OVR-7: a re-read found the key here.
            Page::Overview { remembered } if presence == Presence::Present && local.is_some() => {
                *remembered = local;
            }
            _ => {}
        }
    }

    pub(crate) fn wallet_is_being_opened(&self, vin: Vin) -> bool {
        self.open
            .values()
            .any(|open| open.vin == Some(vin) && matches!(open.call, Call::OpenWallet(_)))
    }

    /// OVR-4, OVR-7: the key at which "edit in wallet" opens the wallet.
    pub(crate) fn key_of_wallet(&self, vin: Vin) -> Option<DigitalKeyId> {
        self.facts(vin).local_key().or(self.removed.get(&vin)).cloned()
    }

    /// OVR-4: a wallet that could not be opened is said on the page.
    pub(crate) fn on_wallet_opened(&mut self, vin: Vin, opened: bool) {
        if !opened && self.selected == Some(vin) && matches!(self.page, Page::Overview { .. }) {
            self.cite("OVR-4, could not be opened");
            self.notice = Some(Notice::WalletNotOpened);
        }
    }

    /// OVR-3, OVR-4, OVR-6.
    pub(crate) fn overview(&self, vin: Vin, facts: &Facts) -> ShownPage {
        let is_local = facts.local_key().is_some();
        // OVR-7: the pass of a key that the backend has removed can be removed in the wallet.
        let is_removed = self.removed.contains_key(&vin);
        ShownPage::Overview {
            cannot_unlock: is_removed
                || is_local && facts.owner_key().is_some_and(|key| !key.tracked),
            action: match is_local || is_removed {
                true => CardAction::EditInWallet,
                false => CardAction::MoveToThisPhone,
            },
            more_information: self.settings.more_information.clone(),
        }
    }

    /// OVR-4, OVR-5, GEN-1.
    pub(crate) fn tap_overview(&mut self, vin: Vin, remembered: Option<DigitalKeyId>, tap: Tap) {
        match tap {
            Tap::CardAction => {
                self.cite("OVR-4");
                match self.key_of_wallet(vin) {
                    Some(_) if self.wallet_is_being_opened(vin) => {}
                    Some(key) => {
                        self.ask(vin, Call::OpenWallet(key));
                    }
                    None => self.page = Page::MoveKeyWarning { remembered },
                }
            }
            Tap::Tutorial => {
                self.cite("OVR-5");
                self.page = Page::Tutorial1(Opener::Overview { remembered });
            }
            _ => self.leave_flow(),
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
            _ => self.leave_flow(),
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
            _ => self.leave_flow(),
        }
    }

    /// MOV-2, MOV-3, GEN-1.
    pub(crate) fn tap_move_key_warning(&mut self, vin: Vin, tap: Tap) {
        match tap {
            Tap::ConfirmMove => {
                self.cite("MOV-3");
                self.move_flow = true;
                self.show_welcome(vin);
            }
            Tap::CancelMove | Tap::Back => {
                self.cite("MOV-2");
                self.show_overview(vin);
            }
            _ => self.leave_flow(),
        }
    }
}
