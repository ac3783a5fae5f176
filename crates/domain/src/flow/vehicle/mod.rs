//! One vehicle in the machine's memory: its record, and the requests about it that are open.
//!
//! Each kind of question has one place, so that it is in flight once for a vehicle: asking again joins
//! the open request (ENT-6, WEL-3). A take is the exception, since one that was abandoned with its page
//! still counts. A vehicle asks its own follow-up
//! questions; a page receives the result as a `PageInput`.

mod support;
mod status;
mod key_check;
mod password;

use super::machine::{AnswerOutcome, Outbox};
use super::page::{PageInput, VehicleAnswer};
use super::protocol::{CacheFailure, Effect, KeyCreation, Question, RequestId};
use crate::{DigitalKeyId, Generation, RecordChange, TakeOutcome, VehicleRecord, Vin};
use key_check::KeyCheck;
use password::PasswordRequest;
use status::StatusRequest;
pub(super) use support::{Loading, UnknownSupport};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Vehicle {
    pub(super) vin: Vin,
    pub(super) record: VehicleRecord,
    pub(super) loading: Loading,
    pub(super) support: Option<RequestId>,
    /// The host asked for the support again while the record was being read (ENT-10).
    pub(super) refresh_pending: bool,
    /// Why the last question for the support has left it unknown (ENT-4).
    pub(super) unknown_support: Option<UnknownSupport>,
    pub(super) status: Option<StatusRequest>,
    /// How many seconds to wait, if the last status could not be fetched (GEN-11).
    pub(super) status_wait: Option<u64>,
    pub(super) key_check: Option<KeyCheck>,
    pub(super) password: Option<PasswordRequest>,
    /// How many seconds to wait, if the last password could not be fetched (GEN-11).
    pub(super) password_wait: Option<u64>,
    pub(super) can_create_key: Option<RequestId>,
    /// The wallet app is being opened (OVR-4).
    pub(super) opening_wallet: Option<RequestId>,
    /// The owner key that the last status no longer named, while the vehicle has none (OVR-7).
    pub(super) removed_key: Option<DigitalKeyId>,
    /// The host knows that the ids of the key differ in case.
    pub(super) has_diagnosed_case: bool,
    /// The use that is being taken.
    pub(super) take: Option<RequestId>,
    /// Earlier takes that were abandoned with their page; each is still counted.
    pub(super) abandoned_takes: Vec<RequestId>,
    /// The newest generation that a fetch was given, stored or not.
    pub(super) newest_fetch: Generation,
}

impl Vehicle {
    pub(super) fn new(vin: Vin) -> Self {
        Self {
            vin,
            record: VehicleRecord::default(),
            loading: Loading::NotAsked,
            support: None,
            refresh_pending: false,
            unknown_support: None,
            status: None,
            status_wait: None,
            key_check: None,
            password: None,
            password_wait: None,
            can_create_key: None,
            opening_wallet: None,
            removed_key: None,
            has_diagnosed_case: false,
            take: None,
            abandoned_takes: Vec::new(),
            newest_fetch: Generation::default(),
        }
    }

    /// Returns `true` if no request is open, so that the vehicle could be forgotten and loaded
    /// again.
    pub(super) fn is_idle(&self) -> bool {
        !matches!(self.loading, Loading::Asked(_))
            && self.support.is_none()
            && self.status.is_none()
            && self.key_check.is_none()
            && self.password.is_none()
            && self.can_create_key.is_none()
            && self.opening_wallet.is_none()
            && self.take.is_none()
            && self.abandoned_takes.is_empty()
    }

    /// Changes the record, here and in the cache.
    fn change(&mut self, change: RecordChange, out: &mut Outbox<'_>) {
        self.record.apply(&change);
        out.effects.push(Effect::Store { vin: self.vin, change });
    }

    /// Asks Apple's API whether a key can be created (WEL-4).
    pub(super) fn ask_can_create_key(&mut self, out: &mut Outbox<'_>) {
        if self.can_create_key.is_none() {
            self.can_create_key = Some(out.ask(self.vin, Question::CanCreateKey));
        }
    }

    pub(super) fn on_can_create_key(
        &mut self,
        id: RequestId,
        answer: KeyCreation,
    ) -> AnswerOutcome {
        match self.can_create_key.take_if(|open| *open == id) {
            Some(_) => AnswerOutcome::ForPage(VehicleAnswer::KeyCreation(answer).into()),
            None => AnswerOutcome::NotAwaited,
        }
    }

    /// Opens the wallet app at a key (OVR-4). Returns `false` if it is being opened already.
    pub(super) fn open_wallet(&mut self, key: DigitalKeyId, out: &mut Outbox<'_>) -> bool {
        let is_new = self.opening_wallet.is_none();
        if is_new {
            self.opening_wallet = Some(out.ask(self.vin, Question::OpenWallet(key)));
        }
        is_new
    }

    pub(super) fn on_wallet_opened(&mut self, id: RequestId, opened: bool) -> AnswerOutcome {
        match self.opening_wallet.take_if(|open| *open == id) {
            Some(_) => AnswerOutcome::ForPage(VehicleAnswer::WalletOpened(opened).into()),
            None => AnswerOutcome::NotAwaited,
        }
    }

    /// Takes one use of the cached password (RDY-4).
    pub(super) fn take_use(&mut self, out: &mut Outbox<'_>) -> RequestId {
        let id = out.ask(self.vin, Question::TakeUse);
        self.abandoned_takes.extend(self.take.replace(id));
        id
    }

    /// Updates the record with the result of a take. Returns `false` if no take with this id is open.
    pub(super) fn on_use_taken(
        &mut self,
        id: RequestId,
        result: Result<TakeOutcome, CacheFailure>,
    ) -> bool {
        if self.take.take_if(|open| *open == id).is_none() {
            let Some(at) = self.abandoned_takes.iter().position(|open| *open == id) else {
                return false;
            };
            self.abandoned_takes.remove(at);
        }
        if let Ok(outcome) = result {
            self.record.note_take(outcome);
        }
        true
    }

    /// Records a pairing that succeeded (CBK-5). Answers to earlier requests are out of date
    /// (CBK-8).
    pub(super) fn pair(&mut self, key: DigitalKeyId, used: Generation, out: &mut Outbox<'_>) {
        self.change(RecordChange::Paired { key, used }, out);
        self.removed_key = None;
        self.outdate_status();
        self.outdate_key_check();
    }
}

impl From<VehicleAnswer> for PageInput {
    fn from(answer: VehicleAnswer) -> Self {
        Self::Vehicle(answer)
    }
}
