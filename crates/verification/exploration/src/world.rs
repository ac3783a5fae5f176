//! One state at a time, led by hand.

use digital_key_domain::{Effect, Event, Flow, Request, Settings, VehicleRecord, Verdict, Vin};

use crate::action::Action;
use crate::invariants::{check_edge, check_state};
use crate::state::{Sheet, State};
use crate::state_space::{RealRules, StateSpace};
use crate::{Bounds, Violation};

/// The machine and what surrounds it, led by hand: the same world that [`explore`](crate::explore)
/// searches, for a program in which a person decides what happens next.
///
/// The cache makes each call at once. Each step is checked like each edge of an exploration.
///
/// ```
/// use digital_key_domain::Intent;
/// use digital_key_exploration::{Action, Bounds, World};
///
/// let bounds = Bounds::smallest();
/// let mut world = World::new(bounds.settings.clone());
/// let steps = world.perform(&Action::Intent(Intent::SelectVehicle(bounds.vehicles[0])))?;
/// assert_eq!(steps.len(), 2); // the selection, and what the cache knows of the vehicle
/// assert_eq!(world.open_requests()[0].question.call(), "bff.support");
/// # Ok::<(), digital_key_exploration::Violation>(())
/// ```
#[derive(Debug, Clone)]
pub struct World {
    bounds: Bounds,
    state: State,
}

/// One step of the machine.
#[derive(Debug, Clone)]
pub struct WorldStep {
    /// What the machine received.
    pub event: Event,
    /// What it made of it.
    pub verdict: Verdict,
    /// What it caused.
    pub effects: Vec<Effect>,
    /// The machine after the step.
    pub after: Flow,
}

impl World {
    /// Returns a world with an empty cache and a machine that was just started.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let bounds = Bounds { settings, ..Bounds::smallest() };
        let state = State::first(&bounds.settings);
        Self { bounds, state }
    }

    /// Kills the app and starts it with these settings; the cache stays.
    pub fn restart(&mut self, settings: Settings) {
        let cache = std::mem::take(&mut self.state.cache);
        self.bounds.settings = settings;
        self.state = State { cache, ..State::first(&self.bounds.settings) };
    }

    /// The machine.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.state.flow
    }

    /// What the cache holds about a vehicle.
    #[must_use]
    pub fn cached(&self, vin: Vin) -> Option<&VehicleRecord> {
        self.state.cache.get(&vin)
    }

    /// The requests without an answer; an [`Action::Reply`] names one by its place here.
    #[must_use]
    pub fn open_requests(&self) -> &[Request] {
        &self.state.open
    }

    /// Apple's sheets that may still answer; an action names one by its place here.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.state.sheets
    }

    /// Lets one thing happen, and returns the steps that the machine made: none after a kill.
    ///
    /// # Errors
    /// What does not hold afterwards; the world is as it was.
    pub fn perform(&mut self, action: &Action) -> Result<Vec<WorldStep>, Violation> {
        let mut next = self.state.clone();
        let mut steps = Vec::new();
        let mut action = action;
        loop {
            let before = next.clone();
            let space = StateSpace { bounds: &self.bounds, rules: &RealRules };
            if let Some(step) = space.apply(action, &mut next)? {
                check_edge(&before, &step, &next, &RealRules)?;
                let after = next.flow.clone();
                let crate::state_space::Step { event, verdict, effects } = step;
                steps.push(WorldStep { event, verdict, effects, after });
            }
            if next.waiting_calls.is_empty() {
                break;
            }
            action = &Action::CacheCall;
        }
        check_state(&next, &RealRules)?;
        self.state = next;
        Ok(steps)
    }
}
