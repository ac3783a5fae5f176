//! Several processes at once: one has the cache, for the others it is busy.

use tempfile::tempdir;

use crate::app::{Answer, App, Failure};
use crate::faults::can_inject;
use crate::plan::{Call, Script};
use crate::process::Process;
use crate::{alone, figure, runtime};

const PROCESSES: usize = 6;
const ROUNDS: usize = 3;

/// Whoever comes first has the cache until it ends, however it ends; then it is free.
#[test]
fn only_one_of_many_processes_opens_the_cache() {
    let _alone = alone();
    let directory = tempdir().unwrap();
    for round in 1..=ROUNDS {
        let all: Vec<_> =
            (0..PROCESSES).map(|_| Process::start(&[], directory.path(), &Script::Hold)).collect();
        let busy = Answer::Failed(Failure::Busy);
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

/// A cache that is dropped is closed in the background; the next opening in the same process waits
/// for that, and is not busy. It learns slowly here that the lock was taken, so that the closing
/// may be over by then.
#[test]
fn a_cache_that_was_just_dropped_can_be_opened() {
    let _alone = alone();
    if let Err(why) = can_inject() {
        return println!("skipped: no call can be slowed down here: {why}");
    }
    let directory = tempdir().unwrap();
    let of_the_lock = format!("--trace-path={}", directory.path().join("lock").display());
    let slow = ["--inject=flock:delay_exit=50000", &of_the_lock];
    let strace = ["strace", "-f", "-qq", "-o", "/dev/null"].into_iter().chain(slow);
    let script = Script::Inspect([1; 3]);
    let strace: Vec<_> = strace.map(str::to_owned).collect();
    let process = Process::start(&strace, directory.path(), &script);
    for call in script.calls() {
        let answer = process.answer().unwrap();
        assert!(!matches!(answer, Answer::Failed(_)), "{call:?}: {answer}");
    }
    process.end().unwrap();
}
