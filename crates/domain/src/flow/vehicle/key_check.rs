//! Whether the owner key is on this phone: the wallet is asked, one question at a time (WEL-2).
//!
//! A status of the backend and an answer of the wallet decide together what becomes of a key that
//! was made on this phone and that no status has named yet (CBK-8), since the backend may lag behind
//! the wallet:
//!
//! | the status names | the wallet says | the record then has |
//! |---|---|---|
//! | this key | present, cannot say | this key, tracked or not as the status says |
//! | this key | absent | this key, on another device |
//! | another key or none | present, cannot say | this key: the status is discarded |
//! | another key or none | absent | what the status says |
//!
//! Any other key follows the status at once. In both cases the wallet is
//! asked about the key that the record then has. A status that has to wait for the wallet is
//! deferred: it is applied again when the answer arrives.

use super::Vehicle;
use crate::flow::machine::{AnswerOutcome, Outbox};
use crate::flow::page::VehicleAnswer;
use crate::flow::protocol::{Diagnostic, Effect, Question, RequestId};
use crate::{DigitalKeyId, KnownKey, OwnerKey, PairingStatus, Presence, RecordChange};

/// The question to the wallet that is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct KeyCheck {
    pub(in crate::flow) id: RequestId,
    key: DigitalKeyId,
    /// A pairing succeeded since the question: the answer says nothing about the new key (CBK-8).
    outdated: bool,
    /// A status that waits for this answer; see the table above.
    deferred_status: Option<PairingStatus>,
    /// A key to ask about next: something happened after this question was asked.
    recheck: Option<DigitalKeyId>,
}

impl Vehicle {
    /// Stores a status and asks the wallet about the owner key (WEL-1, WEL-2).
    pub(super) fn apply_status(&mut self, status: PairingStatus, out: &mut Outbox<'_>) {
        self.compare_spelling(&status, out);
        let before = self.record.key.owner().map(|owner| owner.id.clone());
        self.change(RecordChange::Status(status.clone()), out);
        self.removed_key = match self.record.key {
            KnownKey::None => before.or(self.removed_key.take()),
            KnownKey::Unknown | KnownKey::Owner(_) => None,
        };
        let mut deferred_status = None;
        if let Some(key) = self.record.key.owner().map(|owner| owner.id.clone()) {
            let is_named = status.owner_key.as_ref().is_some_and(|owner| owner.id == key);
            if !(self.ask_presence(key, out) && is_named) {
                deferred_status = Some(status);
            }
        }
        if let Some(open) = &mut self.key_check {
            open.deferred_status = deferred_status;
        }
    }

    /// Reports a local key that the status names in another case: the two ids are two keys, and no page
    /// can say why the local one stays untracked.
    fn compare_spelling(&mut self, status: &PairingStatus, out: &mut Outbox<'_>) {
        let (Some(local), Some(owner)) = (self.record.key.local(), &status.owner_key) else {
            return;
        };
        let differ_in_case =
            *local != owner.id && local.as_str().eq_ignore_ascii_case(owner.id.as_str());
        if differ_in_case && !std::mem::replace(&mut self.has_diagnosed_case, true) {
            let (local, reported) = (local.clone(), owner.id.clone());
            let diagnostic = Diagnostic::KeyIdCaseMismatch { vin: self.vin, local, reported };
            out.effects.push(Effect::Diagnose(diagnostic));
        }
    }

    /// Asks the wallet about a key. Returns `false` if an earlier question is open whose answer will
    /// not cover this key.
    fn ask_presence(&mut self, key: DigitalKeyId, out: &mut Outbox<'_>) -> bool {
        if let Some(open) = &self.key_check {
            return open.key == key && !open.outdated;
        }
        let id = out.ask(self.vin, Question::Presence(key.clone()));
        self.key_check =
            Some(KeyCheck { id, key, outdated: false, deferred_status: None, recheck: None });
        true
    }

    /// Asks the wallet about a key as of now: an open question was asked earlier, and is followed by
    /// another one (OVR-2).
    pub(in crate::flow) fn check_key(&mut self, key: DigitalKeyId, out: &mut Outbox<'_>) {
        match &mut self.key_check {
            Some(open) => open.recheck = Some(key),
            None => {
                self.ask_presence(key, out);
            }
        }
    }

    /// A pairing succeeded: neither the open question nor an earlier status knows of it (CBK-8).
    pub(super) fn outdate_key_check(&mut self) {
        if let Some(open) = &mut self.key_check {
            open.outdated = true;
            open.deferred_status = None;
        }
    }

    pub(in crate::flow) fn on_presence(
        &mut self,
        id: RequestId,
        answer: Presence,
        out: &mut Outbox<'_>,
    ) -> AnswerOutcome {
        let Some(open) = self.key_check.take_if(|open| open.id == id) else {
            return AnswerOutcome::NotAwaited;
        };
        let KeyCheck { key, outdated, deferred_status, recheck, .. } = open;
        let presence = if outdated { Presence::CannotSay } else { answer };
        // Stored even when unchanged: an earlier write may have failed.
        if let Some(on_this_phone) = presence.definite()
            && self.record.key.owner().is_some_and(|owner| owner.id == key)
        {
            self.change(RecordChange::Presence { key: key.clone(), on_this_phone }, out);
        }
        let is_ahead = |owner: &OwnerKey| owner.id == key && owner.is_ahead_of_backend();
        let key_stays = !outdated && self.record.key.owner().is_some_and(is_ahead);
        if let Some(status) = deferred_status
            && !key_stays
        {
            self.apply_status(status, out);
        }
        if let Some(key) = recheck {
            self.check_key(key, out);
        }
        AnswerOutcome::ForPage(VehicleAnswer::KeyChecked { key, presence }.into())
    }
}
