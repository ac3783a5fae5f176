//! One vehicle in the machine's memory: its record, and the questions about it that are open.
//!
//! There is one place for each question, so a second request for the same VIN and question cannot
//! be under way: who asks again joins the one that is (ENT-6, WEL-3).

#[cfg(feature = "exploration")]
mod renumber;

use super::page::News;
use super::{Heard, Outbox, RequestId};
use crate::{
    DigitalKeyId, Effect, Generation, PairingStatus, PasswordAnswer, Presence, RecordChange,
    StoredPassword, Support, SupportAnswer, TakeAnswer, UsageCounter, VehicleRecord, Vin,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Vehicle {
    pub(super) vin: Vin,
    pub(super) record: VehicleRecord,
    load: Loading,
    support: Option<RequestId>,
    status: Option<StatusQuestion>,
    password: Option<PasswordQuestion>,
    can_create: Option<RequestId>,
    presence: Option<PresenceQuestion>,
    /// Uses that are being taken: one that was abandoned with its page is counted all the same.
    takes: Vec<RequestId>,
    /// The newest generation that a fetch was given, stored or not.
    generation: Generation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Loading {
    NotAsked,
    Asked(RequestId),
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct StatusQuestion {
    id: RequestId,
    /// A pairing succeeded after this was asked: the answer is dropped (CBK-8).
    outdated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PasswordQuestion {
    id: RequestId,
    generation: Generation,
    storing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PresenceQuestion {
    id: RequestId,
    key: DigitalKeyId,
    /// A pairing succeeded after this was asked: the answer says nothing about the new key.
    outdated: bool,
    /// A status to take into account afterwards, unless the wallet holds the key that it lacks.
    unsettled: Option<PairingStatus>,
    /// A key to ask about afterwards: something happened after this question was asked.
    then_ask: Option<DigitalKeyId>,
}

impl Vehicle {
    pub(super) fn new(vin: Vin) -> Self {
        Self {
            vin,
            record: VehicleRecord::default(),
            load: Loading::NotAsked,
            support: None,
            status: None,
            password: None,
            can_create: None,
            presence: None,
            takes: Vec::with_capacity(2),
            generation: Generation::default(),
        }
    }

    /// Whether nothing is under way, so that it could be forgotten and loaded again.
    pub(super) fn is_idle(&self) -> bool {
        self.load == Loading::Done
            && self.support.is_none()
            && self.status.is_none()
            && self.password.is_none()
            && self.can_create.is_none()
            && self.presence.is_none()
            && self.takes.is_empty()
    }

    pub(super) fn is_supported(&self) -> bool {
        matches!(self.record.support, Some(Support::Supported { .. }))
    }

    pub(super) fn password_is_open(&self) -> bool {
        self.password.is_some()
    }

    pub(super) fn status_is_open(&self) -> bool {
        self.status.is_some()
    }

    pub(super) fn presence_is_open(&self) -> bool {
        self.presence.is_some()
    }

    fn change(&mut self, change: RecordChange, out: &mut Outbox<'_>) {
        self.record.apply(&change);
        out.push(Effect::Store { vin: self.vin, change });
    }

    /// Learns what the entry depends on (ENT-2, ENT-3): the record, then the BFF's answer. False
    /// when it is known, or already on its way (ENT-6).
    pub(super) fn learn_support(&mut self, out: &mut Outbox<'_>) -> bool {
        let vin = self.vin;
        match self.load {
            Loading::NotAsked => {
                let id = out.next_id();
                self.load = Loading::Asked(id);
                out.push(Effect::LoadRecord { id, vin });
                true
            }
            Loading::Done if self.record.support.is_none() && self.support.is_none() => {
                let id = out.next_id();
                self.support = Some(id);
                out.push(Effect::AskSupport { id, vin });
                true
            }
            Loading::Asked(_) | Loading::Done => false,
        }
    }

    /// A record that could not be read is taken as empty: the backend knows the rest (GEN-7).
    pub(super) fn on_record(&mut self, id: RequestId, record: Option<VehicleRecord>) -> Heard {
        if self.load != Loading::Asked(id) {
            return Heard::NotAwaited;
        }
        self.load = Loading::Done;
        self.record = record.unwrap_or_default();
        self.generation = self.record.generation;
        Heard::Noted
    }

    pub(super) fn on_support(
        &mut self,
        id: RequestId,
        answer: Option<SupportAnswer>,
        out: &mut Outbox<'_>,
    ) -> Heard {
        if self.support.take_if(|open| *open == id).is_none() {
            return Heard::NotAwaited;
        }
        // A failure and an unknown value leave it open: the next selection asks again (ENT-4).
        if let Some(SupportAnswer::Known(support)) = answer {
            self.change(RecordChange::Support(support), out);
        }
        Heard::Noted
    }

    /// Asks for the status, unless it is on its way. One that is out of date stays the only one:
    /// the page is told when it is dropped, and asks again.
    pub(super) fn ask_status(&mut self, out: &mut Outbox<'_>) {
        if self.status.is_none() {
            let id = out.next_id();
            self.status = Some(StatusQuestion { id, outdated: false });
            out.push(Effect::AskStatus { id, vin: self.vin });
        }
    }

    pub(super) fn on_status(
        &mut self,
        id: RequestId,
        answer: Option<PairingStatus>,
        out: &mut Outbox<'_>,
    ) -> Heard {
        let Some(open) = self.status.take_if(|open| open.id == id) else {
            return Heard::NotAwaited;
        };
        if open.outdated {
            return Heard::Tell(News::StatusDropped);
        }
        let ok = answer.is_some();
        if let Some(status) = answer {
            self.settle(status, out);
        }
        Heard::Tell(News::StatusSettled { ok })
    }

    /// Stores a status, and asks the wallet about the owner key (WEL-2). When the status lacks a
    /// key that was made on this phone, it waits for the wallet's word (CBK-8).
    fn settle(&mut self, status: PairingStatus, out: &mut Outbox<'_>) {
        self.change(RecordChange::Status(status.clone()), out);
        let mut unsettled = None;
        if let Some(key) = self.record.key.owner().map(|owner| owner.id.clone()) {
            let is_reported = status.owner_key.as_ref().is_some_and(|owner| owner.id == key);
            if !(self.ask_presence(key, out) && is_reported) {
                unsettled = Some(status);
            }
        }
        if let Some(open) = &mut self.presence {
            open.unsettled = unsettled;
        }
    }

    /// Asks the wallet about a key; false when the question that is open does not answer that.
    fn ask_presence(&mut self, key: DigitalKeyId, out: &mut Outbox<'_>) -> bool {
        if let Some(open) = &self.presence {
            return open.key == key && !open.outdated;
        }
        let id = out.next_id();
        out.push(Effect::AskPresence { id, vin: self.vin, key: key.clone() });
        self.presence =
            Some(PresenceQuestion { id, key, outdated: false, unsettled: None, then_ask: None });
        true
    }

    /// Asks the wallet what it says about a key from now on: an open question was asked before.
    pub(super) fn confirm_key(&mut self, key: DigitalKeyId, out: &mut Outbox<'_>) {
        match &mut self.presence {
            Some(open) => open.then_ask = Some(key),
            None => {
                self.ask_presence(key, out);
            }
        }
    }

    pub(super) fn on_presence(
        &mut self,
        id: RequestId,
        answer: Presence,
        out: &mut Outbox<'_>,
    ) -> Heard {
        let Some(open) = self.presence.take_if(|open| open.id == id) else {
            return Heard::NotAwaited;
        };
        let PresenceQuestion { key, outdated, unsettled, then_ask, .. } = open;
        let presence = if outdated { Presence::CannotSay } else { answer };
        // Also what is known already: it may not have been stored.
        if let Some(on_this_phone) = presence.definite()
            && self.record.key.owner().is_some_and(|owner| owner.id == key)
        {
            self.change(RecordChange::Presence { key: key.clone(), on_this_phone }, out);
        }
        // A key that the wallet holds, or did when it last knew, stays: the backend lags (CBK-8).
        let stays = !outdated
            && self.record.key.owner().is_some_and(|owner| owner.id == key && owner.paired_here);
        if let Some(status) = unsettled
            && !stays
        {
            self.settle(status, out);
        }
        if let Some(key) = then_ask {
            self.confirm_key(key, out);
        }
        Heard::Tell(News::PresenceSettled { key, presence })
    }

    pub(super) fn ask_can_create(&mut self, out: &mut Outbox<'_>) {
        if self.can_create.is_none() {
            let id = out.next_id();
            self.can_create = Some(id);
            out.push(Effect::AskCanCreate { id, vin: self.vin });
        }
    }

    pub(super) fn on_can_create(&mut self, id: RequestId, can: bool) -> Heard {
        match self.can_create.take_if(|open| *open == id) {
            Some(_) => Heard::Tell(News::CanCreateSettled(can)),
            None => Heard::NotAwaited,
        }
    }

    pub(super) fn ask_password(&mut self, out: &mut Outbox<'_>) {
        if self.password.is_none() {
            let id = out.next_id();
            self.generation = self.generation.next();
            self.password =
                Some(PasswordQuestion { id, generation: self.generation, storing: false });
            out.push(Effect::AskPassword { id, vin: self.vin });
        }
    }

    pub(super) fn on_password(
        &mut self,
        id: RequestId,
        answer: PasswordAnswer,
        out: &mut Outbox<'_>,
    ) -> Heard {
        let Some(open) = self.password.as_mut().filter(|open| open.id == id && !open.storing)
        else {
            return Heard::NotAwaited;
        };
        match answer {
            PasswordAnswer::Fetched => {
                open.storing = true;
                let generation = open.generation;
                out.push(Effect::StorePassword { id, vin: self.vin, generation });
            }
            PasswordAnswer::NoneFetched => self.password = None,
        }
        Heard::Noted
    }

    pub(super) fn on_password_stored(
        &mut self,
        id: RequestId,
        answer: Option<StoredPassword>,
    ) -> Heard {
        let Some(open) = self.password.take_if(|open| open.id == id && open.storing) else {
            return Heard::NotAwaited;
        };
        match answer {
            Some(StoredPassword::Stored) => {
                self.record.apply(&RecordChange::PasswordStored(open.generation));
            }
            Some(StoredPassword::Outdated { newest }) => {
                self.generation = self.generation.max(newest);
            }
            None => {}
        }
        Heard::Noted
    }

    pub(super) fn take_use(&mut self, id: RequestId, out: &mut Outbox<'_>) {
        self.takes.push(id);
        out.push(Effect::TakeUse { id, vin: self.vin });
    }

    /// Notes what a take said about the cached password; the cache has changed it already. False
    /// when nobody waits for this answer.
    pub(super) fn on_take(&mut self, id: RequestId, answer: TakeAnswer) -> bool {
        let Some(at) = self.takes.iter().position(|open| *open == id) else { return false };
        self.takes.remove(at);
        match answer {
            // A password that was deleted or replaced since stays so (CBK-5, ERR-4).
            TakeAnswer::Granted(counted) => self.record.apply(&RecordChange::UseTaken(counted)),
            TakeAnswer::NoPassword => self.record.password = None,
            TakeAnswer::Exhausted => {
                if let Some(password) = &mut self.record.password {
                    password.uses = password.uses.max(UsageCounter::new(UsageCounter::LIMIT));
                }
            }
            TakeAnswer::Failed(_) => {}
        }
        true
    }

    /// Records a pairing that succeeded (CBK-5); what was asked before it is out of date (CBK-8).
    pub(super) fn pair(&mut self, key: DigitalKeyId, used: Generation, out: &mut Outbox<'_>) {
        self.change(RecordChange::Paired { key, used }, out);
        if let Some(open) = &mut self.status {
            open.outdated = true;
        }
        if let Some(open) = &mut self.presence {
            open.outdated = true;
            open.unsettled = None;
        }
    }
}
