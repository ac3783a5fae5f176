//! The world around the machine and the model: it tells both the same, and compares.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use digital_key_domain::{
    Answer, CacheFailure, Effect, Event, Flow, Intent, Settings, StoredPassword, TakeAnswer, Tap,
    VehicleRecord, Verdict, View, Vin,
};

use crate::asked::{self, Asked};
use crate::cache::{failed, request, serve, vin};
use crate::model::{Happening, Model};
use crate::question::Question;
use crate::screen::Screen;
use crate::step::{CacheFate, Reply, Step, offered};

/// What is compared with the model: the flow machine, or one with a fault planted into it.
pub trait Machine: Clone + PartialEq {
    /// The same machine in an app that has just started.
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

/// The machine, the model, and what both of them live in: the cache, and what is unanswered.
#[derive(Debug, Clone)]
pub struct World<M> {
    settings: Settings,
    vins: Vec<Vin>,
    machine: M,
    model: Model,
    cache: BTreeMap<Vin, VehicleRecord>,
    /// A sign-out could not erase the cache: that comes first, then.
    must_erase: bool,
    /// What was asked of the cache; it is answered in order.
    lane: VecDeque<Asked>,
    /// What was asked of all others; it is answered in any order.
    open: Vec<Asked>,
    answered: Vec<(Asked, Answer)>,
    pages: BTreeSet<&'static str>,
    story: Vec<Told>,
}

/// What the machine was told, and what it made of it.
#[derive(Debug, Clone)]
enum Told {
    Event(Event, Verdict, Vec<Effect>),
    Restart,
}

/// Where the machine and the model disagree, and all that led there.
#[derive(Debug, Clone)]
pub struct Disagreement {
    story: Vec<Told>,
    what: String,
}

impl std::error::Error for Disagreement {}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for told in &self.story {
            match told {
                Told::Event(event, verdict, effects) => {
                    writeln!(f, "{event:?}\n    -> {verdict:?} {effects:?}")?;
                }
                Told::Restart => writeln!(f, "the app is killed and starts again")?,
            }
        }
        f.write_str(&self.what)
    }
}

impl<M: Machine> World<M> {
    /// A world in which nothing has happened yet.
    #[must_use]
    pub fn new(machine: &M, settings: Settings, vins: Vec<Vin>) -> Self {
        Self {
            machine: machine.start(settings.clone()),
            model: Model::new(settings.clone()),
            settings,
            vins,
            cache: BTreeMap::new(),
            must_erase: false,
            lane: VecDeque::new(),
            open: Vec::new(),
            answered: Vec::new(),
            pages: BTreeSet::new(),
            story: Vec::new(),
        }
    }

