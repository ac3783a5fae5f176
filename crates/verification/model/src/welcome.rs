//! WEL, KEY: what is fetched for Welcome, and where Continue leads.

use digital_key_domain::{
    Blocker, CacheFailure, Diagnostic, ErrorPage, KeyCreation, PairingStatus, PasswordFetch, Phone,
    PhoneSoftwareIssue, StoredPassword, Tap, Vin,
};

use crate::expected::{Call, ExpectedEffect, Ticket};
use crate::facts::{Change, Facts, Password};
use crate::model::{Asked, Model, Page};

/// What one showing of Welcome has learnt so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Welcome {
    /// Whether the status could be fetched (WEL-1).
    status_fetched: Option<bool>,
    /// Apple's answer (WEL-4).
    can_create_key: Option<KeyCreation>,
}

impl Welcome {
    /// WEL-1: the status could not be fetched.
    pub(crate) fn has_failed(&self) -> bool {
        self.status_fetched == Some(false)
    }
}

impl Model {
    /// WEL-1, WEL-3, WEL-4: status, password and Apple are asked at the same time.
    pub(crate) fn show_welcome(&mut self, vin: Vin) {
        self.cite("WEL-1");
        self.page = Page::Welcome(Welcome::default());
        self.ask_or_join(vin, Call::AskStatus);
        self.fetch_password(vin);
        self.ask_or_join(vin, Call::AskCanCreateKey);
    }

    /// WEL-3: a fetch is under way until its password is stored.
    pub(crate) fn fetch_password(&mut self, vin: Vin) {
        if !self.password_is_being_fetched(vin) {
            self.failures.remove(&(vin, Asked::Password));
            self.ask(vin, Call::AskPassword);
        }
    }

    pub(crate) fn password_is_being_fetched(&self, vin: Vin) -> bool {
        self.is_open(vin, &Call::AskPassword) || self.is_open(vin, &Call::StorePassword)
    }

    /// WEL-1, WEL-2.
    pub(crate) fn on_status(
        &mut self,
        vin: Vin,
        status: Option<&PairingStatus>,
        asked: &ExpectedEffect,
    ) {
        // OVR-7: a status that may be older than the event that wanted it is read once more. So is
        // one from before a pairing, which is dropped (CBK-8).
        if self.status_due.remove(&vin) || asked.is_outdated {
            self.ask(vin, Call::AskStatus);
        }
        if asked.is_outdated {
            self.cite("CBK-8");
            return;
        }
        if let Some(status) = status {
            self.apply_status(vin, status);
        }
        if self.selected == Some(vin)
            && let Page::Welcome(page) = &mut self.page
        {
            page.status_fetched = Some(status.is_some());
        }
        // OVR-7: a re-read found no owner key; the wallet may still hold its pass.
        if let (Some(_), Some(removed)) = (status, self.removed.get(&vin).cloned())
            && self.selected == Some(vin)
            && matches!(self.page, Page::Overview { .. })
        {
            self.cite("OVR-7, removed");
            self.recheck_key(vin, &removed);
        }
    }

    /// WEL-2: the wallet is asked about the key that the status names. ADR 105: if the status lacks
    /// a key that was made here, the wallet is asked about that one.
    pub(crate) fn apply_status(&mut self, vin: Vin, status: &PairingStatus) {
        let before = self.facts(vin);
        self.diagnose_spelling(vin, &before, status);
        self.learn(vin, Change::Status(status.clone()));
        self.deferred_status.remove(&vin);
        let facts = self.facts(vin);
        // OVR-7: the vehicle has no owner key any more.
        match (before.owner_key(), facts.owner_key()) {
            (_, Some(_)) => drop(self.removed.remove(&vin)),
            (Some(key), None) => drop(self.removed.insert(vin, key.id.clone())),
            (None, None) => {}
        }
        let Some(key) = facts.owner_key() else { return };
        self.cite("WEL-2");
        let is_answered = self.ask_or_join_wallet(vin, &key.id);
        if facts.lacks_a_key_made_here(status) || !is_answered {
            self.cite("CBK-8");
            self.deferred_status.insert(vin, status.clone());
        }
    }

    /// Two spellings of one id are two keys: the host is notified once for a vehicle.
    fn diagnose_spelling(&mut self, vin: Vin, facts: &Facts, status: &PairingStatus) {
        let (Some(local), Some(owner)) = (facts.local_key(), &status.owner_key) else { return };
        let (here, there) = (local.as_str(), owner.id.as_str());
        if here != there && here.eq_ignore_ascii_case(there) && self.diagnosed.insert(vin) {
            self.cite("two spellings");
            let (local, reported) = (local.clone(), owner.id.clone());
            let diagnostic = Diagnostic::KeyIdCaseMismatch { vin, local, reported };
            self.expect(None, Call::Diagnose(diagnostic));
        }
    }

    /// WEL-3: a fetch that brings no password leaves the cached one alone.
    pub(crate) fn on_password(&mut self, vin: Vin, fetch: PasswordFetch) {
        self.cite("WEL-3");
        if fetch == PasswordFetch::Fetched {
            self.ask(vin, Call::StorePassword);
        }
    }

    /// WEL-3: a new password is stored, and its counter is 0.
    pub(crate) fn on_password_stored(
        &mut self,
        vin: Vin,
        ticket: Ticket,
        stored: Result<StoredPassword, CacheFailure>,
    ) {
        if stored == Ok(StoredPassword::Stored)
            && let Some(facts) = self.known.get_mut(&vin)
        {
            facts.password = Some(Password { fetch: ticket.0, uses: 0 });
        }
    }

