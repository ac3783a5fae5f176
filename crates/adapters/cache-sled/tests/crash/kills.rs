//! SIGKILL ends the process at any instant: while it opens, works, closes or erases.

use std::hint;

use digital_key_ports::CacheErrorKind;
use fastrand::Rng;
use tempfile::tempdir;

use crate::app::{Answer, App};
use crate::model::Model;
use crate::plan::{Call, Script, VEHICLES};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, runtime};

/// The next app finds each answered call of the last one. Of the call that was interrupted it finds
/// all or no part. It finds no loss, neither reported nor silent.
#[test]
fn gen_4_a_kill_at_any_instant_loses_no_answered_call_and_no_use() {
    let _alone = alone();
    let kills = cases("DIGITAL_KEY_KILLS", 30);
    let mut random = Rng::with_seed(SEED);
    let directory = tempdir().unwrap();
    let mut model = Model::new();
    for life in 0..kills {
        let script =
            Script::Life { seed: SEED, life: life as u64, calls: usize::MAX, accounts: true };
        let mut calls = script.calls();
        let mut check_answer = |model: &mut Model, answer: Answer| {
            let call = calls.next().unwrap();
            assert_ne!(answer, Answer::Error(CacheErrorKind::Unavailable), "life {life}: {call:?}");
            if let Err(wrong) = model.answered(&call, &answer) {
                panic!("life {life}: {call:?} was answered with {answer}: {wrong}");
            }
        };
        let process = Process::start(&[], directory.path(), &script);
        for _ in 0..random.usize(0..40) {
            let answer = process.answer().expect("the process ended before it was killed");
            check_answer(&mut model, answer);
        }
        // Waits for a random time, up to that of a few calls.
        for _ in 0..random.u32(0..300_000) {
            hint::spin_loop();
        }
        for answer in process.kill() {
            check_answer(&mut model, answer);
        }
        model.unanswered(&calls.next().unwrap());

        let mut app = App::for_account(directory.path(), model.account);
        let loads = (0..VEHICLES).map(Call::Load);
        let uses = [Call::TakeUse(random.u16(0..VEHICLES))];
        for call in loads.clone().chain(uses).chain([Call::Reopen]).chain(loads) {
            let answer = runtime().block_on(app.call(&call));
            if let Err(wrong) = model.answered(&call, &answer) {
                panic!("after life {life}: {call:?} was answered with {answer}: {wrong}");
            }
        }
    }
    assert!(model.granted > kills, "too few uses were granted for a result");
    figure("kills survived", kills);
    figure("uses acknowledged", model.granted);
    figure("uses lost (at most 0)", 0);
}
