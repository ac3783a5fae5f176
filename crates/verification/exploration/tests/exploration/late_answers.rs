use digital_key_domain::{
    CacheFailure, Effect, Event, Flow, Generation, PairingAnswer, Reason, RecordChange, Reply,
    Verdict, Vin,
};
use digital_key_exploration::{Bounds, Violation, explore};

use crate::{Mistake, finds};

/// Returns the vehicle and the answer of Apple's, if the event is one.
fn apples_answer(event: &Event) -> Option<(Vin, PairingAnswer)> {
    if let Event::LateAnswer { vin, answer }
    | Event::Replied { vin, reply: Reply::Pairing(answer), .. } = event
    {
        Some((*vin, answer.clone()))
    } else {
        None
    }
}

fn paired(vin: Vin, answer: PairingAnswer) -> Option<Effect> {
    let change = RecordChange::Paired { key: answer.pass?, used: Generation::default() };
    Some(Effect::Store { vin, change })
}

#[test]
fn cbk_7_a_late_success_that_is_lost_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        if matches!(event, Event::LateAnswer { .. }) {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        flow.step(event, effects)
    });
    assert_eq!(found, Violation::SuccessNotRecorded);
}

#[test]
fn cbk_7_the_lost_reply_of_a_sheet_that_is_gone_is_found() {
    let found = finds(&Bounds::late_answers(), |flow, event, effects| {
        let is_reply = matches!(event, Event::Replied { reply: Reply::Pairing(_), .. });
        if is_reply && !flow.view().pairing_runs {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        flow.step(event, effects)
    });
    assert_eq!(found, Violation::SuccessNotRecorded);
}

#[test]
fn cbk_7_a_late_answer_that_counts_twice_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        let is_late = matches!(event, Event::LateAnswer { .. });
        match flow.step(event, effects) {
            Verdict::Ignored(Reason::NothingToChange) if is_late => Verdict::Accepted,
            verdict => verdict,
        }
    });
    assert_eq!(found, Violation::DuplicateAccepted);
}

#[test]
fn cbk_7_a_late_error_that_counts_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        let is_late_error =
            matches!(&event, Event::LateAnswer { answer, .. } if answer.pass.is_none());
        match flow.step(event, effects) {
            Verdict::Ignored(_) if is_late_error => Verdict::Accepted,
            verdict => verdict,
        }
    });
    assert_eq!(found, Violation::LateErrorActed);
}

#[test]
fn cbk_7_an_error_that_acts_after_the_page_was_left_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        let is_error = apples_answer(&event).is_some_and(|(_, answer)| answer.pass.is_none());
        let is_left = flow.view().page.name() == "VehicleTab";
        let verdict = flow.step(event, effects);
        if is_error && is_left && verdict == Verdict::Accepted {
            effects.push(Effect::Report(CacheFailure::Lost));
        }
        verdict
    });
    assert_eq!(found, Violation::LateErrorActed);
}

#[test]
fn gen_5_a_success_that_is_recorded_after_the_sign_out_is_found() {
    let found = finds(&Bounds::late_success(), |flow, event, effects| {
        let answer = apples_answer(&event).filter(|(vin, _)| flow.record(*vin).is_none());
        let verdict = flow.step(event, effects);
        effects.extend(answer.and_then(|(vin, answer)| paired(vin, answer)));
        if effects.is_empty() { verdict } else { Verdict::Accepted }
    });
    assert_eq!(found, Violation::ObsoleteSuccessRecorded);
}

/// The next account has selected the same vehicle, and has not paired it.
#[test]
fn gen_5_a_late_success_that_is_recorded_for_the_next_account_is_found() {
    let mistake = |flow: &mut Flow, event, effects: &mut Vec<Effect>| {
        let is_late = matches!(event, Event::LateAnswer { .. });
        let answer = apples_answer(&event).filter(|(vin, _)| {
            is_late && flow.record(*vin).is_some_and(|record| record.key.local().is_none())
        });
        match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotAwaited) => {
                effects.extend(answer.and_then(|(vin, answer)| paired(vin, answer)));
                if effects.is_empty() {
                    Verdict::Ignored(Reason::NotAwaited)
                } else {
                    Verdict::Accepted
                }
            }
            verdict => verdict,
        }
    };
    let found = explore(&Bounds::late_success(), &Mistake(mistake)).unwrap_err();
    assert_eq!(found.violation, Violation::ObsoleteSuccessRecorded);
    let mut after_sign_out = found.events.iter().skip_while(|event| *event != "sign out");
    assert!(after_sign_out.any(|event| event.starts_with("select")), "{found}");
}

/// The next account has a sheet of the same vehicle, for which the late answer could be taken.
#[test]
fn gen_5_a_late_success_that_is_taken_for_the_sheet_of_the_next_account_is_found() {
    let mistake = |flow: &mut Flow, event, effects: &mut Vec<Effect>| {
        let is_late = matches!(event, Event::LateAnswer { .. });
        let answer = apples_answer(&event).filter(|_| is_late && flow.view().pairing_runs);
        match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotAwaited) => {
                effects.extend(answer.and_then(|(vin, answer)| paired(vin, answer)));
                if effects.is_empty() {
                    Verdict::Ignored(Reason::NotAwaited)
                } else {
                    Verdict::Accepted
                }
            }
            verdict => verdict,
        }
    };
    let found = explore(&Bounds::late_success(), &Mistake(mistake)).unwrap_err();
    assert_eq!(found.violation, Violation::ObsoleteSuccessRecorded);
    assert!(found.events.iter().any(|event| event == "sign out"), "{found}");
}
