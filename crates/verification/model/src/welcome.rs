//! WEL, KEY: what is fetched for Welcome, and where Continue leads.

use digital_key_domain::{
    Blocker, CacheFailure, ErrorPage, PairingStatus, PasswordFetch, Phone, StoredPassword, Tap, Vin,
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
    can_create_key: Option<bool>,
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

    fn password_is_being_fetched(&self, vin: Vin) -> bool {
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
    }

    /// WEL-2: the wallet is asked about the key that the status names. ADR 105: if the status lacks
    /// a key that was made here, the wallet is asked about that one.
    pub(crate) fn apply_status(&mut self, vin: Vin, status: &PairingStatus) {
        self.learn(vin, Change::Status(status.clone()));
        self.deferred_status.remove(&vin);
        let facts = self.facts(vin);
        let Some(key) = facts.owner_key() else { return };
        self.cite("WEL-2");
        let is_answered = self.ask_or_join_wallet(vin, &key.id);
        if facts.lacks_a_key_made_here(status) || !is_answered {
            self.cite("CBK-8");
            self.deferred_status.insert(vin, status.clone());
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
    pub(crate) fn on_can_create_key(&mut self, vin: Vin, can: bool) {
        if self.selected == Some(vin)
            && let Page::Welcome(page) = &mut self.page
        {
            page.can_create_key = Some(can);
        }
    }

    /// WEL-4: Continue is enabled as soon as it is certain where it leads.
    pub(crate) fn continue_is_enabled(&self, vin: Vin, page: &Welcome) -> bool {
        let facts = self.facts(vin);
        match (page.status_fetched, facts.owner_key()) {
            (None, _) => false,
            (Some(false), _) => true,
            (Some(true), Some(_)) if !self.move_flow => !self.wallet_is_being_asked(vin),
            (Some(true), _) => {
                page.can_create_key.is_some() && !self.password_is_being_fetched(vin)
            }
        }
    }

    /// WEL-6, WEL-7: all that keeps the user from pairing, in order.
    pub(crate) fn blockers(&self, vin: Vin, page: &Welcome) -> Vec<Blocker> {
        if page.status_fetched == Some(false) {
            return vec![Blocker::BackendError];
        }
        let facts = self.facts(vin);
        if facts.owner_key().is_some() && !self.move_flow {
            return Vec::new();
        }
        let Facts { readiness, password, .. } = facts;
        let ranks = [
            (Blocker::PhoneNotSupported, phone_is_not_supported(&self.settings.phone)),
            (
                Blocker::PhoneSoftwareUpdateRequired,
                ios_is_too_old(&self.settings.phone) || page.can_create_key != Some(true),
            ),
            (Blocker::NotPrimarySubscriber, !readiness.is_some_and(|r| r.primary_subscriber)),
            (Blocker::VehicleNotPrepared, !readiness.is_some_and(|r| r.prepared)),
            (Blocker::PairingPasswordUnavailable, password.is_none_or(Password::is_used_up)),
        ];
        ranks.into_iter().filter(|(_, applies)| *applies).map(|(blocker, _)| blocker).collect()
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
