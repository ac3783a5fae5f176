//! Takes recorded steps again, and judges each by the recording and by the rules.

use digital_key::domain::{Effect, Event, Request, Verdict, View};
use digital_key_model::{FollowedStep, Follower, is_answered_by};
use digital_key_recording::{Step, step_hash};

/// The machine of this build, or one with a planted fault.
pub(super) trait Machine {
    fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict;
    fn view(&self) -> View;
}

/// How a replay went.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) taken: Vec<Taken>,
    /// The place of the first step that is not as recorded.
    pub(super) difference: Option<usize>,
    /// The number of the first step that is against the rules, and what they want.
    pub(super) violation: Option<(usize, String)>,
    /// The rules were compared.
    pub(super) is_judged: bool,
}

impl Judgement {
    pub(super) fn is_good(&self) -> bool {
        self.difference.is_none() && self.violation.is_none()
    }
}

/// A step that was taken again.
#[derive(Debug)]
pub(super) struct Taken {
    /// The number of the step, from 1.
    pub(super) number: usize,
    pub(super) recorded: Step,
    pub(super) verdict: Verdict,
    pub(super) view: View,
}

/// Takes all steps, also after a wrong one.
pub(super) fn judge<M: Machine>(
    mut machine: M,
    mut follower: Option<Follower>,
    steps: &[Step],
) -> Judgement {
    let mut judgement = Judgement {
        taken: Vec::with_capacity(steps.len()),
        difference: None,
        violation: None,
        is_judged: follower.is_some(),
    };
    let mut open = OpenRequests::default();
    for (at, recorded) in steps.iter().enumerate() {
        let event = open.addressed(&recorded.event);
        let mut effects = Vec::new();
        let verdict = machine.step(event.clone(), &mut effects);
        open.note(&event, verdict, &effects);
        let view = machine.view();
        let followed = FollowedStep { event: &event, verdict, effects: &effects, view: &view };
        if judgement.violation.is_none()
            && let Some(Err(wanted)) = follower.as_mut().map(|it| it.follow(followed))
        {
            judgement.violation = Some((at + 1, wanted));
        }
        let is_as_recorded = verdict == recorded.verdict
            && step_hash(verdict, &effects, view.clone()) == recorded.hash;
        if !is_as_recorded && judgement.difference.is_none() {
            judgement.difference = Some(at);
        }
        judgement.taken.push(Taken { number: at + 1, recorded: recorded.clone(), verdict, view });
    }
    judgement
}

/// The requests that the machine waits for. In a list that was shortened they have other numbers than
/// in the recording.
#[derive(Default)]
struct OpenRequests(Vec<Request>);

impl OpenRequests {
    /// Returns the event, with the number that its request has in this replay.
    fn addressed(&self, event: &Event) -> Event {
        let Event::Replied { id, vin, reply } = event else { return event.clone() };
        let mut fitting = self
            .0
            .iter()
            .filter(|open| open.vin == *vin && is_answered_by(&open.question, reply))
            .map(|open| open.id);
        let first = fitting.clone().next();
        let id = if fitting.any(|open| open == *id) { *id } else { first.unwrap_or(*id) };
        Event::Replied { id, vin: *vin, reply: reply.clone() }
    }

    fn note(&mut self, event: &Event, verdict: Verdict, effects: &[Effect]) {
        if let Event::Replied { id, vin, reply } = event
            && verdict == Verdict::Accepted
        {
            self.0.retain(|open| {
                (open.id, open.vin) != (*id, *vin) || !is_answered_by(&open.question, reply)
            });
        }
        for effect in effects {
            if let Effect::Request(request) = effect {
                self.0.push(request.clone());
            }
        }
    }
}
