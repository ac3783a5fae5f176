//! The machine and the model side by side: both get the same steps, and are compared.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use digital_key_domain::{
    CacheFailure, Effect, Event, Flow, Intent, PageView, Reason, Reply, Request, Settings, Tap,
    Taps, VehicleRecord, Verdict, View, Vin,
};

use crate::cache;
use crate::expected::ExpectedEffect;
use crate::matching::{MatchedEffect, match_effects};
use crate::model::{Input, Model};
use crate::screen::Screen;
use crate::step::{Answers, CacheOutcome, Step};

/// What is compared with the model: the flow machine, or one with a fault planted into it.
pub trait Machine: Clone + PartialEq {
    /// Returns the same machine in an app that has just started.
    #[must_use]
    fn start(&self, settings: Settings) -> Self;
    /// See [`Flow::step`].
    fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict;
    /// See [`Flow::view`].
    fn view(&self) -> View;
}

impl Machine for Flow {
    fn start(&self, settings: Settings) -> Self {
        Self::new(settings)
    }

    fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        Self::step(self, event, effects)
    }

    fn view(&self) -> View {
        Self::view(self)
    }
}

/// The machine, the model, and what surrounds both of them: the cache, and the open requests.
#[derive(Debug, Clone)]
pub struct Comparison<M> {
    settings: Settings,
    vins: Vec<Vin>,
    machine: M,
    model: Model,
    cache: BTreeMap<Vin, VehicleRecord>,
    /// A sign-out could not erase the cache: the next call erases it first.
    must_erase: bool,
    /// Vehicles that were forgotten and could not be erased: the next call erases them first.
    must_forget: BTreeSet<Vin>,
    /// The calls of the cache; they are performed in order.
    cache_queue: VecDeque<MatchedEffect>,
    /// All other requests; they are answered in any order.
    open: Vec<MatchedEffect>,
    answered: Vec<(MatchedEffect, Reply)>,
    pages: BTreeSet<&'static str>,
    trace: Vec<TraceEntry>,
}

/// One event, and what the machine made of it.
#[derive(Debug, Clone)]
enum TraceEntry {
    Event(Event, Verdict, Vec<Effect>),
    Restart,
}

/// A difference between the machine and the model, and the events that led there.
#[derive(Debug, Clone)]
pub struct Disagreement {
    trace: Vec<TraceEntry>,
    what: String,
}

impl std::error::Error for Disagreement {}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.trace {
            match entry {
                TraceEntry::Event(event, verdict, effects) => {
                    writeln!(f, "{event:?}\n    -> {verdict:?} {effects:?}")?;
                }
                TraceEntry::Restart => writeln!(f, "the app is killed and starts again")?,
            }
        }
        f.write_str(&self.what)
    }
}

impl<M: Machine> Comparison<M> {
    /// Returns a comparison in which nothing has happened yet.
    #[must_use]
    pub fn new(machine: &M, settings: Settings, vins: Vec<Vin>) -> Self {
        Self {
            machine: machine.start(settings.clone()),
            model: Model::new(settings.clone()),
            settings,
            vins,
            cache: BTreeMap::new(),
            must_erase: false,
            must_forget: BTreeSet::new(),
            cache_queue: VecDeque::new(),
            open: Vec::new(),
            answered: Vec::new(),
            pages: BTreeSet::new(),
            trace: Vec::new(),
        }
    }

