//! The machine and what surrounds it.

use std::collections::BTreeMap;

use digital_key_domain::{
    Answer, CacheFailure, Effect, Event, Flow, Generation, Intent, Numbering, PasswordUse,
    RecordChange, RequestId, StoredPassword, TakeAnswer, Tap, VehicleRecord, Verdict, Vin,
};

use crate::answers::{answers, asked, fail};
use crate::bounds::Bounds;
use crate::numbering::Canonical;
use crate::{Action, Violation};

/// What is explored: the machine as it is, or with a planted mistake.
pub trait Rules {
    /// One step.
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict;
}

/// The machine as it is.
pub struct RealRules;

impl Rules for RealRules {
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        flow.step(event, effects)
    }
}

/// A state: the machine, the cache, and everything that may still come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    /// The machine.
    pub flow: Flow,
    /// What is durable.
    pub cache: BTreeMap<Vin, VehicleRecord>,
    /// Calls of the cache that wait for their turn, in order.
    pub lane: Vec<Effect>,
    /// Questions that have no answer yet.
    pub open: Vec<Effect>,
    /// Apple's sheets that may answer: for the first time, or with a success after an error.
    pub sheets: Vec<Sheet>,
    /// The cache has failed: memory and cache may differ since.
    pub cache_has_failed: bool,
}

/// A sheet of Apple's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sheet {
    /// The pairing.
    pub id: RequestId,
    /// The vehicle.
    pub vin: Vin,
    /// The core was told that the sheet has ended, without a pass; one may come all the same.
    pub has_ended: bool,
    /// The user has signed out since it was shown.
    pub is_forgotten: bool,
    /// The core asks whether the sheet is up.
    pub is_checked: bool,
}

