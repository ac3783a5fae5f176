//! The machine keeps its promises on every edge, and a machine with a planted mistake does not.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm)]

use digital_key_domain::{
    Answer, Effect, Event, Flow, Generation, Intent, Presence, Reason, RecordChange, Tap, Verdict,
};
use digital_key_exploration::{Bounds, RealRules, Rules, Violation, explore};

#[test]
fn the_machine_keeps_its_promises() {
    for bounds in [Bounds::smallest(), Bounds::late_success(), Bounds::failing_cache()] {
        let report = explore(&bounds, &RealRules).unwrap();
        assert!(report.states > 500 && report.edges > 10_000, "{report}");
    }
}

/// A mistake, as what it does to one step.
struct Mistake<F>(F);

impl<F: Fn(&mut Flow, Event, &mut Vec<Effect>) -> Verdict> Rules for Mistake<F> {
    fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        (self.0)(flow, event, effects)
    }
}

fn finds(
    bounds: &Bounds,
    mistake: impl Fn(&mut Flow, Event, &mut Vec<Effect>) -> Verdict,
) -> Violation {
    let found = explore(bounds, &Mistake(mistake)).unwrap_err();
    assert!(!found.events.is_empty());
    found.violation
}

/// The smallest world, with a key that is on this phone when the status names it.
fn with_an_owner_key() -> Bounds {
    Bounds { status: Bounds::every_answer().status, ..Bounds::smallest() }
}

#[test]
fn rdy_4_a_sheet_without_a_counted_use_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        for effect in effects {
            if let Effect::TakeUse { id, vin } = *effect {
                *effect = Effect::StartPairing { id, vin };
            }
        }
        verdict
    });
    assert_eq!(found, Violation::StartedWithoutUse);
}

#[test]
fn rdy_5_a_second_sheet_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        let starts: Vec<_> = effects
            .iter()
            .filter(|it| matches!(it, Effect::StartPairing { .. }))
            .cloned()
            .collect();
        effects.extend(starts);
        verdict
    });
    assert_eq!(found, Violation::TwoSheets);
}

#[test]
fn wel_3_a_second_request_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        let asked: Vec<_> =
            effects.iter().filter(|it| matches!(it, Effect::AskStatus { .. })).cloned().collect();
        effects.extend(asked);
        verdict
    });
    assert_eq!(found, Violation::AskedTwice("bff.pairing_status"));
}

#[test]
fn wel_4_a_lost_answer_leaves_the_page_stuck() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| match event {
        Event::Answered { answer: Answer::CanCreate(_), .. } => {
            Verdict::Ignored(Reason::NotAwaited)
        }
        event => flow.step(event, effects),
    });
    assert_eq!(found, Violation::Stuck("Welcome"));
}

#[test]
fn ovr_2_cannot_say_taken_for_no_is_found() {
    let found = finds(&with_an_owner_key(), |flow, event, effects| match event {
        Event::Answered { id, vin, answer: Answer::Presence(Presence::CannotSay) } => flow
            .step(Event::Answered { id, vin, answer: Answer::Presence(Presence::Absent) }, effects),
        event => flow.step(event, effects),
    });
    assert_eq!(found, Violation::ForgottenKey);
}

#[test]
fn cbk_5_a_success_that_is_not_stored_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        effects.retain(|effect| {
            !matches!(effect, Effect::Store { change: RecordChange::Paired { .. }, .. })
        });
        verdict
    });
    assert_eq!(found, Violation::SuccessNotRecorded);
}

#[test]
fn ent_2_support_that_is_not_stored_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        effects.retain(|effect| {
            !matches!(effect, Effect::Store { change: RecordChange::Support(_), .. })
        });
        verdict
    });
    assert!(matches!(found, Violation::MemoryDiffersFromCache(_)));
}

#[test]
fn cbk_7_a_duplicate_that_counts_is_found() {
    let found =
        finds(&Bounds::smallest(), |flow, event, effects| match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotAwaited) => Verdict::Accepted,
            verdict => verdict,
        });
    assert_eq!(found, Violation::DuplicateAccepted);
}

#[test]
fn cbk_7_a_success_after_an_error_that_is_lost_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| match event {
        Event::Answered { answer: Answer::Pairing(_), .. } if !flow.view().pairing_runs => {
            Verdict::Ignored(Reason::NotAwaited)
        }
        event => flow.step(event, effects),
    });
    assert_eq!(found, Violation::SuccessNotRecorded);
}

#[test]
fn gen_5_a_success_of_before_the_sign_out_that_is_recorded_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        let verdict = flow.step(event.clone(), effects);
        if let Event::Answered { vin, answer: Answer::Pairing(answer), .. } = event
            && let (Some(key), Verdict::Accepted, []) = (answer.pass, verdict, &effects[..])
        {
            let change = RecordChange::Paired { key, used: Generation::default() };
            effects.push(Effect::Store { vin, change });
        }
        verdict
    });
    assert_eq!(found, Violation::SuccessNotRecorded);
}

#[test]
fn gen_1_a_page_that_cannot_be_left_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        if event == Tap::Close.into() && flow.view().pairing_runs {
            return Verdict::Ignored(Reason::PairingRuns);
        }
        flow.step(event, effects)
    });
    assert_eq!(found, Violation::CannotLeave("ReadyToPair"));
}

#[test]
fn gen_2_an_ignored_event_that_acts_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let _ = flow.step(event, effects);
        Verdict::Ignored(Reason::NotReady)
    });
    assert_eq!(found, Violation::IgnoredButActed);
}

#[test]
fn gen_3_an_answer_that_moves_another_vehicle_is_found() {
    let found = finds(&Bounds::two_vehicles(), |flow, event, effects| {
        let about = match &event {
            Event::Answered { vin, .. } => Some(*vin),
            _ => None,
        };
        let verdict = flow.step(event, effects);
        if let (Some(vin), Verdict::Accepted) = (about, verdict) {
            let _ = flow.step(Event::Intent(Intent::SelectVehicle(vin)), effects);
        }
        verdict
    });
    assert_eq!(found, Violation::ShownOnAnotherVehicle);
}

#[test]
fn gen_5_a_sign_out_that_erases_nothing_is_found() {
    let found = finds(&Bounds { ends: true, ..Bounds::smallest() }, |flow, event, effects| {
        let verdict = flow.step(event, effects);
        effects.retain(|effect| *effect != Effect::EraseAll);
        verdict
    });
    assert_eq!(found, Violation::LeftAfterSignOut);
}
