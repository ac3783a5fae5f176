//! Several processes at once: one of them has the cache, and the others find it busy.

use digital_key_ports::CacheErrorKind;
use tempfile::tempdir;

use crate::app::{Answer, App};
use crate::faults::can_inject;
use crate::plan::{Call, Script};
use crate::process::Process;
use crate::{alone, figure, runtime};

const PROCESSES: usize = 6;
const ROUNDS: usize = 3;

/// The first process has the cache until it ends, by itself or by a kill. Then the cache is free.
#[test]
fn only_one_of_many_processes_opens_the_cache() {
    let _alone = alone();
    let directory = tempdir().unwrap();
    for round in 1..=ROUNDS {
        let all: Vec<_> =
            (0..PROCESSES).map(|_| Process::start(&[], directory.path(), &Script::Hold)).collect();
        let busy = Answer::Error(CacheErrorKind::Busy);
        let answered: Vec<_> =
            all.into_iter().map(|process| (process.answer().unwrap(), process)).collect();
        let (refused, mut holders): (Vec<_>, Vec<_>) =
            answered.into_iter().partition(|(answer, _)| *answer == busy);
        assert_eq!(holders.len(), 1, "round {round}");
        let (answer, holder) = holders.remove(0);
        assert!(matches!(answer, Answer::Record(_)), "round {round}: {answer}");

        let mut late = App::new(directory.path());
        assert_eq!(runtime().block_on(late.call(&Call::Load(0))), busy);
        for (_, process) in refused {
            process.end().unwrap();
        }
        if round % 2 == 0 {
            holder.end().unwrap();
        } else {
            holder.kill();
        }
        let answer = runtime().block_on(late.call(&Call::TakeUse(0)));
        assert_eq!(answer, Answer::NoPassword, "round {round}");
    }
    figure("processes that found the cache busy", ROUNDS * PROCESSES);
}

/// A dropped cache is closed in the background. The next opening in the same process waits for that
/// and is not busy. Here its attempt to lock the file is slowed down, so that the closing may end
/// during the attempt.
#[test]
fn a_cache_that_was_just_dropped_can_be_opened() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no call can be slowed down here: {why}");
    }
    let directory = tempdir().unwrap();
    let lock_path = format!("--trace-path={}", directory.path().join("lock").display());
    let slow = ["--inject=flock:delay_exit=50000", &lock_path];
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null"].into_iter().chain(slow);
    let script = Script::Inspect([1; 3]);
    let strace: Vec<_> = strace.map(str::to_owned).collect();
    let process = Process::start(&strace, directory.path(), &script);
    for call in script.calls() {
        let answer = process.answer().unwrap();
        assert!(!matches!(answer, Answer::Error(_)), "{call:?}: {answer}");
    }
    process.end().unwrap();
}
