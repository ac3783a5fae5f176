use digital_key_domain::{Effect, Question, Reason, RecordChange, Verdict};
use digital_key_exploration::{Bounds, Violation};

use crate::{call, finds};

#[test]
fn rdy_4_a_sheet_without_a_counted_use_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        for effect in effects {
            if let Effect::Request(request) = effect
                && request.question == Question::TakeUse
            {
                request.question = Question::StartPairing;
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
        let starts = effects.iter().filter(|effect| call(effect) == Some("apple_pairing.start"));
        let again: Vec<_> = starts.cloned().collect();
        effects.extend(again);
        verdict
    });
    assert_eq!(found, Violation::TwoSheets);
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
fn cbk_7_a_duplicate_that_counts_is_found() {
    let found =
        finds(&Bounds::smallest(), |flow, event, effects| match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotAwaited) => Verdict::Accepted,
            verdict => verdict,
        });
    assert_eq!(found, Violation::DuplicateAccepted);
}
