use digital_key_domain::{Effect, Event, Intent, Reason, Verdict};
use digital_key_exploration::{Bounds, Violation};

use crate::finds;

#[test]
fn gen_2_an_ignored_event_that_acts_is_found() {
    let found = finds(&Bounds::smallest(), |flow, event, effects| {
        let is_tap = matches!(event, Event::Intent(Intent::Tap(_)));
        let verdict = flow.step(event, effects);
        if is_tap { verdict } else { Verdict::Ignored(Reason::NotConcerned) }
    });
    assert_eq!(found, Violation::IgnoredButActed);
}

#[test]
fn gen_3_an_answer_that_moves_another_vehicle_is_found() {
    let found = finds(&Bounds::two_vehicles(), |flow, event, effects| {
        let answered = match &event {
            Event::Replied { vin, .. } => Some(*vin),
            _ => None,
        };
        let verdict = flow.step(event, effects);
        if let (Some(vin), Verdict::Accepted) = (answered, verdict) {
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

#[test]
fn gen_9_a_vehicle_that_stays_in_memory_is_found() {
    let found = finds(&Bounds::host_calls(), |flow, event, effects| match event {
        Event::VehicleForgotten(vin) => {
            effects.push(Effect::Erase { vin });
            Verdict::Accepted
        }
        event => flow.step(event, effects),
    });
    assert_eq!(found, Violation::LeftAfterForget);
}

#[test]
fn ent_10_a_refresh_that_selects_the_vehicle_is_found() {
    let found = finds(&Bounds::host_calls(), |flow, event, effects| match event {
        Event::RefreshRequested(vin) => {
            flow.step(Event::Intent(Intent::SelectVehicle(vin)), effects)
        }
        event => flow.step(event, effects),
    });
    assert_eq!(found, Violation::RefreshActed);
}
