use digital_key_domain::{Event, Intent, Tap, Verdict};
use digital_key_exploration::{Bounds, RealRules, explore, explore_with};

/// In parallel, as they take seconds each.
#[test]
fn the_machine_keeps_its_promises() {
    std::thread::scope(|scope| {
        for bounds in Bounds::quick() {
            scope.spawn(move || match explore(&bounds, &RealRules) {
                Ok(report) => assert!(report.states > 1_000 && report.edges > 10_000, "{report}"),
                Err(counterexample) => panic!("{}: {counterexample}", bounds.name),
            });
        }
    });
}

#[test]
fn an_observer_sees_each_step() {
    let mut calls = Vec::new();
    let entry = Event::Intent(Intent::Tap(Tap::Entry));
    let report = explore_with(&Bounds::smallest(), &RealRules, &mut |edge| {
        let pages = (edge.before.view().page.name(), edge.after.view().page.name());
        if *edge.event == entry && pages == ("VehicleTab", "Welcome") {
            assert_eq!(edge.verdict, Verdict::Accepted);
            calls.push(edge.effects.iter().map(|effect| effect.call()).collect::<Vec<_>>());
        }
    });
    assert!(report.is_ok());
    let expected = ["bff.pairing_status", "bff.pairing_password", "apple_pairing.can_create_key"];
    assert!(calls.iter().any(|seen| *seen == expected), "{calls:?}");
}
