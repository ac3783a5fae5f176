//! A sign-out, followed by a kill at once, or on a disk that refuses to erase.

use std::hint;
use std::path::Path;

use digital_key_domain::VehicleRecord;
use digital_key_ports::CacheErrorKind;
use digital_key_testkit::values::{key, vin};
use fastrand::Rng;

use crate::account::{
    Account, EMPTY, MAKE_FOLDER, REMOVE, RENAME, Refusal, content_holds, file_holds,
};
use crate::app::Answer;
use crate::faults::can_inject;
use crate::plan::{Call, Script, VEHICLES, password};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, runtime};

/// Signs out in a process of its own. Returns the process, which has requested the erasure.
fn sign_out(account: &Account, below: &[String], suspended: bool) -> Process {
    let process = account.start(below, &Script::SignOut { suspended });
    assert_eq!(process.answer(), Some(Answer::Done), "{below:?}");
    let record = process.answer().unwrap();
    let empty = format!("{:?}", VehicleRecord::default());
    assert!(matches!(&record, Answer::Record(text) if *text != empty), "{record}");
    process.answer().unwrap();
    assert_eq!(process.answer(), Some(Answer::Done));
    process
}

fn assert_gone(account: &Account, what: &str) {
    let mut app = account.reopen();
    let empty = Answer::Record(format!("{:?}", VehicleRecord::default()));
    for vehicle in 0..VEHICLES {
        let mut answer = |call| runtime().block_on(app.call(&call));
        assert_eq!(answer(Call::Load(vehicle)), empty, "{what}");
        assert_eq!(answer(Call::TakeUse(vehicle)), Answer::NoPassword, "{what}");
    }
    drop(app);
    assert!(!holds_account(&account.cache()), "{what}: a file holds data of the account");
}

/// The process is killed at any instant once it has requested the erasure.
#[test]
fn gen_5_a_kill_right_after_a_sign_out_brings_no_fact_back() {
    let _alone = alone();
    let kills = cases("DIGITAL_KEY_SIGN_OUTS", 24);
    let mut random = Rng::with_seed(SEED);
    let account = Account::new();
    assert!(holds_account(&account.base()), "the files hold no account");
    let mut answered = 0;
    for kill in 0..kills {
        let suspended = kill % 4 != 0;
        let process = sign_out(&account, &[], suspended);
        if kill % 6 == 0 {
            assert_eq!(process.answer(), Some(Answer::Done));
            assert!(!holds_account(&account.cache()), "a file holds data of the account");
        }
        // Waits for a random time, up to that of an erasure.
        for _ in 0..random.u32(0..200_000) {
            hint::spin_loop();
        }
        answered += process.kill().len();
        assert_gone(&account, &format!("kill {kill}"));
    }
    figure("kills right after a sign-out", kills);
    figure("kills right after a sign-out, erased before", answered);
    figure("kills right after a sign-out, a fact came back (at most 0)", 0);
}

/// A disk that refuses calls, and what the sign-out can do.
struct Case {
    what: &'static str,
    refusal: Refusal,
    /// Whether the sign-out can erase anyway.
    erases: bool,
    /// Whether the files keep their content until the next opening.
    keeps_content: bool,
}

#[test]
fn gen_5_a_sign_out_that_the_disk_refuses_is_repeated_by_the_next_opening() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no I/O error can be injected here: {why}");
    }
    let account = Account::new();
    let cases = [
        Case {
            what: "the database is neither renamed nor removed",
            refusal: Refusal::of(&[RENAME, REMOVE], &["db"]),
            erases: false,
            keeps_content: false,
        },
        Case {
            what: "the database is neither renamed nor removed nor emptied",
            refusal: Refusal::of(&[RENAME, REMOVE, EMPTY], &["db", "db/db"]),
            erases: false,
            keeps_content: true,
        },
        Case {
            what: "no mark beside the lock file can be made",
            refusal: Refusal::of(&[RENAME, MAKE_FOLDER], &["db", "erasing", "erase-requested"]),
            erases: true,
            keeps_content: false,
        },
        Case {
            what: "only the lock file can be marked, and the database is only emptied",
            refusal: Refusal::of(
                &[RENAME, REMOVE, MAKE_FOLDER],
                &["db", "erasing", "erase-requested"],
            ),
            erases: false,
            keeps_content: false,
        },
        Case {
            what: "only the lock file can be marked",
            refusal: Refusal::of(
                &[RENAME, REMOVE, MAKE_FOLDER, EMPTY],
                &["db", "db/db", "erasing", "erase-requested"],
            ),
            erases: false,
            keeps_content: true,
        },
        Case {
            what: "the journal is not removed",
            refusal: Refusal::of(&[REMOVE], &["witness"]),
            erases: false,
            keeps_content: false,
        },
        Case {
            what: "no call works but the removal of the account's name",
            refusal: Refusal::of(
                &[RENAME, REMOVE, MAKE_FOLDER, EMPTY],
                &["db", "db/db", "erasing", "erase-requested", "lock"],
            ),
            erases: false,
            keeps_content: true,
        },
    ];
    for case in cases {
        for suspended in [false, true] {
            let what = format!("{}, suspended: {suspended}", case.what);
            let process = sign_out(&account, &case.refusal.command(&account.cache()), suspended);
            let answer = process.answer().unwrap();
            process.kill();
            let unavailable = Answer::Error(CacheErrorKind::Unavailable);
            // An open cache needs a new database, which the disk refuses, too.
            let erases = case.erases && suspended;
            assert_eq!(answer, if erases { Answer::Done } else { unavailable }, "{what}");
            assert_eq!(content_holds(&account.cache(), &texts()), case.keeps_content, "{what}");
            assert_gone(&account, &what);
        }
    }
}

/// Returns the texts that show the account in a file.
fn texts() -> Vec<String> {
    let passwords = (0..VEHICLES).map(|vehicle| password(vehicle, 1).expose().to_owned());
    let vins = (0..VEHICLES).map(|vehicle| vin(vehicle).as_str().to_owned());
    passwords.chain(vins).chain([key(0).as_str().to_owned()]).collect()
}

fn holds_account(cache: &Path) -> bool {
    file_holds(cache, &texts())
}
