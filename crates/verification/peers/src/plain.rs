//! A plain enum machine with the types of the product: one vehicle, the rules of the happy path and no
//! others.
//!
//! It leaves out: other vehicles, late and doubled answers, blockers, moves, refresh, forget, sign-out,
//! notices and waits. It is the floor: a machine with these types is hardly faster.

use digital_key_domain::{
    DigitalKeyId, Effect, Event, Generation, Intent, KeyCreation, PairingStatus, PasswordFetch,
    Presence, Question, RecordChange, Reply, Request, RequestId, StoredPassword, SupportAnswer,
    TakeOutcome, Tap, VehicleRecord, Vin,
};

#[derive(Debug, Default)]
pub enum Page {
    #[default]
    VehicleTab,
    Welcome {
        status: bool,
        can_create: bool,
    },
    GrabYourTwoKeys,
    ReadyToPair {
        checked: bool,
        pairing: bool,
    },
    Tutorial1,
    Tutorial2,
    Overview,
}

#[derive(Debug, Default)]
pub struct Plain {
    facts: Facts,
    page: Page,
}

/// What is known of the vehicle, whatever the page is.
#[derive(Debug, Default)]
pub struct Facts {
    pub vin: Option<Vin>,
    pub record: VehicleRecord,
    fetch: Generation,
    last_id: u64,
}

/// What an answer means to the page.
pub enum Learned {
    Status,
    KeyCanBeCreated,
    Paired,
    Other,
    Ignored,
}

/// What the page shows.
#[derive(Debug)]
#[expect(dead_code, reason = "it is built for its cost")]
pub struct PlainView {
    pub page: &'static str,
    pub can_continue: bool,
    pub checked: bool,
}

impl Facts {
    pub fn ask(&mut self, vin: Vin, question: Question, effects: &mut Vec<Effect>) {
        self.last_id += 1;
        let id = RequestId::new(self.last_id);
        effects.push(Effect::Request(Request { id, vin, question }));
    }

    pub fn select(&mut self, vin: Vin, effects: &mut Vec<Effect>) {
        self.vin = Some(vin);
        self.ask(vin, Question::Record, effects);
    }

    /// What Welcome needs to know.
    pub fn ask_for_welcome(&mut self, vin: Vin, effects: &mut Vec<Effect>) {
        self.ask(vin, Question::Status, effects);
        self.ask(vin, Question::Password, effects);
        self.ask(vin, Question::CanCreateKey, effects);
    }

    /// What Overview needs to know.
    pub fn ask_for_overview(&mut self, vin: Vin, effects: &mut Vec<Effect>) {
        if let Some(key) = self.record.key.local().cloned() {
            self.ask(vin, Question::Presence(key), effects);
        }
        self.ask(vin, Question::Status, effects);
    }

    fn change(&mut self, vin: Vin, change: RecordChange, effects: &mut Vec<Effect>) {
        self.record.apply(&change);
        effects.push(Effect::Store { vin, change });
    }

    /// Always inlined: the plain machine takes a fifth more time without it.
    #[inline(always)]
    pub fn on_reply(
        &mut self,
        id: RequestId,
        vin: Vin,
        reply: Reply,
        effects: &mut Vec<Effect>,
    ) -> Learned {
        match reply {
            Reply::Record(record) => {
                self.record = record.unwrap_or_default();
                self.fetch = self.record.generation;
                self.ask(vin, Question::Support, effects);
            }
            Reply::Support(Ok(SupportAnswer::Known(support))) => {
                self.change(vin, RecordChange::Support(support), effects);
            }
            Reply::Status(Ok(status)) => {
                self.on_status(vin, status, effects);
                return Learned::Status;
            }
            Reply::Password(PasswordFetch::Fetched) => {
                self.fetch = self.fetch.next();
                let question = Question::StorePassword(self.fetch);
                effects.push(Effect::Request(Request { id, vin, question }));
            }
            Reply::PasswordStored(Ok(StoredPassword::Stored)) => {
                self.record.store_password(self.fetch);
            }
            Reply::CanCreateKey(KeyCreation::Possible) => return Learned::KeyCanBeCreated,
            Reply::Presence(presence) => self.on_presence(vin, presence, effects),
            Reply::UseTaken(Ok(outcome @ TakeOutcome::Granted(_))) => {
                self.record.note_take(outcome);
                let question = Question::StartPairing;
                effects.push(Effect::Request(Request { id, vin, question }));
            }
            Reply::Pairing(answer) => {
                let Some(key) = answer.pass else { return Learned::Other };
                let used = self.fetch;
                self.change(vin, RecordChange::Paired { key, used }, effects);
                return Learned::Paired;
            }
            _ => return Learned::Ignored,
        }
        Learned::Other
    }

