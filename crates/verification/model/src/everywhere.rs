//! GEN: leaving the flow, signing out, the cache, and the screen as a whole.

use digital_key_domain::{Blockers, PageView, Support, VehicleRecord, Vin};

use crate::facts::{Change, Password};
use crate::model::{Model, Page};
use crate::question::{Call, Question};
use crate::screen::Screen;

impl Model {
    /// GEN-1, GEN-3, MOV-4: back to the vehicle tab. A pairing that runs is not awaited any more
    /// (CBK-7). ADR 104.5: the warning stays until the flow ends.
    pub(crate) fn leave_flow(&mut self) {
        self.page = Page::VehicleTab { opening: false };
        self.move_flow = false;
        self.warning = None;
        // ADR 103: before the sheet is up, leaving means that none will come.
        self.pairing.take_if(|pairing| !pairing.sheet_is_up);
        if let Some(pairing) = &mut self.pairing {
            pairing.is_awaited = false;
        }
    }

    /// GEN-5: nothing of the account is left.
    pub(crate) fn sign_out(&mut self) {
        self.cite("GEN-5");
        self.leave_flow();
        self.selected = None;
        self.known.clear();
        self.withheld.clear();
        self.asked_next.clear();
        self.ended_sheets.clear();
        // RDY-5: Apple's sheet is still up, and no other one may start. Only its end is heard.
        let sheet = self.pairing.map(|pairing| pairing.ticket);
        self.open.retain(|ticket, open| {
            Some(*ticket) == sheet || matches!(open.call, Call::CheckSheet { .. })
        });
        // GEN-5: a key that it makes belongs to the account that is gone.
        for open in self.open.values_mut() {
            open.is_out_of_date = true;
        }
        self.want(None, Call::EraseCache);
    }

    /// Something was learned: it is stored for its VIN (ENT-6).
    pub(crate) fn learn(&mut self, vin: Vin, change: Change) {
        let facts = self.known.entry(vin).or_default();
        let before = facts.clone();
        facts.learn(&change);
        let is_news = *facts != before;
        self.want(Some(vin), Call::Store(change));
        if !is_news && let Some(store) = self.caused.last_mut() {
            store.may_be_left_out = true;
        }
    }

    /// The cache has done what the model wanted: it holds the change now (GEN-4).
    pub fn cache_did(&mut self, question: &Question) {
        let Some(vin) = question.vin else {
            self.cache.clear();
            return;
        };
        let facts = self.cache.entry(vin).or_default();
        match &question.call {
            Call::Store(change) => facts.learn(change),
            Call::StorePassword => {
                facts.password = Some(Password { fetch: question.ticket.0, uses: 0 });
            }
            Call::TakeUse => {
                if let Some(password) = &mut facts.password {
                    password.uses += 1;
                }
            }
            _ => {}
        }
    }

    /// GEN-7: the cache has lost everything.
    pub fn cache_lost(&mut self) {
        self.cache.clear();
    }

    /// Whether a record of the cache is what the rules want it to be.
    #[must_use]
    pub fn agrees_on_cached(&self, vin: Vin, record: &VehicleRecord) -> bool {
        self.cache.get(&vin).cloned().unwrap_or_default().agree_with(record)
    }

    /// What is on the screen now.
    #[must_use]
    pub fn screen(&self) -> Screen {
        let facts = self.selected.map(|vin| self.facts(vin)).unwrap_or_default();
        let mut blockers = Vec::new();
        let page = match (&self.page, self.selected) {
            (Page::VehicleTab { opening }, _) => PageView::VehicleTab { opening: *opening },
            (Page::Welcome(page), Some(vin)) => {
                let continue_enabled = self.continue_is_enabled(vin, page);
                // ADR 104.6: what is not known yet is not shown.
                if continue_enabled {
                    blockers = self.blockers(vin, page);
                }
                PageView::Welcome {
                    continue_enabled,
                    blockers: Blockers::NONE,
                    move_flow: self.move_flow,
                }
            }
            // No page of the flow is shown without a vehicle.
            (Page::Welcome(_), None) => PageView::VehicleTab { opening: false },
            (Page::GrabYourTwoKeys, _) => PageView::GrabYourTwoKeys,
            (Page::ReadyToPair { checked, highlighted }, _) => {
                PageView::ReadyToPair { checked: *checked, highlighted: *highlighted }
            }
            (Page::PairingError { reason }, _) => PageView::PairingError { reason: *reason },
            (Page::Tutorial1(_), _) => PageView::Tutorial1,
            (Page::Tutorial2(_), _) => PageView::Tutorial2,
            (Page::Overview { .. }, _) => PageView::Overview {
                card: Self::card(&facts),
                more_information: self.settings.more_information.clone(),
            },
            (Page::MoveKeyWarning { .. }, _) => PageView::MoveKeyWarning,
            (Page::Error(page), _) => PageView::Error(*page),
        };
        Screen {
            vehicle: self.selected,
            entry: self.entry(&facts),
            vehicle_upgrade_required: facts.support
                == Some(Support::Supported { upgrade_required: true }),
            page,
            blockers,
            key_state: facts.key_state(),
            password_uses: facts.password.map(|password| password.uses),
            pairing_runs: self.pairing.is_some(),
            warning: self.warning,
        }
    }
}