    /// Returns the names of the pages that were shown.
    #[must_use]
    pub fn pages(&self) -> &BTreeSet<&'static str> {
        &self.pages
    }

    /// Returns the rules that applied.
    #[must_use]
    pub fn rules(&self) -> &BTreeSet<&'static str> {
        self.model.cited()
    }

    /// Makes one step, for the machine and for the model.
    ///
    /// # Errors
    /// The first difference between them.
    pub fn step(&mut self, step: Step) -> Result<(), Disagreement> {
        match step {
            Step::Advance(number, answers) => self.advance(number, &answers),
            Step::Select(number) => match pick(&self.vins, number).copied() {
                Some(vin) => self.give(Intent::SelectVehicle(vin).into(), &Input::Selected(vin)),
                None => Ok(()),
            },
            Step::Tap(tap) => self.tap(tap),
            Step::Background => self.give(Event::WentToBackground, &Input::WentToBackground),
            Step::Foreground => self.give(Event::CameToForeground, &Input::CameToForeground),
            Step::WalletChange => self.give(Event::WalletChanged, &Input::WalletChanged),
            Step::Refresh(number) => match pick(&self.vins, number).copied() {
                Some(vin) => self.give(Event::RefreshRequested(vin), &Input::Refreshed(vin)),
                None => Ok(()),
            },
            Step::Forget(number) => match pick(&self.vins, number).copied() {
                Some(vin) => self.give(Event::VehicleForgotten(vin), &Input::Forgotten(vin)),
                None => Ok(()),
            },
            Step::SignOut => self.give(Event::SignedOut, &Input::SignedOut),
            Step::Reply(number, answers) => self.reply(number, &answers),
            Step::ReplyForAnother(number, answers) => self.reply_for_another(number, &answers),
            Step::ReplyAgain(number) => match pick(&self.answered, number).cloned() {
                Some((asked, reply)) => self.give_reply(asked, reply),
                None => Ok(()),
            },
            Step::LateAnswer(number, answers) => match pick(&self.vins, number).copied() {
                Some(vin) => {
                    let answer = answers.pairing();
                    let event = Event::LateAnswer { vin, answer: answer.clone() };
                    self.give(event, &Input::LateAnswer(vin, answer))
                }
                None => Ok(()),
            },
            Step::Cache(outcome) => self.use_cache(outcome),
            Step::Restart => self.restart(),
        }
    }

    /// Everything that can lead on has its turn, so that a run gets far.
    fn advance(&mut self, number: usize, answers: &Answers) -> Result<(), Disagreement> {
        let view = self.machine.view();
        if view.vehicle.is_none() {
            return self.step(Step::Select(number));
        }
        let calls = usize::from(!self.cache_queue.is_empty());
        // Back out of the move flow is a way of its own (GEN-1).
        let is_move = matches!(view.page, PageView::Welcome { move_flow: true, .. });
        let is_on_the_way = |tap: &Tap| leads_on(*tap) || (is_move && *tap == Tap::Back);
        let mut taps: Vec<_> = view.offers.iter().filter(is_on_the_way).collect();
        if taps.is_empty() && calls + self.open.len() == 0 {
            taps = view.offers.iter().collect();
        }
        let number = number % (calls + taps.len() + self.open.len()).max(1);
        if number < calls {
            return self.use_cache(CacheOutcome::Works);
        }
        match taps.get(number - calls) {
            Some(tap) => self.tap(*tap),
            None => self.reply(number - calls - taps.len(), answers),
        }
    }

    fn tap(&mut self, tap: Tap) -> Result<(), Disagreement> {
        self.give(tap.into(), &Input::Tapped(tap))
    }

    /// The app is killed: its requests are forgotten, the cache stays.
    fn restart(&mut self) -> Result<(), Disagreement> {
        self.trace.push(TraceEntry::Restart);
        self.machine = self.machine.start(self.settings.clone());
        self.model.restart();
        if self.must_erase {
            self.erase();
        }
        self.forget_marked();
        self.cache_queue.clear();
        self.open.clear();
        self.answered.clear();
        self.compare_screens()
    }

    fn reply(&mut self, number: usize, answers: &Answers) -> Result<(), Disagreement> {
        if self.open.is_empty() {
            return Ok(());
        }
        let asked = self.open.remove(number % self.open.len());
        match asked.request().and_then(|request| answers.to(&request.question)) {
            Some(reply) => self.give_reply(asked, reply),
            None => Ok(()),
        }
    }

    /// GEN-2: a reply without a request changes nothing, so the model does not get it.
    fn reply_for_another(&mut self, number: usize, answers: &Answers) -> Result<(), Disagreement> {
        let asked = pick(&self.open, number).and_then(MatchedEffect::request).cloned();
        let Some(Request { id, vin, question }) = asked else { return Ok(()) };
        let another = self.vins.iter().find(|another| **another != vin).copied();
        let (Some(vin), Some(reply)) = (another, answers.to(&question)) else { return Ok(()) };
        let expected = Verdict::Ignored(Reason::NotAwaited);
        let effects = self.step_machine(Event::Replied { id, vin, reply }, expected)?;
        self.compare_effects(effects, Vec::new())?;
        self.compare_screens()
    }

    fn give_reply(&mut self, asked: MatchedEffect, reply: Reply) -> Result<(), Disagreement> {
        let Some(&Request { id, vin, .. }) = asked.request() else { return Ok(()) };
        let input = Input::Replied(asked.expected.clone(), reply.clone());
        self.answered.push((asked, reply.clone()));
        self.give(Event::Replied { id, vin, reply }, &input)
    }

    /// The cache performs its oldest call.
    fn use_cache(&mut self, outcome: CacheOutcome) -> Result<(), Disagreement> {
        let Some(asked) = self.cache_queue.pop_front() else { return Ok(()) };
        if self.must_erase {
            self.erase();
        }
        self.forget_marked();
        let failure = match outcome {
            CacheOutcome::Works => None,
            CacheOutcome::IsUnavailable => Some(CacheFailure::Unavailable),
            CacheOutcome::IsLost | CacheOutcome::IsLostTwice => {
                self.erase();
                self.cache_failed(CacheFailure::Lost)?;
                (outcome == CacheOutcome::IsLostTwice).then_some(CacheFailure::Lost)
            }
        };
        let Some(vin) = cache::vin(&asked.effect) else {
            // A sign-out: what cannot be erased now is erased before the next call.
            self.erase();
            self.must_erase = failure.is_some();
            return failure.map_or(Ok(()), |failure| self.cache_failed(failure));
        };
        if matches!(asked.effect, Effect::Erase { .. }) && failure.is_some() {
            self.must_forget.insert(vin);
        }
        let record = self.cache.entry(vin).or_default();
        let reply = match failure {
            Some(failure) => cache::fail(&asked.effect, failure),
            None => cache::perform(record, &asked.effect),
        };
        let judged = match failure {
            Some(_) => Ok(()),
            None => self.model.on_cache_call(&asked.expected, reply.as_ref()),
        };
        let agrees = self.model.agrees_on_cached(vin, record);
        let judged = judged.and_then(|()| match agrees {
            true => Ok(()),
            false => Err(format!("the rules want another record in the cache than\n  {record:?}")),
        });
        judged.map_err(|what| self.disagreement(what))?;
        match (reply, failure) {
            (Some(reply), _) => self.give_reply(asked, reply),
            (None, Some(failure)) => self.cache_failed(failure),
            (None, None) => Ok(()),
        }
    }

    fn erase(&mut self) {
        self.must_erase = false;
        self.cache.clear();
        self.model.on_cache_lost();
    }

    fn forget_marked(&mut self) {
        for vin in std::mem::take(&mut self.must_forget) {
            self.cache.remove(&vin);
            self.model.cache.remove(&vin);
        }
    }

    fn cache_failed(&mut self, failure: CacheFailure) -> Result<(), Disagreement> {
        self.give(Event::CacheFailed(failure), &Input::CacheFailed(failure))
    }

    /// Gives the same event to the machine and to the model, and compares them.
    fn give(&mut self, event: Event, input: &Input) -> Result<(), Disagreement> {
        let verdict = self.model.verdict_on(input);
        let effects = self.step_machine(event, verdict)?;
        let expected = self.model.handle(input);
        self.compare_effects(effects, expected)?;
        self.compare_screens()
    }

    /// GEN-2: an event that is ignored changes nothing and causes no effect.
    fn step_machine(
        &mut self,
        event: Event,
        expected: Verdict,
    ) -> Result<Vec<Effect>, Disagreement> {
        let before = self.machine.clone();
        let mut effects = Vec::new();
        let verdict = self.machine.step(event.clone(), &mut effects);
        self.trace.push(TraceEntry::Event(event, verdict, effects.clone()));
        if verdict != Verdict::Accepted && (!effects.is_empty() || self.machine != before) {
            return Err(self.disagreement("the event was ignored and changed something".to_owned()));
        }
        if verdict != expected {
            let what = format!("the machine answers {verdict:?}, the rules want {expected:?}");
            return Err(self.disagreement(what));
        }
        Ok(effects)
    }

    fn compare_effects(
        &mut self,
        effects: Vec<Effect>,
        expected: Vec<ExpectedEffect>,
    ) -> Result<(), Disagreement> {
        let matched = match_effects(&mut self.model, effects, expected)
            .map_err(|what| self.disagreement(what))?;
        for effect in matched {
            if effect.is_of_the_cache() {
                self.cache_queue.push_back(effect);
            } else if effect.request().is_some() {
                self.open.push(effect);
            }
        }
        Ok(())
    }

    fn compare_screens(&mut self) -> Result<(), Disagreement> {
        let view = self.machine.view();
        self.pages.insert(view.page.name());
        let (shown, wanted) = (Screen::from(view), self.model.screen());
        if shown == wanted {
            return Ok(());
        }
        Err(self
            .disagreement(format!("the machine shows\n  {shown:?}\nthe rules want\n  {wanted:?}")))
    }

    fn disagreement(&self, what: String) -> Disagreement {
        Disagreement { what, trace: self.trace.clone() }
    }
}

/// Returns `true` for a tap that does not lead back, and does not end the flow.
fn leads_on(tap: Tap) -> bool {
    let back = Taps::of([Tap::Back, Tap::Close, Tap::UntickBox, Tap::ConfirmError]);
    !back.contains(tap)
}

fn pick<T>(from: &[T], number: usize) -> Option<&T> {
    from.get(number % from.len().max(1))
}
