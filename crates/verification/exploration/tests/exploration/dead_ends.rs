//! No page is a dead end: what failed is asked for again, and what is certain is offered.

use digital_key_domain::{Effect, Event, Flow, Reply, Tap, Verdict};
use digital_key_exploration::{Bounds, Violation};

use crate::finds;

#[test]
fn cbk_7_a_success_that_opens_no_page_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let before = flow.clone();
        let is_answer = matches!(event, Event::Replied { reply: Reply::Pairing(_), .. });
        let verdict = flow.step(event, effects);
        if is_answer && verdict == Verdict::Accepted && flow.view().page.name() == "Tutorial1" {
            *flow = before;
        }
        verdict
    });
    assert_eq!(found, Violation::SuccessNotShown("ReadyToPair"));
}

/// A machine that takes note of the foreground on this page, and asks nothing.
fn skip_foreground(page: &'static str) -> impl Fn(&mut Flow, Event, &mut Vec<Effect>) -> Verdict {
    move |flow, event, effects| {
        let is_skipped = event == Event::CameToForeground && flow.view().page.name() == page;
        let mut kept = flow.clone();
        let verdict = flow.step(event, effects);
        if is_skipped && verdict == Verdict::Accepted {
            std::mem::swap(flow, &mut kept);
            effects.clear();
        }
        verdict
    }
}

#[test]
fn ent_4_wel_1_a_foreground_that_asks_nothing_is_found() {
    for page in ["VehicleTab", "Welcome"] {
        let found = finds(&Bounds::failing_backend(), skip_foreground(page));
        assert_eq!(found, Violation::NotAskedAgain(page));
    }
}

/// A secondary user sees another page when there is no password, which may still be on its way.
#[test]
fn wel_4_a_continue_that_depends_on_a_missing_answer_is_found() {
    let found = finds(&Bounds::failing_backend(), |flow, event, effects| {
        let view = flow.view();
        let is_continue = event == Tap::Continue.into() && view.page.name() == "Welcome";
        let verdict = flow.step(event, effects);
        let is_secondary = flow.view().page.name() == "NotPrimarySubscriber";
        if is_continue && is_secondary && view.password_uses.is_none() {
            return flow.step(Tap::Close.into(), effects);
        }
        verdict
    });
    assert_eq!(found, Violation::UncertainContinue);
}

/// Continue leads to the same page, whatever the answers are, and waits for them.
#[test]
fn wel_4_a_continue_that_waits_for_answers_that_do_not_matter_is_found() {
    let found = finds(&Bounds::failing_backend(), |flow, event, effects| {
        let is_continue = event == Tap::Continue.into() && flow.view().page.name() == "Welcome";
        let verdict = flow.step(event, effects);
        if is_continue && verdict == Verdict::Accepted {
            return flow.step(Tap::Close.into(), effects);
        }
        verdict
    });
    assert_eq!(found, Violation::LateContinue);
}
