//! GEN: leaving the flow, signing out, the cache, and the screen as a whole.

use digital_key_domain::{
    HiddenReason, Reply, StoredPassword, Support, TakeOutcome, VehicleRecord, Vin,
};

use crate::expected::{Call, ExpectedEffect};
use crate::facts::{Change, Password};
use crate::model::{Model, Page};
use crate::screen::{Screen, ShownPage};

impl Model {
    /// GEN-1, GEN-3, MOV-4: back to the vehicle tab. No page waits for a running pairing any more
    /// (CBK-7). ADR 104.5: the warning stays until the flow ends.
    pub(crate) fn leave_flow(&mut self) {
        self.page = Page::VehicleTab { opening: false };
        self.move_flow = false;
        self.warning = None;
        // ADR 103: a user who leaves before the sheet is up sees no sheet.
        self.pairing.take_if(|pairing| !pairing.sheet_is_up);
        if let Some(pairing) = &mut self.pairing {
            pairing.is_awaited = false;
        }
    }

    /// GEN-5: nothing of the account is left.
    pub(crate) fn on_sign_out(&mut self) {
        self.cite("GEN-5");
        self.leave_flow();
        self.selected = None;
        self.known.clear();
        self.deferred_status.clear();
        self.recheck.clear();
        self.status_due.clear();
        self.refresh_due.clear();
        self.failures.clear();
        self.removed.clear();
        self.diagnosed.clear();
        self.ended_sheets.clear();
        self.late_answers_dropped = self.vehicles_with_sheets.clone();
        // RDY-5: while Apple's sheet is up no other one may start, so that its end still counts.
        let sheet = self.pairing.map(|pairing| pairing.ticket);
        self.open.retain(|ticket, open| {
            Some(*ticket) == sheet || matches!(open.call, Call::CheckSheet { .. })
        });
        // GEN-5: a key that it makes belongs to the account that is gone.
        for open in self.open.values_mut() {
            open.is_outdated = true;
        }
        self.expect(None, Call::EraseCache);
    }

    /// GEN-9: nothing of the vehicle is left; answers that belong to it are dropped.
    pub(crate) fn on_forget(&mut self, vin: Vin) {
        self.cite("GEN-9");
        if self.selected == Some(vin) {
            self.leave_flow();
            self.selected = None;
        }
        self.known.remove(&vin);
        self.deferred_status.remove(&vin);
        self.recheck.remove(&vin);
        self.status_due.remove(&vin);
        self.refresh_due.remove(&vin);
        self.removed.remove(&vin);
        self.diagnosed.remove(&vin);
        self.failures.retain(|(of, _), _| *of != vin);
        self.forget_older_sheets(vin);
        if self.vehicles_with_sheets.contains(&vin) {
            self.late_answers_dropped.insert(vin);
        }
        // RDY-5: while Apple's sheet is up no other one may start, so that its end still counts.
        self.pairing.take_if(|pairing| pairing.vin == vin && !pairing.sheet_is_up);
        let sheet = self.pairing.map(|pairing| pairing.ticket);
        self.open.retain(|ticket, open| {
            open.vin != Some(vin)
                || Some(*ticket) == sheet
                || matches!(open.call, Call::CheckSheet { .. })
        });
        for open in self.open.values_mut().filter(|open| open.vin == Some(vin)) {
            open.is_outdated = true;
        }
        if let Some(pairing) = self.pairing.as_mut().filter(|pairing| pairing.vin == vin) {
            pairing.is_awaited = false;
        }
        self.expect(Some(vin), Call::Erase);
    }

    /// A fact is stored for its VIN (ENT-6).
    pub(crate) fn learn(&mut self, vin: Vin, change: Change) {
        let facts = self.known.entry(vin).or_default();
        let before = facts.clone();
        facts.learn(&change);
        let is_new = *facts != before;
        self.expect(Some(vin), Call::Store(change));
        if !is_new && let Some(store) = self.effects.last_mut() {
            store.is_optional = true;
        }
    }

