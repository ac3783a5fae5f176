//! Sound cores are found sound.

use digital_key_simulator::{Parts, Simulator, run};

#[test]
fn no_history_of_a_sound_core_violates_anything() {
    let report = run(Parts::default(), 0, 400, |_, _| {}).unwrap();
    assert!(report.failure.is_none(), "{}", report.failure.unwrap());
    assert_eq!(report.histories, 400);
    assert!(report.faults > 1_000);
}

#[test]
fn the_same_seed_is_the_same_history_whatever_ran_before() {
    let first = Simulator::new(Parts::default()).unwrap();
    let second = Simulator::new(Parts::default()).unwrap();
    let forwards: Vec<_> = (0..50).map(|seed| first.run(&Simulator::plan(seed))).collect();
    let mut backwards: Vec<_> =
        (0..50).rev().map(|seed| second.run(&Simulator::plan(seed))).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
}

#[test]
fn other_seeds_are_other_histories() {
    let simulator = Simulator::new(Parts::default()).unwrap();
    let fingerprint = |seed| simulator.run(&Simulator::plan(seed)).fingerprint;
    let mut fingerprints: Vec<_> = (0..50).map(fingerprint).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 50);
}

/// A simulation that never gets to Apple's sheet finds nothing there.
#[test]
fn histories_get_everywhere() {
    let simulator = Simulator::new(Parts::default()).unwrap();
    let mut trace = String::new();
    for seed in 0..400 {
        trace += &simulator.run_with_trace(&Simulator::plan(seed)).trace.join("\n");
    }
    let seen = [
        "VehicleTab { opening: true, ",
        "Welcome {",
        "GrabYourTwoKeys",
        "ReadyToPair {",
        "PairingError {",
        "Tutorial1",
        "Tutorial2",
        "Overview {",
        "MoveKeyWarning",
        "move_flow: true",
        "BackendError",
        "PhoneSoftwareUpdateRequired",
        "NotPrimarySubscriber",
        "VehicleNotPrepared",
        "PairingPasswordUnavailable",
        "PairingAttemptsExhausted",
        "KeyDeleted",
        "UseTaken(Ok(Exhausted))",
        "UseTaken(Err(",
        "PasswordStored(Err(",
        "PasswordStored(Ok(Outdated",
        "Record(Err(Unavailable))",
        "CacheFailed(Lost)",
        "SheetGone",
        "LateAnswer {",
        "SignedOut",
        "VehicleForgotten",
        "cache.erase\"",
        "WalletChanged",
        "cache.erase_all",
    ];
    let missed: Vec<_> = seen.iter().filter(|text| !trace.contains(**text)).collect();
    assert!(missed.is_empty(), "no history has {missed:?}");
}