    /// The names of the pages that were shown.
    #[must_use]
    pub fn pages(&self) -> &BTreeSet<&'static str> {
        &self.pages
    }

    /// The rules that had a say.
    #[must_use]
    pub fn rules(&self) -> &BTreeSet<&'static str> {
        self.model.cited()
    }

    /// One step, for the machine and for the model.
    ///
    /// # Errors
    /// The first thing on which they disagree.
    pub fn step(&mut self, step: Step) -> Result<(), Disagreement> {
        match step {
            Step::GoOn(number, reply) => self.go_on(number, &reply),
            Step::Select(number) => match pick(&self.vins, number).copied() {
                Some(vin) => {
                    let event = Event::Intent(Intent::SelectVehicle(vin));
                    self.happen(event, Happening::Selected(vin))
                }
                None => Ok(()),
            },
            Step::Tap(tap) => self.tap(tap),
            Step::Background => self.happen(Event::WentToBackground, Happening::WentToBackground),
            Step::Foreground => self.happen(Event::CameToForeground, Happening::CameToForeground),
            Step::WalletChange => self.happen(Event::WalletChanged, Happening::WalletChanged),
            Step::SignOut => self.happen(Event::SignedOut, Happening::SignedOut),
            Step::Answer(number, reply) => self.answer(number, &reply),
            Step::AnswerForAnother(number, reply) => self.answer_for_another(number, &reply),
            Step::AnswerAgain(number) => match pick(&self.answered, number).cloned() {
                Some((asked, answer)) => self.hear(asked, answer),
                None => Ok(()),
            },
            Step::AppleAgain(number, reply) => self.apple_again(number, &reply),
            Step::Cache(fate) => self.use_cache(fate),
            Step::Restart => self.restart(),
        }
    }

    /// All that can lead on has its turn, so that a run gets far.
    fn go_on(&mut self, number: usize, reply: &Reply) -> Result<(), Disagreement> {
        let view = self.machine.view();
        if view.vehicle.is_none() {
            return self.step(Step::Select(number));
        }
        let calls = usize::from(!self.lane.is_empty());
        let taps = offered(&view.page);
        let number = number % (calls + taps.len() + self.open.len()).max(1);
        if number < calls {
            return self.use_cache(CacheFate::Works);
        }
        match taps.get(number - calls) {
            Some(tap) => self.tap(*tap),
            None => self.answer(number - calls - taps.len(), reply),
        }
    }

    fn tap(&mut self, tap: Tap) -> Result<(), Disagreement> {
        self.happen(tap.into(), Happening::Tapped(tap))
    }

    /// The app is killed: what it had begun is forgotten, the cache stays.
    fn restart(&mut self) -> Result<(), Disagreement> {
        self.story.push(Told::Restart);
        self.machine = self.machine.start(self.settings.clone());
        self.model.restart();
        if self.must_erase {
            self.erase();
        }
        self.lane.clear();
        self.open.clear();
        self.answered.clear();
        self.compare_screens()
    }

    fn answer(&mut self, number: usize, reply: &Reply) -> Result<(), Disagreement> {
        if self.open.is_empty() {
            return Ok(());
        }
        let asked = self.open.remove(number % self.open.len());
        match reply.to(&asked.effect) {
            Some(answer) => self.hear(asked, answer),
            None => Ok(()),
        }
    }

    /// GEN-2: an answer that is nobody's changes nothing, so the model is not told.
    fn answer_for_another(&mut self, number: usize, reply: &Reply) -> Result<(), Disagreement> {
        let Some(asked) = pick(&self.open, number) else { return Ok(()) };
        // There is one sheet, so that its request alone says whose it is.
        if matches!(asked.effect, Effect::StartPairing { .. } | Effect::CheckSheet { .. }) {
            return Ok(());
        }
        let Some((id, vin)) = request(&asked.effect) else { return Ok(()) };
        let another = self.vins.iter().find(|another| **another != vin).copied();
        let (Some(vin), Some(answer)) = (another, reply.to(&asked.effect)) else { return Ok(()) };
        let effects = self.tell_machine(Event::Answered { id, vin, answer })?;
        self.compare_effects(effects, Vec::new())?;
        self.compare_screens()
    }

    /// A success may come after an error (CBK-7).
    fn apple_again(&mut self, number: usize, reply: &Reply) -> Result<(), Disagreement> {
        let is_sheet = |asked: &&Asked| matches!(asked.effect, Effect::StartPairing { .. });
        let sheets: Vec<_> =
            self.answered.iter().map(|(asked, _)| asked).filter(is_sheet).collect();
        let Some(asked) = pick(&sheets, number).map(|asked| (*asked).clone()) else {
            return Ok(());
        };
        reply.to(&asked.effect).map_or(Ok(()), |answer| self.hear(asked, answer))
    }

    /// An answer to something that was asked.
    fn hear(&mut self, asked: Asked, answer: Answer) -> Result<(), Disagreement> {
        let Some((id, vin)) = request(&asked.effect) else { return Ok(()) };
        let happening = Happening::Answered(asked.question.clone(), answer.clone());
        self.answered.push((asked, answer.clone()));
        self.happen(Event::Answered { id, vin, answer }, happening)
    }

    /// The cache does what it was asked first.
    fn use_cache(&mut self, fate: CacheFate) -> Result<(), Disagreement> {
        let Some(asked) = self.lane.pop_front() else { return Ok(()) };
        if self.must_erase {
            self.erase();
        }
        let failure = match fate {
            CacheFate::Works => None,
            CacheFate::IsUnavailable => Some(CacheFailure::Unavailable),
            CacheFate::IsLost | CacheFate::IsLostTwice => {
                self.erase();
                self.cache_failed(CacheFailure::Lost)?;
                (fate == CacheFate::IsLostTwice).then_some(CacheFailure::Lost)
            }
        };
        let Some(vin) = vin(&asked.effect) else {
            // A sign-out: what cannot be erased now is erased before the next call.
            self.erase();
            self.must_erase = failure.is_some();
            return failure.map_or(Ok(()), |failure| self.cache_failed(failure));
        };
        let record = self.cache.entry(vin).or_default();
        let answer = match failure {
            Some(failure) => failed(&asked.effect, failure),
            None => serve(record, &asked.effect),
        };
        if failure.is_none() && did_something(answer.as_ref()) {
            self.model.cache_did(&asked.question);
        }
        if !self.model.agrees_on_cached(vin, record) {
            let what = format!("the rules want something else to be cached than\n  {record:?}");
            return Err(self.disagreement(what));
        }
        match (answer, failure) {
            (Some(answer), _) => self.hear(asked, answer),
            (None, Some(failure)) => self.cache_failed(failure),
            (None, None) => Ok(()),
        }
    }

    fn erase(&mut self) {
        self.must_erase = false;
        self.cache.clear();
        self.model.cache_lost();
    }

    fn cache_failed(&mut self, failure: CacheFailure) -> Result<(), Disagreement> {
        self.happen(Event::CacheFailed(failure), Happening::CacheFailed(failure))
    }

    /// The machine and the model are told the same, and compared.
    fn happen(&mut self, event: Event, happening: Happening) -> Result<(), Disagreement> {
        let effects = self.tell_machine(event)?;
        let questions = self.model.take_in(&happening);
        self.compare_effects(effects, questions)?;
        self.compare_screens()
    }

    /// GEN-2: an event that is ignored changes nothing and causes nothing.
    fn tell_machine(&mut self, event: Event) -> Result<Vec<Effect>, Disagreement> {
        let before = self.machine.clone();
        let mut effects = Vec::new();
        let verdict = self.machine.step(event.clone(), &mut effects);
        self.story.push(Told::Event(event, verdict, effects.clone()));
        if verdict != Verdict::Accepted && (!effects.is_empty() || self.machine != before) {
            return Err(self.disagreement("the event was ignored and changed something".to_owned()));
        }
        Ok(effects)
    }

    fn compare_effects(
        &mut self,
        effects: Vec<Effect>,
        questions: Vec<Question>,
    ) -> Result<(), Disagreement> {
        let asked = asked::pair(&mut self.model, effects, questions)
            .map_err(|what| self.disagreement(what))?;
        for asked in asked {
            if asked.is_of_the_cache() {
                self.lane.push_back(asked);
            } else if request(&asked.effect).is_some() {
                self.open.push(asked);
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
        Disagreement { what, story: self.story.clone() }
    }
}

fn pick<T>(from: &[T], number: usize) -> Option<&T> {
    from.get(number % from.len().max(1))
}

/// Whether the cache changed with this answer; a stored change has none.
fn did_something(answer: Option<&Answer>) -> bool {
    matches!(
        answer,
        None | Some(
            Answer::PasswordStored(Ok(StoredPassword::Stored))
                | Answer::Take(TakeAnswer::Granted(_))
        )
    )
}
