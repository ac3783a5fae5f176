//! The process is killed by SIGKILL at any instant: while it opens, works, closes or erases.

use std::hint;

use fastrand::Rng;
use tempfile::tempdir;

use crate::app::{Answer, App, Failure};
use crate::model::Model;
use crate::plan::{Call, Script, VEHICLES};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, runtime};

/// What is answered to the next app is what was answered to the last one, or that and the one call
/// that was cut off. Nothing is lost, told or untold.
#[test]
fn gen_4_a_kill_at_any_instant_loses_no_answered_call_and_no_use() {
    let _alone = alone();
    let kills = cases("DIGITAL_KEY_KILLS", 30);
    let mut random = Rng::with_seed(SEED);
    let directory = tempdir().unwrap();
    let mut model = Model::new();
    for life in 0..kills {
        let script = Script::Life { seed: SEED, life: life as u64, calls: usize::MAX };
        let mut calls = script.calls();
        let mut take_in = |model: &mut Model, answer: Answer| {
            let call = calls.next().unwrap();
            assert_ne!(answer, Answer::Failed(Failure::Unavailable), "life {life}: {call:?}");
            if let Err(wrong) = model.answered(&call, &answer) {
                panic!("life {life}: {call:?} was answered with {answer}: {wrong}");
            }
        };
        let process = Process::start(&[], directory.path(), &script);
        for _ in 0..random.usize(0..40) {
            let answer = process.answer().expect("it has no end but the kill");
            take_in(&mut model, answer);
        }
        // From nothing to the time of some calls.
        for _ in 0..random.u32(0..300_000) {
            hint::spin_loop();
        }
        for answer in process.kill() {
            take_in(&mut model, answer);
        }
        model.unanswered(&calls.next().unwrap());

        let mut app = App::new(directory.path());
        let looks = (0..VEHICLES).map(Call::Load);
        let uses = [Call::TakeUse(random.u16(0..VEHICLES))];
        for call in looks.clone().chain(uses).chain([Call::Reopen]).chain(looks) {
            let answer = runtime().block_on(app.call(&call));
            if let Err(wrong) = model.answered(&call, &answer) {
                panic!("after life {life}: {call:?} was answered with {answer}: {wrong}");
            }
        }
    }
    assert!(model.granted > kills, "too few uses were taken to say anything");
    figure("kills survived", kills);
    figure("uses acknowledged", model.granted);
    figure("uses lost (at most 0)", 0);
}
