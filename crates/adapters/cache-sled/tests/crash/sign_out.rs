//! A sign-out while the cache is suspended, followed by a kill right after its answer.

use std::fs;
use std::path::Path;

use digital_key_domain::VehicleRecord;
use digital_key_ports::CacheErrorKind;
use digital_key_testkit::values::{key, vin};
use tempfile::tempdir;

use crate::app::{Answer, App};
use crate::faults::can_inject;
use crate::files::files_in;
use crate::plan::{Script, VEHICLES, password};
use crate::process::Process;
use crate::{alone, runtime};

#[test]
fn gen_5_a_sign_out_in_suspension_outlives_a_kill() {
    let _alone = alone();
    let directory = tempdir().unwrap();
    let cache = directory.path();
    fill(cache);
    assert!(holds_account(cache), "the files hold no account");
    assert_eq!(sign_out_and_kill(&[], cache), Answer::Done);
    assert!(!holds_account(cache), "a file holds data of the account");
    assert_next_app_finds_no_account(cache);
}

/// The disk refuses to rename or remove the files of the database, so the sign-out returns an
/// error. The next opening erases before it reads.
#[test]
fn gen_5_a_sign_out_that_the_disk_refuses_is_repeated_by_the_next_opening() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no I/O error can be injected here: {why}");
    }
    let directory = tempdir().unwrap();
    let cache = directory.path();
    fill(cache);
    let database = format!("--trace-path={}", cache.join("db").display());
    let refuse = "--inject=rename,renameat,renameat2,unlink,unlinkat,rmdir:error=EIO";
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", refuse, &database].map(str::to_owned);
    assert_eq!(sign_out_and_kill(&strace, cache), Answer::Error(CacheErrorKind::Unavailable));
    assert!(holds_account(cache), "the files are gone although the disk refused");
    assert_next_app_finds_no_account(cache);
}

/// Stores an account with a key and a password that was used, and closes the cache.
fn fill(cache: &Path) {
    let mut app = App::new(cache);
    for call in Script::Account.calls() {
        let answer = runtime().block_on(app.call(&call));
        assert!(!matches!(answer, Answer::Error(_)), "{call:?}: {answer}");
    }
    drop(app);
}

/// Starts a process that suspends its cache and signs out, and kills it as soon as it has printed
/// the answer. Returns that answer.
fn sign_out_and_kill(below: &[String], cache: &Path) -> Answer {
    let process = Process::start(below, cache, &Script::SignOut);
    let opened = process.answer().unwrap();
    assert!(matches!(opened, Answer::Record(_)), "{opened}");
    let answer = process.answer().unwrap();
    process.kill();
    answer
}

fn assert_next_app_finds_no_account(cache: &Path) {
    let process = Process::start(&[], cache, &Script::Inspect([0; VEHICLES as usize]));
    // The first call opens the cache again, the next one loads the first vehicle.
    assert_eq!(process.answer(), Some(Answer::Done));
    let empty = format!("{:?}", VehicleRecord::default());
    assert_eq!(process.answer(), Some(Answer::Record(empty)));
    assert_eq!(process.answer(), Some(Answer::NoPassword));
    drop(process);
}

/// Returns whether a file or its name holds data of the account.
fn holds_account(cache: &Path) -> bool {
    let vehicles: Vec<_> = (0..VEHICLES).map(vin).collect();
    files_in(cache).iter().any(|path| {
        let mut bytes = fs::read(path).unwrap();
        bytes.extend(path.to_string_lossy().as_bytes());
        let contains =
            |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        contains(key(0).as_str())
            || (0..VEHICLES).any(|vehicle| contains(password(vehicle, 1).expose()))
            || vehicles.iter().any(|vin| contains(vin.as_str()))
    })
}
