//! A sign-out, followed by a kill at once, or on a disk that refuses to erase.

use std::fs;
use std::hint;
use std::path::{Path, PathBuf};

use digital_key_domain::VehicleRecord;
use digital_key_ports::CacheErrorKind;
use digital_key_testkit::values::{key, vin};
use fastrand::Rng;
use tempfile::{TempDir, tempdir};

use crate::app::{Answer, App};
use crate::faults::can_inject;
use crate::files::files_in;
use crate::plan::{Call, Script, VEHICLES, password};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, restore, runtime};

/// The account that is stored.
const ACCOUNT: u8 = 0;

/// A cache with an account, and a copy of it for each case.
struct Account {
    directory: TempDir,
}

impl Account {
    /// Stores an account with a key and a password that was used, and closes the cache.
    fn new() -> Self {
        let directory = tempdir().unwrap();
        let base = directory.path().join("base");
        let mut app = App::for_account(&base, Some(ACCOUNT));
        for call in Script::Account.calls() {
            let answer = runtime().block_on(app.call(&call));
            assert!(!matches!(answer, Answer::Error(_)), "{call:?}: {answer}");
        }
        drop(app);
        assert!(holds_account(&base), "the files hold no account");
        Self { directory }
    }

    /// Copies the cache, and signs out in a process of its own. Returns the copy and the process, which
    /// has requested the erasure.
    fn sign_out(&self, below: &[String], suspended: bool) -> Process {
        restore(&self.directory.path().join("base"), &self.cache());
        let process = Process::start(below, &self.cache(), &Script::SignOut { suspended });
        assert_eq!(process.answer(), Some(Answer::Done), "{below:?}");
        let record = process.answer().unwrap();
        let empty = format!("{:?}", VehicleRecord::default());
        assert!(matches!(&record, Answer::Record(text) if *text != empty), "{record}");
        process.answer().unwrap();
        assert_eq!(process.answer(), Some(Answer::Done));
        process
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    /// The next app is opened for the same account, so that only the sign-out can have erased.
    fn assert_gone(&self, what: &str) {
        let mut app = App::for_account(&self.cache(), Some(ACCOUNT));
        let empty = Answer::Record(format!("{:?}", VehicleRecord::default()));
        for vehicle in 0..VEHICLES {
            let mut answer = |call| runtime().block_on(app.call(&call));
            assert_eq!(answer(Call::Load(vehicle)), empty, "{what}");
            assert_eq!(answer(Call::TakeUse(vehicle)), Answer::NoPassword, "{what}");
        }
        drop(app);
        assert!(!holds_account(&self.cache()), "{what}: a file holds data of the account");
    }
}

/// The process is killed at any instant once it has requested the erasure.
#[test]
fn gen_5_a_kill_right_after_a_sign_out_brings_no_fact_back() {
    let _alone = alone();
    let kills = cases("DIGITAL_KEY_SIGN_OUTS", 24);
    let mut random = Rng::with_seed(SEED);
    let account = Account::new();
    let mut answered = 0;
    for kill in 0..kills {
        let suspended = kill % 4 != 0;
        let process = account.sign_out(&[], suspended);
        if kill % 6 == 0 {
            assert_eq!(process.answer(), Some(Answer::Done));
            assert!(!holds_account(&account.cache()), "a file holds data of the account");
        }
        // Waits for a random time, up to that of an erasure.
        for _ in 0..random.u32(0..200_000) {
            hint::spin_loop();
        }
        answered += process.kill().len();
        account.assert_gone(&format!("kill {kill}"));
    }
    figure("kills right after a sign-out", kills);
    figure("kills right after a sign-out, erased before", answered);
    figure("kills right after a sign-out, a fact came back (at most 0)", 0);
}

/// What the disk refuses to a sign-out: these calls of the system on these paths of the cache.
struct Refusal {
    what: &'static str,
    calls: &'static [&'static str],
    paths: &'static [&'static str],
    /// Whether the sign-out can erase anyway.
    erases: bool,
    /// Whether the files keep their content until the next opening.
    keeps_content: bool,
}

