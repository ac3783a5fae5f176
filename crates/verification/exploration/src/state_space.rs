//! The states within bounds: where they begin, what can happen in each, and what follows.

use digital_key_domain::{CacheFailure, Effect, Event, Flow, Intent, Reply, Tap, Verdict};

use crate::action::Action;
use crate::replies::replies;
use crate::state::{SheetPhase, State};
use crate::{Bounds, Violation};

/// What is explored: the machine as it is, or with a planted mistake.
pub trait Rules {
    /// Takes one event, as [`Flow::step`] does.
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict;
}

/// The machine as it is.
#[derive(Debug, Clone, Copy)]
pub struct RealRules;

impl Rules for RealRules {
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        flow.step(event, effects)
    }
}

/// All that can happen within bounds.
#[derive(Clone, Copy)]
pub(crate) struct StateSpace<'a> {
    pub(crate) bounds: &'a Bounds,
    pub(crate) rules: &'a dyn Rules,
}

/// One step of the machine.
pub(crate) struct Step {
    pub(crate) event: Event,
    pub(crate) verdict: Verdict,
    pub(crate) effects: Vec<Effect>,
}

impl StateSpace<'_> {
    pub(crate) fn first(self) -> State {
        let mut state = State::first(&self.bounds.settings);
        state.canonicalize();
        state
    }

    /// Returns all that can happen in a state.
    pub(crate) fn actions(self, state: &State) -> Vec<Action> {
        let bounds = self.bounds;
        if bounds.waiting_calls > 0 && state.waiting_calls.len() >= bounds.waiting_calls {
            return self.cache_actions(state);
        }
        let mut actions: Vec<_> = Tap::ALL.map(|tap| Action::Intent(tap.into())).into();
        let select = |vin| Action::Intent(Intent::SelectVehicle(vin));
        actions.extend(bounds.vehicles.iter().chain(&bounds.bystanders).copied().map(select));
        if bounds.foreground {
            actions.push(Action::Foreground);
        }
        if bounds.background {
            actions.extend([Action::Background, Action::WalletChange]);
        }
        if bounds.host_calls {
            actions.extend(bounds.vehicles.iter().copied().map(Action::Refresh));
            actions.extend(bounds.vehicles.iter().copied().map(Action::Forget));
        }
        if bounds.ends {
            actions.push(Action::SignOut);
        }
        actions.extend(self.cache_actions(state));
        for (request, open) in state.open.iter().enumerate() {
            let replies = replies(open, bounds).into_iter();
            actions.extend(replies.map(|reply| Action::Reply { request, reply }));
        }
        actions.extend(self.sheet_actions(state));
        actions
    }

    /// Returns what can happen to the waiting calls of the cache.
    fn cache_actions(self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        if !state.waiting_calls.is_empty() {
            actions.push(Action::CacheCall);
            if self.bounds.cache_fails {
                actions.push(Action::CacheFails(CacheFailure::Unavailable));
            }
        }
        if self.bounds.ends {
            let counts = 0..=state.waiting_calls.len();
            actions.extend(counts.map(|calls_made| Action::Kill { calls_made }));
        }
        actions
    }

    fn sheet_actions(self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        for (sheet, it) in state.sheets.iter().enumerate() {
            let answers = self.bounds.pairing.iter().cloned();
            if it.phase == SheetPhase::Returned {
                actions.extend(answers.map(|answer| Action::LateAnswer { sheet, answer }));
                continue;
            }
            actions.extend(answers.map(|answer| Action::StartReturns { sheet, answer }));
            // One sheet at a time is gone without its answer, so that the states come to an end.
            if it.is_checked && !state.has_sheet(SheetPhase::Gone) {
                actions.push(Action::SheetGone { sheet });
            }
        }
        actions
    }

    /// Lets one thing happen. Returns the step of the machine, if it took part.
    pub(crate) fn apply(
        self,
        action: &Action,
        state: &mut State,
    ) -> Result<Option<Step>, Violation> {
        let Some(event) = self.event(action, state) else { return Ok(None) };
        let mut effects = Vec::new();
        let verdict = self.rules.step(&mut state.flow, event.clone(), &mut effects);
        if let (Event::LateAnswer { vin, .. }, Verdict::Accepted) = (&event, verdict) {
            state.end_returned_sheets(*vin);
        }
        for effect in &effects {
            state.begin(effect)?;
        }
        Ok(Some(Step { event, verdict, effects }))
    }

    /// Changes what surrounds the machine, and returns the event that the machine receives.
    fn event(self, action: &Action, state: &mut State) -> Option<Event> {
        match action {
            Action::Intent(intent) => Some(Event::Intent(*intent)),
            Action::Background => Some(Event::WentToBackground),
            Action::Foreground => Some(Event::CameToForeground),
            Action::WalletChange => Some(Event::WalletChanged),
            Action::Refresh(vin) => Some(Event::RefreshRequested(*vin)),
            Action::Forget(vin) => {
                // The shell ends the questions about the vehicle; calls of the cache and sheets stay.
                state.open.retain(|request| request.vin != *vin);
                state.forget_sheets(*vin);
                Some(Event::VehicleForgotten(*vin))
            }
            Action::SignOut => {
                // The shell ends the requests of the account; calls of the cache and sheets stay.
                state.open.clear();
                state.sign_out_sheets();
                Some(Event::SignedOut)
            }
            Action::Kill { calls_made } => {
                (0..*calls_made).for_each(|_| drop(state.make_cache_call(None)));
                let cache = std::mem::take(&mut state.cache);
                *state = State { cache, ..State::first(&self.bounds.settings) };
                None
            }
            Action::CacheCall => state.make_cache_call(None),
            Action::CacheFails(failure) => state.make_cache_call(Some(*failure)),
            Action::Reply { request, reply } => {
                let open = state.open.remove(*request);
                Some(Event::Replied { id: open.id, vin: open.vin, reply: reply.clone() })
            }
            Action::StartReturns { sheet, answer } => {
                let sheet = state.return_sheet(*sheet, answer.pass.is_some());
                let reply = Reply::Pairing(answer.clone());
                Some(Event::Replied { id: sheet.id, vin: sheet.vin, reply })
            }
            Action::SheetGone { sheet } => {
                let sheet = state.lose_sheet(*sheet);
                Some(Event::Replied { id: sheet.id, vin: sheet.vin, reply: Reply::SheetGone })
            }
            Action::LateAnswer { sheet, answer } => {
                let vin = state.sheets[*sheet].vin;
                Some(Event::LateAnswer { vin, answer: answer.clone() })
            }
        }
    }
}
