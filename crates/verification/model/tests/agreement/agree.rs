//! The machine and the model agree, and the runs get everywhere.

use std::cell::RefCell;
use std::collections::BTreeMap;

use digital_key_domain::{Flow, Settings};
use digital_key_model::{Comparison, Disagreement, Machine, Step};
use proptest::test_runner::{
    Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner,
};

use crate::generate;

/// The cases of a normal run.
pub(crate) const CASES: u32 = 2_000;

/// The number of runs that reached each page, or in which each rule applied.
type Coverage = BTreeMap<&'static str, u32>;

/// Compares the machine with the model over one run.
pub(crate) fn compare<M: Machine>(
    machine: &M,
    settings: Settings,
    steps: &[Step],
) -> Result<Comparison<M>, Disagreement> {
    let mut comparison = Comparison::new(machine, settings, generate::vins());
    for step in steps {
        comparison.step(*step)?;
    }
    Ok(comparison)
}

/// The normal run has the same cases each time.
pub(crate) fn normal_run() -> Config {
    Config {
        cases: CASES,
        rng_seed: RngSeed::Fixed(1),
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::SourceParallel(
            "proptest-regressions",
        ))),
        max_shrink_iters: 100_000,
        ..Config::default()
    }
}

fn config() -> Config {
    match std::env::var("DIGITAL_KEY_MODEL_CASES") {
        Ok(cases) => Config {
            cases: cases.parse().expect("DIGITAL_KEY_MODEL_CASES is a number"),
            rng_seed: RngSeed::Random,
            ..normal_run()
        },
        Err(_) => normal_run(),
    }
}

#[test]
fn the_machine_does_what_the_rules_say() {
    let pages = RefCell::new(Coverage::new());
    let rules = RefCell::new(Coverage::new());
    let mut runner = TestRunner::new(config());
    let result = runner.run(&generate::run(), |(settings, steps)| {
        let comparison = compare(&Flow::new(settings.clone()), settings, &steps)
            .map_err(|disagreement| TestCaseError::fail(disagreement.to_string()))?;
        count(&mut pages.borrow_mut(), comparison.pages());
        count(&mut rules.borrow_mut(), comparison.rules());
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(disagreement, (settings, _))) => {
            panic!("{settings:?}\n{disagreement}")
        }
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let (pages, rules) = (pages.into_inner(), rules.into_inner());
    println!("runs that reached a page: {pages:#?}\nruns in which a rule applied: {rules:#?}");
    assert_reached(&pages, PAGES);
    assert_reached(&rules, RULES);
}

fn count<'a>(coverage: &mut Coverage, reached: impl IntoIterator<Item = &'a &'static str>) {
    for name in reached {
        *coverage.entry(name).or_default() += 1;
    }
}

fn assert_reached(coverage: &Coverage, all: &[&str]) {
    let missed: Vec<_> = all.iter().filter(|name| !coverage.contains_key(*name)).collect();
    assert!(missed.is_empty(), "no run reached {missed:?}");
}

const PAGES: &[&str] = &[
    "VehicleTab",
    "Welcome",
    "GrabYourTwoKeys",
    "ReadyToPair",
    "PairingError",
    "Tutorial1",
    "Tutorial2",
    "Overview",
    "MoveKeyWarning",
    "BackendError",
    "PhoneNotSupported",
    "PhoneSoftwareUpdateRequired",
    "NotPrimarySubscriber",
    "VehicleNotPrepared",
    "PairingPasswordUnavailable",
    "PairingAttemptsExhausted",
    "KeyDeleted",
];

/// The rules that apply at a certain moment; the others are kept all the time.
const RULES: &[&str] = &[
    "ENT-1",
    "ENT-2",
    "ENT-3",
    "ENT-4",
    "ENT-4, in the foreground",
    "ENT-6",
    "ENT-8",
    "ENT-9",
    "WEL-1",
    "WEL-1, in the foreground",
    "WEL-2",
    "WEL-3",
    "WEL-6",
    "KEY-1",
    "RDY-2",
    "RDY-3",
    "RDY-4",
    "RDY-5",
    "RDY-6",
    "CBK-1",
    "CBK-2",
    "CBK-3",
    "CBK-4",
    "CBK-5",
    "CBK-7",
    "CBK-7, after the sheet",
    "CBK-7, while the sheet is up",
    "CBK-7, when the start returns",
    "CBK-7, on the screen",
    "CBK-8",
    "ERR-1",
    "ERR-2",
    "ERR-3",
    "ERR-5",
    "TUT-1",
    "TUT-2",
    "OVR-1",
    "OVR-2",
    "OVR-4",
    "OVR-5",
    "OVR-7",
    "OVR-7, removed",
    "OVR-7, deleted",
    "MOV-2",
    "MOV-3",
    "MOV-4",
    "GEN-1, out of the move flow",
    "GEN-2",
    "GEN-3",
    "GEN-4",
    "GEN-5",
    "GEN-7",
    "GEN-8",
    "two spellings",
];
