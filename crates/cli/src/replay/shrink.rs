//! The shortest list of events that still shows the first wrong step.

use digital_key::domain::{Verdict, View};
use digital_key_model::Follower;
use digital_key_recording::Step;

use super::judge::{Judgement, Machine, judge};

/// Leaves out steps as long as the list shows the fault: a step against the rules if there is one,
/// otherwise the first step that is not as recorded, with the same verdict and the same view. Returns
/// `None` if there is no fault.
pub(super) fn shortest<M: Machine>(
    machine: &dyn Fn() -> M,
    follower: &dyn Fn() -> Option<Follower>,
    steps: &[Step],
    judged: &Judgement,
) -> Option<Vec<Step>> {
    let judge = |steps: &[Step]| judge(machine(), follower(), steps);
    if let Some((number, _)) = judged.violation {
        let shows = |steps: &[Step]| judge(steps).violation.is_some();
        return Some(without_needless(steps.get(..number)?, &shows));
    }
    let at = judged.difference?;
    let symptom = |judged: &Judgement| -> Option<(Verdict, View)> {
        judged.taken.last().map(|taken| (taken.verdict, taken.view.clone()))
    };
    let until_there = steps.get(..=at)?;
    let wanted = symptom(&judge(until_there));
    let last = until_there.last()?;
    let shows = |steps: &[Step]| {
        steps.last().is_some_and(|it| it.event == last.event) && symptom(&judge(steps)) == wanted
    };
    Some(without_needless(until_there, &shows))
}

/// Leaves out halves first, then ever smaller pieces.
fn without_needless(steps: &[Step], shows: &dyn Fn(&[Step]) -> bool) -> Vec<Step> {
    let mut best = steps.to_vec();
    let mut size = best.len().div_ceil(2);
    while size > 0 {
        let (mut at, before) = (0, best.len());
        while at < best.len() {
            let mut fewer = best.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            if shows(&fewer) {
                best = fewer;
            } else {
                at += size;
            }
        }
        if size > 1 || best.len() == before {
            size /= 2;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use digital_key::domain::{
        Effect, Event, Flow, Intent, KeyCreation, PairingStatus, PasswordFetch, Phone, Question,
        Reply, Request, Settings, StoredPassword, Support, SupportAnswer, Tap, VehicleRecord,
    };
    use digital_key_recording::{Recorder, Recording};

    use super::*;

    fn settings() -> Settings {
        Settings::new(Phone::Ios {
            machine: "iPhone12,1".parse().unwrap(),
            version: "14.2".parse().unwrap(),
        })
    }

    fn reply(question: &Question) -> Option<Reply> {
        Some(match question {
            Question::Record => Reply::Record(Ok(VehicleRecord::default())),
            Question::Support => Reply::Support(Ok(SupportAnswer::Known(Support::Supported {
                upgrade_required: false,
            }))),
            Question::Status => Reply::Status(Ok(PairingStatus {
                owner_key: None,
                primary_subscriber: true,
                prepared: true,
            })),
            Question::Password => Reply::Password(PasswordFetch::Fetched),
            Question::StorePassword(_) => Reply::PasswordStored(Ok(StoredPassword::Stored)),
            Question::CanCreateKey => Reply::CanCreateKey(KeyCreation::Possible),
            Question::Presence(_)
            | Question::OpenWallet(_)
            | Question::TakeUse
            | Question::StartPairing
            | Question::CheckSheet => return None,
        })
    }

    /// A recording of the real machine: two vehicles, some wandering, and the checkbox at the end.
    fn recording() -> Recording {
        let mut flow = Flow::new(settings());
        let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
        let select = |vin: &str| Event::from(Intent::SelectVehicle(vin.parse().unwrap()));
        let events = [
            select("WBA00000000DEMO01"),
            Event::WentToBackground,
            Event::CameToForeground,
            select("WBA00000000DEMO02"),
            Tap::Entry.into(),
            Tap::Continue.into(),
            Tap::Back.into(),
            Tap::Continue.into(),
            Tap::Continue.into(),
            Tap::TickBox.into(),
            Tap::UntickBox.into(),
        ];
        for event in events {
            let mut waiting = vec![event];
            while !waiting.is_empty() {
                let mut effects = Vec::new();
                let event = waiting.remove(0);
                let _ = recorder.step(&mut flow, event, &mut effects, Duration::ZERO);
                waiting.extend(effects.into_iter().filter_map(|effect| {
                    let Effect::Request(Request { id, vin, question }) = effect else {
                        return None;
                    };
                    Some(Event::Replied { id, vin, reply: reply(&question)? })
                }));
            }
        }
        assert_eq!(flow.view().page.name(), "ReadyToPair");
        Recording::read(&recorder.export()).unwrap()
    }

    /// A machine that forgets to go back from GrabYourTwoKeys.
    struct ForgetsBack(Flow);

    impl Machine for ForgetsBack {
        fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict {
            let is_back = event == Tap::Back.into();
            if is_back && self.0.view().page.name() == "GrabYourTwoKeys" {
                return Verdict::Accepted;
            }
            self.0.step(event, effects)
        }

        fn view(&self) -> View {
            self.0.view()
        }
    }

    #[test]
    fn the_real_machine_does_what_was_recorded_and_what_the_rules_want() {
        let recording = recording();
        let steps: Vec<_> = recording.steps().map(|(_, step)| step.clone()).collect();
        let judged = judge(recording.flow(), Some(Follower::new(settings())), &steps);
        assert!(judged.is_good(), "{judged:?}");
        let machine = || recording.flow();
        assert_eq!(shortest(&machine, &|| Some(Follower::new(settings())), &steps, &judged), None);
    }

    /// What a planted fault needs: a vehicle, its support, Welcome, and the way to the page and back.
    #[test]
    fn a_planted_fault_is_found_by_the_rules_and_shrunk_to_what_it_needs() {
        let recording = recording();
        let steps: Vec<_> = recording.steps().map(|(_, step)| step.clone()).collect();
        let machine = || ForgetsBack(recording.flow());
        let rules = || Some(Follower::new(settings()));
        let judged = judge(machine(), rules(), &steps);
        assert!(judged.violation.is_some(), "{judged:?}");
        let shortest = shortest(&machine, &rules, &steps, &judged).unwrap();
        let events: Vec<_> =
            shortest.iter().map(|step| super::super::story::words(&step.event)).collect();
        assert!(shortest.len() < steps.len() / 2, "{events:#?}");
        assert_eq!(shortest.last().unwrap().event, Tap::Back.into(), "{events:#?}");
        let judged = judge(machine(), rules(), &shortest);
        assert_eq!(judged.violation.unwrap().0, shortest.len());
    }

    /// A recording that begins in the middle cannot be compared with the rules: the difference counts.
    #[test]
    fn a_planted_fault_is_found_by_the_recording_alone() {
        let recording = recording();
        let steps: Vec<_> = recording.steps().map(|(_, step)| step.clone()).collect();
        let machine = || ForgetsBack(recording.flow());
        let judged = judge(machine(), None, &steps);
        assert_eq!(steps[judged.difference.unwrap()].event, Tap::Back.into());
        let shortest = shortest(&machine, &|| None, &steps, &judged).unwrap();
        assert!(shortest.len() < steps.len() / 2, "{} of {}", shortest.len(), steps.len());
    }
}
