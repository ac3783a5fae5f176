//! Files of a closed cache are damaged at random places. [`crate::judge`] lists which answers are
//! wrong afterwards.
//!
//! The whole directory is never deleted: that is a new installation and not damage.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use tempfile::tempdir;

use crate::app::App;
use crate::files::files_in;
use crate::judge::{Judge, Outcome};
use crate::model::Model;
use crate::plan::{Call, Script};
use crate::{SEED, alone, cases, figure, restore, runtime};

/// The number of cases with the same cache.
const CASES_A_ROUND: usize = 20;

#[test]
fn gen_7_damage_is_reported_or_costs_uses_and_never_adds_one() {
    let _alone = alone();
    let directory = tempdir().unwrap();
    let (good, bad) = (directory.path().join("good"), directory.path().join("bad"));
    let mut random = Rng::with_seed(SEED);
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    let cases = cases("DIGITAL_KEY_DAMAGES", 60);
    for round in 0..cases.div_ceil(CASES_A_ROUND) {
        let model = filled(&good, round as u64);
        for case in round * CASES_A_ROUND..cases.min((round + 1) * CASES_A_ROUND) {
            restore(&good, &bad);
            let file = choose(&files_in(&bad), case).to_owned();
            let how = damage(&file, &mut random);
            let name = file.strip_prefix(&bad).unwrap().display();
            match inspect(&bad, &model) {
                Ok(outcome) => outcomes.push(outcome),
                Err(why) => wrong.push(format!("case {case}: {name} {how}: {why}")),
            }
        }
    }
    let count = |what| outcomes.iter().filter(|outcome| **outcome == what).count();
    figure("damaged files", cases);
    figure("damaged files, loss reported", count(Outcome::Reported));
    figure("damaged files, refused", count(Outcome::Refused));
    figure("damaged files, no data lost", count(Outcome::Whole));
    figure("damaged files, password used up", count(Outcome::UsedUp));
    figure("damaged files, older record", count(Outcome::Older));
    figure("damaged files, record gone without a report", count(Outcome::Gone));
    figure("damaged files, silently wrong (at most 0)", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Fills a new directory with a cache that has a history, and returns the model of it. Each vehicle
/// has one certain record, with a password that has one to three uses left. In every second round
/// the files are those of an open cache, as a killed app leaves them.
fn filled(directory: &Path, round: u64) -> Model {
    let live = tempdir().unwrap();
    let mut model = Model::new();
    let mut app = App::new(live.path());
    let life = Script::Life { seed: SEED, life: round, calls: 120, accounts: false };
    let life = life.calls().filter(|call| !call.erases());
    let generation = (round + 1) * 10_000 - 1;
    let last = [0, 1, 2].map(|vehicle| Call::StorePassword(vehicle, generation));
    let uses = [0, 1, 1, 2, 2].map(Call::TakeUse);
    let loads = [0, 1, 2].map(Call::Load);
    for call in life.chain(last).chain(uses).chain(loads) {
        let answer = runtime().block_on(app.call(&call));
        model.answered(&call, &answer).unwrap();
    }
    if round.is_multiple_of(2) {
        // Closes the cache.
        app = App::new(live.path());
    }
    restore(live.path(), directory);
    drop(app);
    model
}

/// Chooses the log of sled, which holds the records, in every second case, and the other files in
/// turn.
fn choose(files: &[PathBuf], case: usize) -> &Path {
    let log = files.iter().find(|file| file.ends_with("db/db"));
    log.filter(|_| case.is_multiple_of(2)).unwrap_or(&files[case / 2 % files.len()])
}

/// Damages a file in a random way, and returns a description.
fn damage(file: &Path, random: &mut Rng) -> String {
    let mut bytes = fs::read(file).unwrap();
    let length = bytes.len();
    // Most of sled's file is zero; only the bytes before that matter.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let way = random.u8(0..9);
    if used == 0 || way == 8 {
        let folder = file.parent().unwrap();
        if random.bool() && file.file_name().is_some_and(|name| name != "lock") {
            fs::remove_dir_all(folder).unwrap();
            return "is deleted with its folder".to_owned();
        }
        fs::remove_file(file).unwrap();
        return "is deleted".to_owned();
    }
    let place = |random: &mut Rng| random.usize(0..used);
    let description = match way {
        0..3 => {
            let at = place(random);
            bytes[at] ^= 1 << random.u8(0..8);
            format!("has a bit flipped at {at} of {length}")
        }
        3 => {
            let at = place(random);
            bytes[at..used.min(at + 64)].iter_mut().for_each(|byte| *byte = random.u8(..));
            format!("has garbage at {at} of {length}")
        }
        4 | 5 => {
            let zeroed = zeroed(random, used);
            bytes[zeroed.clone()].fill(0);
            format!("has zeros at {zeroed:?} of {length}")
        }
        6 => {
            bytes.truncate(place(random));
            format!("is cut off at {} of {length}", bytes.len())
        }
        _ => {
            // The newest log entries are at the end.
            let at = used - 1 - random.usize(0..used.min(600));
            bytes[at] ^= 1 << random.u8(0..8);
            format!("has a bit flipped at {at} of {length}, near its end")
        }
    };
    fs::write(file, bytes).unwrap();
    description
}

/// Chooses the range that is zeroed: a block of the disk, or a few bytes.
fn zeroed(random: &mut Rng, used: usize) -> Range<usize> {
    let at = random.usize(0..used);
    if random.bool() {
        let block = at / 4096 * 4096;
        block..used.min(block + 4096)
    } else {
        at..used.min(at + random.usize(1..64))
    }
}

/// Runs an app on a damaged cache, and returns the outcome.
fn inspect(directory: &Path, model: &Model) -> Result<Outcome, String> {
    let mut judge = Judge::new(model);
    judge.watch(&[], directory, 0)?;
    judge.must_work()?;
    Ok(judge.outcome)
}