    /// The cache performed a call: it holds the change now (GEN-4).
    ///
    /// # Errors
    /// A text, if the answer of the cache is not the one that the rules want.
    pub fn on_cache_call(
        &mut self,
        expected: &ExpectedEffect,
        reply: Option<&Reply>,
    ) -> Result<(), String> {
        let Some(vin) = expected.vin else {
            self.cache.clear();
            return Ok(());
        };
        if expected.call == Call::Erase {
            self.cache.remove(&vin);
            return Ok(());
        }
        let facts = self.cache.entry(vin).or_default();
        match (&expected.call, reply) {
            (Call::Store(change), _) => facts.learn(change),
            (Call::StorePassword, Some(Reply::PasswordStored(Ok(StoredPassword::Stored)))) => {
                facts.password = Some(Password { fetch: expected.ticket.0, uses: 0 });
            }
            (Call::TakeUse, Some(Reply::UseTaken(Ok(taken)))) => {
                return count_use(&mut facts.password, *taken);
            }
            _ => {}
        }
        Ok(())
    }

    /// GEN-7: the cache has lost everything.
    pub fn on_cache_lost(&mut self) {
        self.cache.clear();
    }

    /// Returns `true` if a record of the cache is what the rules want it to be.
    #[must_use]
    pub fn agrees_on_cached(&self, vin: Vin, record: &VehicleRecord) -> bool {
        self.cache.get(&vin).cloned().unwrap_or_default().agree_with(record)
    }

    /// Returns what is on the screen now.
    #[must_use]
    pub fn screen(&self) -> Screen {
        let facts = self.selected.map(|vin| self.facts(vin)).unwrap_or_default();
        let page = match (&self.page, self.selected) {
            (Page::VehicleTab { opening }, _) => self.vehicle_tab(*opening),
            (Page::Welcome(page), Some(vin)) => ShownPage::Welcome {
                // ADR 104.6: what is not certain yet is not shown.
                blockers: match self.continue_is_enabled(vin, page) {
                    true => self.blockers(vin, page),
                    false => Vec::new(),
                },
                move_flow: self.move_flow,
            },
            // No page of the flow is shown without a vehicle.
            (Page::Welcome(_) | Page::Overview { .. } | Page::PairingError { .. }, None) => {
                self.vehicle_tab(false)
            }
            (Page::GrabYourTwoKeys, _) => ShownPage::GrabYourTwoKeys,
            (Page::ReadyToPair { checked, highlighted }, _) => {
                ShownPage::ReadyToPair { checked: *checked, highlighted: *highlighted }
            }
            (Page::PairingError { reason }, Some(vin)) => ShownPage::PairingError {
                reason: *reason,
                // ERR-3
                refreshing: self.password_is_being_fetched(vin),
            },
            (Page::Tutorial1(_), _) => ShownPage::Tutorial1,
            (Page::Tutorial2(_), _) => ShownPage::Tutorial2,
            (Page::Overview { .. }, Some(vin)) => self.overview(vin, &facts),
            (Page::MoveKeyWarning { .. }, _) => ShownPage::MoveKeyWarning,
            (Page::Error(page), _) => ShownPage::Error(*page),
        };
        Screen {
            vehicle: self.selected,
            entry: self.entry(&facts),
            vehicle_upgrade_required: facts.support
                == Some(Support::Supported { upgrade_required: true }),
            page,
            offers: self.offers(),
            key_state: facts.key_state(),
            password_uses: facts.password.map(|password| password.uses),
            pairing_runs: self.pairing.is_some(),
            warning: self.warning,
            wait: match (&self.page, self.hidden_reason()) {
                (Page::Error(_), _) => self.wait,
                (Page::VehicleTab { .. }, Some(HiddenReason::Failed(no_answer))) => no_answer.wait,
                _ => None,
            },
            notice: self.notice.filter(|_| matches!(self.page, Page::Overview { .. })),
        }
    }

    fn vehicle_tab(&self, opening: bool) -> ShownPage {
        ShownPage::VehicleTab { opening, hidden: self.hidden_reason() }
    }
}

/// RDY-4, RDY-6, ERR-3: a take counts one use, or says that there is no password or no use left.
fn count_use(password: &mut Option<Password>, taken: TakeOutcome) -> Result<(), String> {
    let is_right = match (password.as_mut(), taken) {
        (None, TakeOutcome::NoPassword) => true,
        (Some(password), TakeOutcome::Exhausted) => password.is_used_up(),
        (Some(password), TakeOutcome::Granted(counted)) if !password.is_used_up() => {
            password.uses += 1;
            counted.uses.get() == password.uses
        }
        _ => false,
    };
    match is_right {
        true => Ok(()),
        false => Err(format!("the cache answers a take with {taken:?}, and holds {password:?}")),
    }
}