const RENAME: &str = "rename,renameat,renameat2";
const REMOVE: &str = "unlink,unlinkat,rmdir";
/// sled makes the folder of the database anew at each opening, and so may learn that it exists.
const MAKE_FOLDER: &str = "mkdir,mkdirat";
const EMPTY: &str = "ftruncate,write";

#[test]
fn gen_5_a_sign_out_that_the_disk_refuses_is_repeated_by_the_next_opening() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no I/O error can be injected here: {why}");
    }
    let account = Account::new();
    let refusals = [
        Refusal {
            what: "the database is neither renamed nor removed",
            calls: &[RENAME, REMOVE],
            paths: &["db"],
            erases: false,
            keeps_content: false,
        },
        Refusal {
            what: "the database is neither renamed nor removed nor emptied",
            calls: &[RENAME, REMOVE, EMPTY],
            paths: &["db", "db/db"],
            erases: false,
            keeps_content: true,
        },
        Refusal {
            what: "no mark beside the lock file can be made",
            calls: &[RENAME, MAKE_FOLDER],
            paths: &["db", "erasing", "erase-requested"],
            erases: true,
            keeps_content: false,
        },
        Refusal {
            what: "only the lock file can be marked, and the database is only emptied",
            calls: &[RENAME, REMOVE, MAKE_FOLDER],
            paths: &["db", "erasing", "erase-requested"],
            erases: false,
            keeps_content: false,
        },
        Refusal {
            what: "only the lock file can be marked",
            calls: &[RENAME, REMOVE, MAKE_FOLDER, EMPTY],
            paths: &["db", "db/db", "erasing", "erase-requested"],
            erases: false,
            keeps_content: true,
        },
        Refusal {
            what: "the journal is not removed",
            calls: &[REMOVE],
            paths: &["witness"],
            erases: false,
            keeps_content: false,
        },
        Refusal {
            what: "no call works but the removal of the account's name",
            calls: &[RENAME, REMOVE, MAKE_FOLDER, EMPTY],
            paths: &["db", "db/db", "erasing", "erase-requested", "lock"],
            erases: false,
            keeps_content: true,
        },
    ];
    for refusal in refusals {
        for suspended in [false, true] {
            let what = format!("{}, suspended: {suspended}", refusal.what);
            let process = account.sign_out(&refusing(&refusal, &account.cache()), suspended);
            let answer = process.answer().unwrap();
            process.kill();
            let unavailable = Answer::Error(CacheErrorKind::Unavailable);
            // An open cache needs a new database, which the disk refuses, too.
            let erases = refusal.erases && suspended;
            assert_eq!(answer, if erases { Answer::Done } else { unavailable }, "{what}");
            assert_eq!(holds_content(&account.cache()), refusal.keeps_content, "{what}");
            account.assert_gone(&what);
        }
    }
}

/// Returns a command of strace below which the disk refuses these calls.
fn refusing(refusal: &Refusal, cache: &Path) -> Vec<String> {
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null"].map(str::to_owned);
    let inject = refusal.calls.iter().map(|calls| {
        let error = if *calls == MAKE_FOLDER { "EEXIST" } else { "EIO" };
        format!("--inject={calls}:error={error}")
    });
    let paths = refusal.paths.iter().map(|path| cache.join(path));
    let paths = paths.map(|path| format!("--trace-path={}", path.display()));
    strace.into_iter().chain(inject).chain(paths).collect()
}

/// Returns whether a file or its name holds data of the account.
fn holds_account(cache: &Path) -> bool {
    let in_name = |path: &PathBuf| holds(path.to_string_lossy().as_bytes());
    holds_content(cache) || files_in(cache).iter().any(in_name)
}

/// Returns whether the content of a file holds data of the account.
fn holds_content(cache: &Path) -> bool {
    files_in(cache).iter().any(|path| holds(&fs::read(path).unwrap()))
}

fn holds(bytes: &[u8]) -> bool {
    let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    contains(key(0).as_str())
        || (0..VEHICLES).any(|vehicle| contains(password(vehicle, 1).expose()))
        || (0..VEHICLES).any(|vehicle| contains(vin(vehicle).as_str()))
}
