//! Takes the steps of a recording again.

use std::time::Duration;

use digital_key_domain::{Effect, Flow, Verdict, View};

use crate::recording::{Entry, Recording, Step};
use crate::step_hash::step_hash;

/// Takes the steps of a recording with the machine of this build, one a call of `next`.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    flow: Flow,
    entries: std::slice::Iter<'a, Entry>,
    number: usize,
    at: Duration,
}

/// A step of a recording, taken again.
#[derive(Debug, Clone)]
pub struct ReplayedStep<'a> {
    /// The number of the step, from 1.
    pub number: usize,
    /// The time since the beginning of the recording.
    pub at: Duration,
    /// The step as it was recorded.
    pub recorded: &'a Step,
    /// Whether the machine of this build accepts the event.
    pub verdict: Verdict,
    /// The effects of this build.
    pub effects: Vec<Effect>,
    /// The view of this build.
    pub view: View,
    /// The [`step_hash`] of this build.
    pub hash: u32,
}

impl ReplayedStep<'_> {
    /// Returns `true` if verdict, effects and view are those that were recorded.
    #[must_use]
    pub fn is_as_recorded(&self) -> bool {
        self.hash == self.recorded.hash && self.verdict == self.recorded.verdict
    }
}

impl<'a> Replay<'a> {
    pub(crate) fn new(recording: &'a Recording) -> Self {
        let (flow, entries) = (recording.flow(), recording.entries.iter());
        Self { flow, entries, number: 0, at: Duration::ZERO }
    }

    /// Returns the machine after the last step that was taken.
    #[must_use]
    pub fn flow(&self) -> &Flow {
        &self.flow
    }
}

impl<'a> Iterator for Replay<'a> {
    type Item = ReplayedStep<'a>;

    fn next(&mut self) -> Option<ReplayedStep<'a>> {
        loop {
            let entry = self.entries.next()?;
            self.at = self.at.saturating_add(entry.after());
            let Entry::Step(recorded) = entry else { continue };
            self.number += 1;
            let mut effects = Vec::new();
            let verdict = self.flow.step(recorded.event.clone(), &mut effects);
            let view = self.flow.view();
            let hash = step_hash(verdict, &effects, view.clone());
            let (number, at) = (self.number, self.at);
            return Some(ReplayedStep { number, at, recorded, verdict, effects, view, hash });
        }
    }
}
