//! Drives the flow machine through what can happen to a vehicle, and notes what it does.
//!
//! The search is breadth-first, and complete for a user who waits for the answers: whatever else is
//! done while one is awaited is noted as well, but not what follows from it.

use std::collections::{BTreeSet, HashSet, VecDeque};

use digital_key_domain::{
    Answer, Effect, Event, Flow, Phone, Reason, RecordChange, RequestId, Settings, TakeAnswer,
    VehicleRecord, Verdict,
};

use super::world::{Name, World};
use crate::Failure;

/// What an event did to a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Step {
    /// The page before.
    pub(super) from: &'static str,
    pub(super) event: Name,
    pub(super) outcome: Outcome,
}

/// What the machine made of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    Ignored(Reason),
    Accepted {
        /// The page after.
        to: &'static str,
        /// The calls that were caused.
        calls: Vec<&'static str>,
    },
}

/// Every step that can be seen in these worlds, in the order in which it was met.
pub(super) fn steps(worlds: &[World]) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let mut known = HashSet::new();
    for world in worlds {
        for step in steps_in(world)? {
            if known.insert(step.clone()) {
                steps.push(step);
            }
        }
    }
    Ok(steps)
}

/// Far more than there are: a search that meets more does not end.
const MOST_MOMENTS: usize = 50_000;

fn steps_in(world: &World) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let mut known = HashSet::new();
    let mut waiting = VecDeque::from([Moment::start(world.phone.clone())]);
    while let Some(moment) = waiting.pop_front() {
        if !known.insert(moment.likeness()) {
            continue;
        }
        if known.len() > MOST_MOMENTS {
            return Err("the flow machine never gets back to where it was".into());
        }
        let from = moment.page();
        for (event, name) in world.events(moment.open.first(), moment.sheet, &moment.cache) {
            let mut next = moment.clone();
            let is_hurried = !moment.open.is_empty() && !matches!(event, Event::Answered { .. });
            let is_followed = !is_hurried && world.is_followed(&event);
            let outcome = next.take(event);
            if is_followed && !matches!(outcome, Outcome::Ignored(_)) {
                waiting.push_back(next);
            }
            steps.push(Step { from, event: name, outcome });
        }
    }
    Ok(steps)
}

/// The machine, and what it has set going.
#[derive(Debug, Clone)]
struct Moment {
    flow: Flow,
    cache: VehicleRecord,
    /// The questions that are not answered yet, the oldest first.
    open: Vec<Effect>,
    /// Apple's sheet, while it is up.
    sheet: Option<RequestId>,
}

impl Moment {
    fn start(phone: Phone) -> Self {
        Self {
            flow: Flow::new(Settings::new(phone)),
            cache: VehicleRecord::default(),
            open: Vec::new(),
            sheet: None,
        }
    }

    fn page(&self) -> &'static str {
        self.flow.view().page.name()
    }

    /// The same for moments from which the same follows: requests and generations only ever count
    /// on, so what matters is their order.
    fn likeness(&self) -> String {
        let mut text = format!("{self:?}");
        // No ended sheet answers again here, so it makes no difference which ones are remembered.
        if let Some((before, after)) = text.split_once("ended_sheets: [")
            && let Some((_, after)) = after.split_once(']')
        {
            text = format!("{before}{after}");
        }
        ["RequestId(", "Generation("].iter().fold(text, |text, tag| ranked(&text, tag))
    }

    fn take(&mut self, event: Event) -> Outcome {
        if let Event::Answered { id, answer, .. } = &event {
            self.end_question(*id, answer);
        }
        let mut effects = Vec::new();
        if let Verdict::Ignored(reason) = self.flow.step(event, &mut effects) {
            return Outcome::Ignored(reason);
        }
        let calls = effects.iter().map(Effect::call).collect();
        for effect in effects {
            self.perform(effect);
        }
        Outcome::Accepted { to: self.page(), calls }
    }

    /// Some answers mean that the cache has changed.
    fn end_question(&mut self, answered: RequestId, answer: &Answer) {
        if self.sheet.take_if(|id| *id == answered).is_some() || self.open.is_empty() {
            return;
        }
        match (self.open.remove(0), answer) {
            (Effect::StorePassword { generation, .. }, Answer::PasswordStored(Ok(_))) => {
                self.cache.apply(&RecordChange::PasswordStored(generation));
            }
            (_, Answer::Take(TakeAnswer::Granted(taken))) => {
                self.cache.apply(&RecordChange::UseTaken(*taken));
            }
            _ => {}
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::StartPairing { id, .. } => self.sheet = Some(id),
            Effect::Store { change, .. } => self.cache.apply(&change),
            Effect::EraseAll => {
                self.cache = VehicleRecord::default();
                self.open.clear();
            }
            Effect::CheckSheet { .. } | Effect::OpenWallet { .. } | Effect::Report(_) => {}
            Effect::LoadRecord { .. }
            | Effect::AskSupport { .. }
            | Effect::AskStatus { .. }
            | Effect::AskPassword { .. }
            | Effect::StorePassword { .. }
            | Effect::AskCanCreate { .. }
            | Effect::AskPresence { .. }
            | Effect::TakeUse { .. } => self.open.push(effect),
        }
    }
}

/// A text in which every number after the tag is replaced by its rank among them.
fn ranked(text: &str, tag: &str) -> String {
    let number_and_rest = |part: &str| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        (part[..end].parse::<u64>().unwrap_or_default(), part[end..].to_owned())
    };
    let mut parts = text.split(tag);
    let start = parts.next().unwrap_or_default().to_owned();
    let parts: Vec<_> = parts.map(number_and_rest).collect();
    let numbers: BTreeSet<u64> = parts.iter().map(|(number, _)| *number).collect();
    parts.iter().fold(start, |text, (number, rest)| {
        format!("{text}{tag}{}{rest}", numbers.range(..*number).count())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_replaced_by_their_ranks() {
        assert_eq!(ranked("a Id(7), Id(3) and Id(7)", "Id("), "a Id(1), Id(0) and Id(1)");
        assert_eq!(ranked("Id(3)", "Other("), "Id(3)");
    }

    #[test]
    fn every_page_is_reached() {
        let steps = steps(&World::all().unwrap()).unwrap();
        let pages: BTreeSet<_> = steps.iter().map(|step| step.from).collect();
        assert_eq!(
            Vec::from_iter(pages),
            [
                "BackendError",
                "GrabYourTwoKeys",
                "KeyDeleted",
                "MoveKeyWarning",
                "NotPrimarySubscriber",
                "Overview",
                "PairingAttemptsExhausted",
                "PairingError",
                "PairingPasswordUnavailable",
                "PhoneNotSupported",
                "PhoneSoftwareUpdateRequired",
                "ReadyToPair",
                "Tutorial1",
                "Tutorial2",
                "VehicleNotPrepared",
                "VehicleTab",
                "Welcome",
            ]
        );
    }

    #[test]
    fn a_step_tells_what_was_caused() {
        let steps = steps(&World::all().unwrap()).unwrap();
        let entry = Step {
            from: "VehicleTab",
            event: Name::User("entry"),
            outcome: Outcome::Accepted {
                to: "Welcome",
                calls: vec![
                    "bff.pairing_status",
                    "bff.pairing_password",
                    "apple_pairing.can_create_key",
                ],
            },
        };
        assert!(steps.contains(&entry));
    }
}
