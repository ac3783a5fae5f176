//! A vehicle that is forgotten, with a kill at any instant, or on a disk that refuses to erase (GEN-9).

use std::hint;

use digital_key_domain::VehicleRecord;
use digital_key_ports::CacheErrorKind;
use digital_key_testkit::values::vin;
use fastrand::Rng;

use crate::account::{Account, MAKE_FOLDER, RENAME, Refusal, file_holds};
use crate::app::Answer;
use crate::faults::can_inject;
use crate::plan::{Call, Script, VEHICLES};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, runtime};

/// The vehicle that is forgotten.
const FORGOTTEN: u16 = 0;

/// The number of turns of an empty loop that a forget takes, about.
const FORGET: u32 = 400_000;

/// Starts a process that forgets the vehicle. Returns it right before the call.
fn forget(account: &Account, below: &[String], suspended: bool) -> Process {
    let process = account.start(below, &Script::Forget { suspended });
    assert_eq!(process.answer(), Some(Answer::Done), "{below:?}");
    process.answer().unwrap();
    process.answer().unwrap();
    process
}

/// Returns the records of all vehicles in the cache of the process, which has ended.
fn records(account: &Account) -> Vec<Answer> {
    let mut app = account.reopen();
    (0..VEHICLES).map(|vehicle| runtime().block_on(app.call(&Call::Load(vehicle)))).collect()
}

fn empty() -> Answer {
    Answer::Record(format!("{:?}", VehicleRecord::default()))
}

/// Returns the records before a vehicle is forgotten.
fn records_before(account: &Account) -> Vec<Answer> {
    account.restore();
    let before = records(account);
    assert!(before.iter().all(|record| *record != empty()), "{before:?}");
    before
}

/// The vehicle is there as it was, or all of it is gone; after an answer it is gone. Other vehicles are
/// as they were.
fn check(account: &Account, before: &[Answer], answered: bool, what: &str) -> bool {
    let after = records(account);
    let (forgotten, others) = (&after[0], &after[1..]);
    assert_eq!(others, &before[1..], "{what}: another vehicle has changed");
    let is_gone = *forgotten == empty();
    if !is_gone {
        assert!(!answered, "{what}: the vehicle came back");
        assert_eq!(*forgotten, before[0], "{what}: a part of the vehicle is gone");
        return false;
    }
    let vin = [vin(FORGOTTEN).as_str().to_owned()];
    assert!(!file_holds(&account.cache(), &vin), "{what}: a file holds data of the vehicle");
    true
}

#[test]
fn gen_9_a_kill_inside_a_forget_leaves_the_whole_vehicle_or_no_part_of_it() {
    let _alone = alone();
    let kills = cases("DIGITAL_KEY_FORGETS", 24);
    let mut random = Rng::with_seed(SEED);
    let account = Account::new();
    let before = records_before(&account);
    let (mut erased, mut completed) = (0, 0);
    for kill in 0..kills {
        let process = forget(&account, &[], kill % 2 == 0);
        // Waits for a random time, up to that of a forget.
        for _ in 0..random.u32(0..FORGET) {
            hint::spin_loop();
        }
        let answered = !process.kill().is_empty();
        let is_gone = check(&account, &before, answered, &format!("kill {kill}"));
        erased += usize::from(answered);
        completed += usize::from(is_gone && !answered);
    }
    figure("kills inside a forget", kills);
    figure("kills inside a forget, erased before", erased);
    figure("kills inside a forget, erased by the next opening", completed);
    figure("kills inside a forget, a part was left or came back (at most 0)", 0);
}

/// A disk that refuses calls, and what becomes of the vehicle.
struct Case {
    what: &'static str,
    refusal: Refusal,
    /// Whether the vehicle is erased at once.
    erases: bool,
}

#[test]
fn gen_9_a_forget_that_the_disk_refuses_is_repeated_by_the_next_opening() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no I/O error can be injected here: {why}");
    }
    let account = Account::new();
    let before = records_before(&account);
    let entry = format!("witness/{}", vin(FORGOTTEN).as_str());
    let mark = format!("forgotten-{}", vin(FORGOTTEN).as_str());
    let cases = [
        Case {
            what: "the database is not replaced",
            refusal: Refusal::of(&[RENAME], &["db"]),
            erases: false,
        },
        Case {
            what: "the first mark is refused, and the database is not replaced",
            refusal: Refusal::of(&[RENAME, MAKE_FOLDER], &["db", "forgetting"]),
            erases: false,
        },
        Case {
            what: "only a folder can be made as the mark, and the database is not replaced",
            refusal: Refusal::of(&[RENAME, MAKE_FOLDER], &["db", "forgetting", &entry]),
            erases: false,
        },
        Case {
            what: "no mark can be made",
            refusal: Refusal::of(&[RENAME, MAKE_FOLDER], &["forgetting", &entry, &mark]),
            erases: true,
        },
    ];
    for case in cases {
        for suspended in [false, true] {
            let what = format!("{}, suspended: {suspended}", case.what);
            let command = case.refusal.command(&account.cache());
            let process = forget(&account, &command, suspended);
            let answer = process.answer().unwrap();
            process.kill();
            let unavailable = Answer::Error(CacheErrorKind::Unavailable);
            assert_eq!(answer, if case.erases { Answer::Done } else { unavailable }, "{what}");
            assert!(check(&account, &before, true, &what), "{what}");
        }
    }
}