impl World {
    /// The beginning: an empty cache, no vehicle selected.
    #[must_use]
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            flow: Flow::new(bounds.settings.clone()),
            cache: BTreeMap::new(),
            lane: Vec::new(),
            open: Vec::new(),
            sheets: Vec::new(),
            cache_has_failed: false,
        }
    }

    /// Everything that can happen now.
    #[must_use]
    pub fn actions(&self, bounds: &Bounds) -> Vec<Action> {
        if bounds.waiting_calls > 0 && self.lane.len() >= bounds.waiting_calls {
            return self.cache_actions(bounds);
        }
        let mut actions: Vec<_> = TAPS.iter().map(|tap| Action::Intent((*tap).into())).collect();
        actions
            .extend(bounds.vehicles.iter().map(|vin| Action::Intent(Intent::SelectVehicle(*vin))));
        if bounds.focus {
            actions.extend([Action::Background, Action::Foreground, Action::WalletChanged]);
        }
        if bounds.ends {
            actions.push(Action::SignOut);
        }
        actions.extend(self.cache_actions(bounds));
        for (question, effect) in self.open.iter().enumerate() {
            let answers = answers(effect, bounds).into_iter();
            actions.extend(answers.map(|answer| Action::Answer { question, answer }));
        }
        for (number, sheet) in self.sheets.iter().enumerate() {
            let answers = bounds.pairing.iter().cloned().map(Answer::Pairing);
            let gone = sheet.is_checked.then_some(Answer::SheetGone);
            actions.extend(
                answers.chain(gone).map(|answer| Action::SheetEnds { sheet: number, answer }),
            );
        }
        actions
    }

    /// What can happen to the waiting calls of the cache.
    fn cache_actions(&self, bounds: &Bounds) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.lane.is_empty() {
            actions.push(Action::CacheCall);
            if bounds.cache_fails {
                actions.push(Action::CacheFails(CacheFailure::Unavailable));
            }
        }
        if bounds.ends {
            actions.extend((0..=self.lane.len()).map(|calls_made| Action::Kill { calls_made }));
        }
        actions
    }

    /// Lets one thing happen; answers what the machine was told, and what it made of it.
    pub(crate) fn act(
        &mut self,
        action: &Action,
        bounds: &Bounds,
        rules: &impl Rules,
    ) -> Result<Option<Step>, Violation> {
        let event = match action {
            Action::Intent(intent) => Event::Intent(*intent),
            Action::Background => Event::WentToBackground,
            Action::Foreground => Event::CameToForeground,
            Action::WalletChanged => Event::WalletChanged,
            Action::SignOut => {
                // The shell ends the questions of the account; calls of the cache and sheets stay.
                self.open.clear();
                self.sheets.iter_mut().for_each(|sheet| sheet.is_forgotten = true);
                Event::SignedOut
            }
            Action::Kill { calls_made } => {
                for effect in std::mem::take(&mut self.lane).into_iter().take(*calls_made) {
                    self.call_cache(effect);
                }
                *self = Self { cache: std::mem::take(&mut self.cache), ..Self::new(bounds) };
                return Ok(None);
            }
            Action::CacheCall => {
                let effect = self.lane.remove(0);
                match self.call_cache(effect) {
                    Some(event) => event,
                    None => return Ok(None),
                }
            }
            Action::CacheFails(failure) => {
                self.cache_has_failed = true;
                fail(self.lane.remove(0), *failure)
            }
            Action::Answer { question, answer } => {
                let effect = self.open.remove(*question);
                let Some((id, vin)) = asked(&effect) else { return Ok(None) };
                Event::Answered { id, vin, answer: answer.clone() }
            }
            Action::SheetEnds { sheet, answer: Answer::SheetGone } => {
                let sheet = &mut self.sheets[*sheet];
                sheet.has_ended = true;
                sheet.is_checked = false;
                Event::Answered { id: sheet.id, vin: sheet.vin, answer: Answer::SheetGone }
            }
            Action::SheetEnds { sheet: number, answer } => {
                let sheet = &mut self.sheets[*number];
                sheet.has_ended = true;
                let Sheet { id, vin, .. } = *sheet;
                if matches!(answer, Answer::Pairing(answer) if answer.pass.is_some()) {
                    self.sheets.remove(*number);
                }
                Event::Answered { id, vin, answer: answer.clone() }
            }
        };
        let mut effects = Vec::new();
        let verdict = rules.step(&mut self.flow, event.clone(), &mut effects);
        for effect in &effects {
            self.begin(effect.clone())?;
        }
        Ok(Some(Step { event, verdict, effects }))
    }

    fn begin(&mut self, effect: Effect) -> Result<(), Violation> {
        match effect {
            Effect::LoadRecord { .. }
            | Effect::Store { .. }
            | Effect::StorePassword { .. }
            | Effect::TakeUse { .. }
            | Effect::EraseAll => self.lane.push(effect),
            Effect::AskSupport { .. }
            | Effect::AskStatus { .. }
            | Effect::AskPassword { .. }
            | Effect::AskCanCreate { .. }
            | Effect::AskPresence { .. } => {
                let question = |effect: &Effect| (effect.call(), asked(effect).map(|(_, vin)| vin));
                if self.open.iter().any(|open| question(open) == question(&effect)) {
                    return Err(Violation::AskedTwice(effect.call()));
                }
                self.open.push(effect);
                self.open.sort_by_key(question);
            }
            Effect::StartPairing { id, vin } => {
                if self.sheets.iter().any(|sheet| !sheet.has_ended) {
                    return Err(Violation::TwoSheets);
                }
                // Of the sheets that have ended, one may still answer: enough for each order.
                self.sheets.truncate(1);
                self.sheets.push(Sheet {
                    id,
                    vin,
                    has_ended: false,
                    is_forgotten: false,
                    is_checked: false,
                });
            }
            Effect::CheckSheet { id, .. } => {
                for sheet in self.sheets.iter_mut().filter(|sheet| sheet.id == id) {
                    sheet.is_checked = true;
                }
            }
            Effect::OpenWallet { .. } | Effect::Report(_) => {}
        }
        Ok(())
    }

    /// Makes a call of the cache, as every adapter must make it.
    fn call_cache(&mut self, effect: Effect) -> Option<Event> {
        let (id, vin, answer) = match effect {
            Effect::LoadRecord { id, vin } => {
                (id, vin, Answer::Record(Ok(self.cache.get(&vin).cloned().unwrap_or_default())))
            }
            Effect::Store { vin, change } => {
                self.cache.entry(vin).or_default().apply(&change);
                return None;
            }
            Effect::StorePassword { id, vin, generation } => {
                let record = self.cache.entry(vin).or_default();
                let newest = record.generation;
                record.apply(&RecordChange::PasswordStored(generation));
                let stored = if generation > newest {
                    StoredPassword::Stored
                } else {
                    StoredPassword::Outdated { newest }
                };
                (id, vin, Answer::PasswordStored(Ok(stored)))
            }
            Effect::TakeUse { id, vin } => (id, vin, Answer::Take(self.take_use(vin))),
            Effect::EraseAll => {
                self.cache.clear();
                return None;
            }
            Effect::AskSupport { .. }
            | Effect::AskStatus { .. }
            | Effect::AskPassword { .. }
            | Effect::AskCanCreate { .. }
            | Effect::AskPresence { .. }
            | Effect::StartPairing { .. }
            | Effect::CheckSheet { .. }
            | Effect::OpenWallet { .. }
            | Effect::Report(_) => return None,
        };
        Some(Event::Answered { id, vin, answer })
    }

    fn take_use(&mut self, vin: Vin) -> TakeAnswer {
        let record = self.cache.entry(vin).or_default();
        let Some(PasswordUse { generation, uses }) = record.password else {
            return TakeAnswer::NoPassword;
        };
        let Some(uses) = uses.next_use() else { return TakeAnswer::Exhausted };
        let counted = PasswordUse { generation, uses };
        record.apply(&RecordChange::UseTaken(counted));
        TakeAnswer::Granted(counted)
    }

    /// Gives requests and generations their canonical numbers.
    pub(crate) fn normalise(&mut self) {
        let mut numbers = Canonical::default();
        for effect in self.lane.iter().chain(&self.open) {
            if let Some((id, _)) = asked(effect) {
                numbers.meet_id(id);
            }
            if let Effect::StorePassword { vin, generation, .. } = effect {
                numbers.meet_generations(*vin, [*generation]);
            }
            if let Effect::Store { vin, change: RecordChange::Paired { used, .. } } = effect {
                numbers.meet_generations(*vin, [*used]);
            }
        }
        for sheet in &self.sheets {
            numbers.meet_id(sheet.id);
            numbers.meet_generations(sheet.vin, self.flow.generations(sheet.vin));
        }
        for (vin, record) in &self.cache {
            let of_password = record.password.map(|password| password.generation);
            numbers.meet_generations(*vin, [record.generation].into_iter().chain(of_password));
            numbers.meet_generations(*vin, self.flow.generations(*vin));
        }
        for effect in self.lane.iter_mut().chain(&mut self.open) {
            renumber(effect, &numbers);
        }
        for sheet in &mut self.sheets {
            sheet.id = numbers.id(sheet.id);
        }
        for (vin, record) in &mut self.cache {
            record.renumber(*vin, &numbers);
        }
        self.flow.renumber(numbers.last(), &numbers);
    }
}

