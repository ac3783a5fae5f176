use digital_key_domain::{Reason, Tap, Verdict};
use digital_key_exploration::{Bounds, Violation};

use crate::finds;

#[test]
fn gen_8_an_offered_tap_that_is_ignored_is_found() {
    for reason in [Reason::NotOffered, Reason::NotConcerned, Reason::PairingRuns] {
        let verdict = Verdict::Ignored(reason);
        let found = finds(&Bounds::smallest(), |flow, event, effects| {
            if event == Tap::Tutorial.into() && flow.view().page.name() == "Overview" {
                return verdict;
            }
            flow.step(event, effects)
        });
        let expected = Violation::OffersDiffer { page: "Overview", tap: Tap::Tutorial, verdict };
        assert_eq!(found, expected);
    }
}

#[test]
fn gen_8_a_tap_that_is_accepted_and_not_offered_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let is_retry = event == Tap::Retry.into();
        match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotOffered) if is_retry => Verdict::Accepted,
            verdict => verdict,
        }
    });
    let (page, tap, verdict) = ("VehicleTab", Tap::Retry, Verdict::Accepted);
    assert_eq!(found, Violation::OffersDiffer { page, tap, verdict });
}

#[test]
fn gen_8_a_tap_that_is_not_offered_needs_the_reason_that_says_so() {
    let found =
        finds(&Bounds::smallest(), |flow, event, effects| match flow.step(event, effects) {
            Verdict::Ignored(Reason::NotOffered) => Verdict::Ignored(Reason::NothingToChange),
            verdict => verdict,
        });
    let (page, tap) = ("VehicleTab", Tap::Entry);
    let verdict = Verdict::Ignored(Reason::NothingToChange);
    assert_eq!(found, Violation::OffersDiffer { page, tap, verdict });
}

/// No tap is an edge there: the queue of the cache is full.
#[test]
fn gen_8_each_tap_is_tried_while_a_call_of_the_cache_waits() {
    let found = finds(&Bounds::failing_cache(), |flow, event, effects| {
        let is_loading = flow.view().vehicle.is_some_and(|vin| flow.record(vin).is_none());
        if event == Tap::ConfirmError.into() && is_loading {
            return Verdict::Accepted;
        }
        flow.step(event, effects)
    });
    let (page, tap, verdict) = ("VehicleTab", Tap::ConfirmError, Verdict::Accepted);
    assert_eq!(found, Violation::OffersDiffer { page, tap, verdict });
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
