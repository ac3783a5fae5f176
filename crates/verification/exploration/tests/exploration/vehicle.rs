use digital_key_domain::{Effect, Event, Presence, Reason, RecordChange, Reply, Verdict};
use digital_key_exploration::{Bounds, Violation};

use crate::{call, finds, with_an_owner_key};

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
fn wel_3_a_second_request_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let verdict = flow.step(event, effects);
        let statuses = effects.iter().filter(|effect| call(effect) == Some("bff.pairing_status"));
        let again: Vec<_> = statuses.cloned().collect();
        effects.extend(again);
        verdict
    });
    assert_eq!(found, Violation::AskedTwice("bff.pairing_status"));
}

#[test]
fn wel_4_a_lost_answer_leaves_the_page_stuck() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        if matches!(event, Event::Replied { reply: Reply::CanCreateKey(_), .. }) {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        flow.step(event, effects)
    });
    assert_eq!(found, Violation::Stuck("Welcome"));
}

#[test]
fn ovr_2_cannot_say_taken_for_no_is_found() {
    let found = finds(&with_an_owner_key(), |flow, mut event, effects| {
        if let Event::Replied { reply: Reply::Presence(presence), .. } = &mut event
            && *presence == Presence::CannotSay
        {
            *presence = Presence::Absent;
        }
        flow.step(event, effects)
    });
    assert_eq!(found, Violation::ForgottenKey);
}