/// What the machine was told, and what it made of it.
pub(crate) struct Step {
    pub(crate) event: Event,
    pub(crate) verdict: Verdict,
    pub(crate) effects: Vec<Effect>,
}

const TAPS: [Tap; 12] = [
    Tap::Entry,
    Tap::Continue,
    Tap::Retry,
    Tap::Close,
    Tap::Back,
    Tap::TickBox,
    Tap::UntickBox,
    Tap::CardAction,
    Tap::Tutorial,
    Tap::ConfirmMove,
    Tap::CancelMove,
    Tap::ConfirmError,
];

fn renumber(effect: &mut Effect, numbers: &Canonical) {
    let generation = |vin: Vin, old: &mut Generation| *old = numbers.generation(vin, *old);
    match effect {
        Effect::StorePassword { id, vin, generation: number } => {
            *id = numbers.id(*id);
            generation(*vin, number);
        }
        Effect::LoadRecord { id, .. }
        | Effect::AskSupport { id, .. }
        | Effect::AskStatus { id, .. }
        | Effect::AskPassword { id, .. }
        | Effect::AskCanCreate { id, .. }
        | Effect::AskPresence { id, .. }
        | Effect::TakeUse { id, .. }
        | Effect::StartPairing { id, .. }
        | Effect::CheckSheet { id, .. } => *id = numbers.id(*id),
        Effect::Store { vin, change: RecordChange::Paired { used, .. } } => generation(*vin, used),
        Effect::Store { .. } | Effect::OpenWallet { .. } | Effect::EraseAll | Effect::Report(_) => {
        }
    }
}