    /// WEL-4.
    pub(crate) fn on_can_create_key(&mut self, vin: Vin, can: KeyCreation) {
        if self.selected == Some(vin)
            && let Page::Welcome(page) = &mut self.page
        {
            page.can_create_key = Some(can);
        }
    }

    /// WEL-4: Continue is enabled as soon as it is certain where it leads: whatever the missing answers
    /// will be, it leads to the same page.
    pub(crate) fn continue_is_enabled(&self, vin: Vin, page: &Welcome) -> bool {
        // MOV-4: the wallet may say that the key is on this phone, which ends the move flow.
        let is_owned = self.facts(vin).owner_key().is_some();
        match page.status_fetched {
            None => return false,
            Some(false) => return true,
            Some(true) if is_owned && self.wallet_is_being_asked(vin) => return false,
            Some(true) if is_owned && !self.move_flow => return true,
            Some(true) => {}
        }
        let mut ends = self.possible_ends(vin, page).into_iter().map(|it| it.first().copied());
        let first = ends.next();
        ends.all(|end| Some(end) == first)
    }

    /// Returns the blockers for each way in which the missing answers can turn out.
    fn possible_ends(&self, vin: Vin, page: &Welcome) -> Vec<Vec<Blocker>> {
        let Facts { password, .. } = self.facts(vin);
        let can_create = match page.can_create_key {
            Some(answer) => vec![answer],
            None => vec![KeyCreation::Possible, KeyCreation::Refused, KeyCreation::NoAnswer],
        };
        let has_use = match self.password_is_being_fetched(vin) {
            true => vec![true, false],
            false => vec![password.is_some_and(|password| !password.is_used_up())],
        };
        can_create
            .iter()
            .flat_map(|can| has_use.iter().map(|has_use| self.ranks(vin, *can, *has_use)))
            .collect()
    }

    /// WEL-6, WEL-7: what keeps the user from pairing if Apple and the password answer so.
    fn ranks(&self, vin: Vin, can_create: KeyCreation, has_use: bool) -> Vec<Blocker> {
        let readiness = self.facts(vin).readiness;
        let software = match can_create {
            _ if ios_is_too_old(&self.settings.phone) => Some(PhoneSoftwareIssue::IosTooOld),
            KeyCreation::Possible => None,
            KeyCreation::Refused => Some(PhoneSoftwareIssue::AppleRefuses),
            KeyCreation::NoAnswer => Some(PhoneSoftwareIssue::AppleDidNotAnswer),
        };
        let ranks = [
            phone_is_not_supported(&self.settings.phone).then_some(Blocker::PhoneNotSupported),
            software.map(Blocker::PhoneSoftwareUpdateRequired),
            (!readiness.is_some_and(|it| it.primary_subscriber))
                .then_some(Blocker::NotPrimarySubscriber),
            (!readiness.is_some_and(|it| it.prepared)).then_some(Blocker::VehicleNotPrepared),
            (!has_use).then_some(Blocker::PairingPasswordUnavailable),
        ];
        ranks.into_iter().flatten().collect()
    }

    /// WEL-6, WEL-7: all that is known to keep the user from pairing, in order: what every possible
    /// answer has in common.
    pub(crate) fn blockers(&self, vin: Vin, page: &Welcome) -> Vec<Blocker> {
        if page.status_fetched == Some(false) {
            return vec![Blocker::BackendError];
        }
        if self.facts(vin).owner_key().is_some() && !self.move_flow {
            return Vec::new();
        }
        let ends = self.possible_ends(vin, page);
        let first = ends.first().cloned().unwrap_or_default();
        first.into_iter().filter(|blocker| ends.iter().all(|it| it.contains(blocker))).collect()
    }

    /// WEL-5, WEL-6, GEN-1.
    pub(crate) fn tap_welcome(&mut self, vin: Vin, page: &Welcome, tap: Tap) {
        match tap {
            Tap::Continue => {
                self.cite("WEL-6");
                let first = self.blockers(vin, page).first().copied();
                let is_owned = self.facts(vin).owner_key().is_some() && !self.move_flow;
                match first {
                    Some(blocker) => self.show_error(vin, ErrorPage::Blocked(blocker)),
                    None if is_owned => self.show_overview(vin),
                    None => self.page = Page::GrabYourTwoKeys,
                }
            }
            // GEN-1: the move began at Overview, and is given up.
            Tap::Back if self.move_flow => {
                self.cite("GEN-1, out of the move flow");
                self.move_flow = false;
                self.show_overview(vin);
            }
            _ => self.leave_flow(),
        }
    }

    /// KEY-1, GEN-1.
    pub(crate) fn tap_grab_your_two_keys(&mut self, vin: Vin, tap: Tap) {
        match tap {
            Tap::Continue => {
                // RDY-1: the checkbox starts unchecked.
                self.cite("KEY-1");
                self.page = Page::ReadyToPair { checked: false, highlighted: false };
            }
            Tap::Back => self.show_welcome(vin),
            _ => self.leave_flow(),
        }
    }
}

/// REQ-2, REQ-4: iPhones from 11 on are supported; about a simulator Apple decides (WEL-8).
fn phone_is_not_supported(phone: &Phone) -> bool {
    let Phone::Ios { machine, .. } = phone else { return true };
    let name = machine.as_str();
    let major = name.strip_prefix("iPhone").and_then(|rest| rest.split(',').next());
    name.starts_with("iPad")
        || name.starts_with("iPod")
        || major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major < 11)
}

/// REQ-3: iOS 13.6 or later.
fn ios_is_too_old(phone: &Phone) -> bool {
    let Phone::Ios { version, .. } = phone else { return false };
    let numbers: Vec<u32> =
        version.to_string().split('.').filter_map(|part| part.parse().ok()).collect();
    numbers < vec![13, 6]
}