    fn on_status(&mut self, vin: Vin, status: PairingStatus, effects: &mut Vec<Effect>) {
        self.change(vin, RecordChange::Status(status), effects);
        if let Some(key) = self.key().cloned() {
            self.ask(vin, Question::Presence(key), effects);
        }
    }

    fn on_presence(&mut self, vin: Vin, presence: Presence, effects: &mut Vec<Effect>) {
        if let (Some(on_this_phone), Some(key)) = (presence.definite(), self.key().cloned()) {
            self.change(vin, RecordChange::Presence { key, on_this_phone }, effects);
        }
    }

    fn key(&self) -> Option<&DigitalKeyId> {
        self.record.key.owner().map(|owner| &owner.id)
    }
}

impl Plain {
    /// Takes one event. Returns `false` if it has no effect.
    pub fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> bool {
        match event {
            Event::Intent(Intent::SelectVehicle(vin)) => {
                self.facts.select(vin, effects);
                true
            }
            Event::Intent(Intent::Tap(tap)) => {
                let Some(vin) = self.facts.vin else { return false };
                self.on_tap(vin, tap, effects)
            }
            Event::Replied { id, vin, reply } if self.facts.vin == Some(vin) => {
                match (self.facts.on_reply(id, vin, reply, effects), &mut self.page) {
                    (Learned::Status, Page::Welcome { status, .. }) => *status = true,
                    (Learned::KeyCanBeCreated, Page::Welcome { can_create, .. }) => {
                        *can_create = true;
                    }
                    (Learned::Paired, _) => self.page = Page::Tutorial1,
                    (Learned::Ignored, _) => return false,
                    _ => {}
                }
                true
            }
            _ => false,
        }
    }

    fn on_tap(&mut self, vin: Vin, tap: Tap, effects: &mut Vec<Effect>) -> bool {
        let facts = &mut self.facts;
        match (&mut self.page, tap) {
            (Page::VehicleTab, Tap::Entry) => {
                facts.ask_for_welcome(vin, effects);
                self.page = Page::Welcome { status: false, can_create: false };
            }
            (Page::Welcome { status: true, can_create: true }, Tap::Continue)
                if facts.record.password.is_some() =>
            {
                self.page = Page::GrabYourTwoKeys;
            }
            (Page::GrabYourTwoKeys, Tap::Continue) => {
                self.page = Page::ReadyToPair { checked: false, pairing: false };
            }
            (Page::ReadyToPair { checked, .. }, Tap::TickBox) => *checked = true,
            (Page::ReadyToPair { checked: true, pairing }, Tap::Continue) if !*pairing => {
                *pairing = true;
                facts.ask(vin, Question::TakeUse, effects);
            }
            (Page::Tutorial1, Tap::Continue) => self.page = Page::Tutorial2,
            (Page::Tutorial2, Tap::Continue) => {
                facts.ask_for_overview(vin, effects);
                self.page = Page::Overview;
            }
            _ => return false,
        }
        true
    }

    pub fn view(&self) -> PlainView {
        let (page, can_continue, checked) = match &self.page {
            Page::VehicleTab => ("VehicleTab", self.facts.record.support.is_some(), false),
            Page::Welcome { status, can_create } => {
                ("Welcome", *status && *can_create && self.facts.record.password.is_some(), false)
            }
            Page::GrabYourTwoKeys => ("GrabYourTwoKeys", true, false),
            Page::ReadyToPair { checked, .. } => ("ReadyToPair", true, *checked),
            Page::Tutorial1 => ("Tutorial1", true, false),
            Page::Tutorial2 => ("Tutorial2", true, false),
            Page::Overview => ("Overview", false, false),
        };
        PlainView { page, can_continue, checked }
    }
}
