//! The state of a scripted phone.

use std::collections::{BTreeSet, VecDeque};

use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence};
use digital_key_ports::{LateAnswer, LifecycleEvent, PairingRequest};

/// The state of the wallet, of Apple's sheet, and of the life of the app.
#[derive(Debug, Default)]
pub(crate) struct PhoneState {
    pub(crate) keys: BTreeSet<DigitalKeyId>,
    /// Whether the wallet is unable to know which keys it holds.
    pub(crate) mute: bool,
    pub(crate) presence_held: bool,
    pub(crate) presence_questions: u64,
    pub(crate) opened_at: Option<DigitalKeyId>,
    /// The number of changes of the keys.
    pub(crate) changes: u64,
    /// The number of changes that the app has received; `None` until the app asks for the first one.
    pub(crate) changes_delivered: Option<u64>,
    /// Whether the app waits for the next change.
    pub(crate) awaits_change: bool,

    pub(crate) cannot_create: bool,
    pub(crate) sheet: Option<Sheet>,
    pub(crate) pairings_started: u64,
    pub(crate) last_request: Option<PairingRequest>,
    /// Whether the last sheet has its answer.
    pub(crate) is_answered: bool,
    /// Apple's further answers, each with the number of its sheet.
    pub(crate) late_answers: VecDeque<(u64, LateAnswer)>,
    /// Whether the app has received a late answer and has not asked for the next one.
    pub(crate) takes_late_answer: bool,

    pub(crate) lifecycle: VecDeque<LifecycleEvent>,
    /// Whether the app waits for the next event.
    pub(crate) awaits_event: bool,
}

/// A sheet that is up. It stays up after its answer, until the call that showed it has ended.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) number: u64,
    pub(crate) answer: Option<PairingAnswer>,
}

impl PhoneState {
    pub(crate) fn add_key(&mut self, key: DigitalKeyId) {
        if self.keys.insert(key) {
            self.changes += 1;
        }
    }

    pub(crate) fn presence(&self, key: &DigitalKeyId) -> Presence {
        if self.mute {
            Presence::CannotSay
        } else if self.keys.contains(key) {
            Presence::Present
        } else {
            Presence::Absent
        }
    }

    /// Shows a sheet and returns its number, unless a sheet is up.
    pub(crate) fn show_sheet(&mut self, request: PairingRequest) -> Option<u64> {
        if self.sheet.is_some() {
            return None;
        }
        self.pairings_started += 1;
        self.is_answered = false;
        self.last_request = Some(request);
        let number = self.pairings_started;
        self.sheet = Some(Sheet { number, answer: None });
        Some(number)
    }

    pub(crate) fn unanswered_sheet(&mut self) -> Option<&mut Sheet> {
        self.sheet.as_mut().filter(|sheet| sheet.answer.is_none())
    }

    /// Answers the sheet that is up. Returns `false` if no sheet waits for its answer.
    pub(crate) fn answer_sheet(&mut self, answer: PairingAnswer) -> bool {
        let Some(sheet) = self.unanswered_sheet() else { return false };
        let pass = answer.pass.clone();
        sheet.answer = Some(answer);
        self.is_answered = true;
        pass.into_iter().for_each(|key| self.add_key(key));
        true
    }

    /// Answers the last sheet once more. Returns `false` if that sheet has no answer yet.
    pub(crate) fn answer_again(&mut self, answer: PairingAnswer) -> bool {
        let Some(request) = self.last_request.as_ref().filter(|_| self.is_answered) else {
            return false;
        };
        let pass = answer.pass.clone();
        let late = LateAnswer { vin: request.vin, answer };
        self.late_answers.push_back((self.pairings_started, late));
        pass.into_iter().for_each(|key| self.add_key(key));
        true
    }

    /// Takes the next late answer, once the start of its sheet has ended.
    pub(crate) fn take_late_answer(&mut self) -> Option<LateAnswer> {
        let (number, _) = self.late_answers.front()?;
        if self.sheet.as_ref().is_some_and(|sheet| sheet.number == *number) {
            return None;
        }
        self.takes_late_answer = true;
        self.late_answers.pop_front().map(|(_, late)| late)
    }

    /// Returns the answer of this sheet once it has one. A sheet that is gone has an empty answer.
    pub(crate) fn sheet_answer(&self, number: u64) -> Option<PairingAnswer> {
        match &self.sheet {
            Some(sheet) if sheet.number == number => sheet.answer.clone(),
            _ => Some(PairingAnswer::default()),
        }
    }

    pub(crate) fn remove_sheet(&mut self, number: u64) {
        self.sheet.take_if(|sheet| sheet.number == number);
    }

    /// Returns whether the app has received all events, changes and late answers, and waits for more.
    pub(crate) fn is_delivered(&self) -> bool {
        let changes = self.awaits_change && self.changes_delivered == Some(self.changes);
        let late_answers = self.late_answers.is_empty() && !self.takes_late_answer;
        changes && late_answers && self.awaits_event && self.lifecycle.is_empty()
    }

    pub(crate) fn forget_app(&mut self) {
        self.sheet = None;
        self.is_answered = false;
        self.late_answers.clear();
        self.takes_late_answer = false;
        self.changes_delivered = None;
        self.awaits_change = false;
        self.lifecycle.clear();
        self.awaits_event = false;
    }
}
