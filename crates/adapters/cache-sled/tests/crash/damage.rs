//! Files of a closed cache are damaged at places drawn from the seed; [`crate::judge`] says what is
//! silently wrong then.
//!
//! Deleting everything, the directory included, is a new installation and no damage.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use tempfile::tempdir;

use crate::app::App;
use crate::files::files_in;
use crate::judge::{Judge, Seen};
use crate::model::Model;
use crate::plan::{Call, Script};
use crate::{SEED, alone, cases, figure, restore, runtime};

/// After this many cases there is another cache to damage.
const CASES_A_ROUND: usize = 20;

#[test]
fn gen_7_damage_is_told_or_used_up_and_never_a_fresh_use() {
    let _alone = alone();
    let directory = tempdir().unwrap();
    let (good, bad) = (directory.path().join("good"), directory.path().join("bad"));
    let mut random = Rng::with_seed(SEED);
    let mut seen = Vec::new();
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
                Ok(end) => seen.push(end),
                Err(why) => wrong.push(format!("case {case}: {name} {how}: {why}")),
            }
        }
    }
    let count = |what| seen.iter().filter(|seen| **seen == what).count();
    figure("damaged files", cases);
    figure("damaged files, loss reported", count(Seen::Reported));
    figure("damaged files, refused", count(Seen::Refused));
    figure("damaged files, nothing lost", count(Seen::Whole));
    figure("damaged files, password used up", count(Seen::UsedUp));
    figure("damaged files, older record", count(Seen::Older));
    figure("damaged files, record gone untold", count(Seen::Gone));
    figure("damaged files, silently wrong (at most 0)", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A new directory with a cache that has some history and nothing uncertain; each vehicle has a
/// password with one to three uses left. In every second round it is what a killed app leaves.
fn filled(directory: &Path, round: u64) -> Model {
    let live = tempdir().unwrap();
    let mut model = Model::new();
    let mut app = App::new(live.path());
    let life = Script::Life { seed: SEED, life: round, calls: 120 };
    let life = life.calls().filter(|call| !call.erases());
    let generation = (round + 1) * 10_000 - 1;
    let last = [0, 1, 2].map(|vehicle| Call::StorePassword(vehicle, generation));
    let uses = [0, 1, 1, 2, 2].map(Call::TakeUse);
    let looks = [0, 1, 2].map(Call::Load);
    for call in life.chain(last).chain(uses).chain(looks) {
        let answer = runtime().block_on(app.call(&call));
        model.answered(&call, &answer).unwrap();
    }
    if round.is_multiple_of(2) {
        // That closes the cache.
        app = App::new(live.path());
    }
    restore(live.path(), directory);
    drop(app);
    model
}

/// Every second time the log of sled, which holds the records; else one file after the other.
fn choose(files: &[PathBuf], case: usize) -> &Path {
    let log = files.iter().find(|file| file.ends_with("db/db"));
    log.filter(|_| case.is_multiple_of(2)).unwrap_or(&files[case / 2 % files.len()])
}

/// Damages a file in one way of several, and says how.
fn damage(file: &Path, random: &mut Rng) -> String {
    let mut bytes = fs::read(file).unwrap();
    let length = bytes.len();
    // sled's file is empty for the most part, and what counts lies before its end.
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
    let said = match way {
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
            // The newest entries lie at the end.
            let at = used - 1 - random.usize(0..used.min(600));
            bytes[at] ^= 1 << random.u8(0..8);
            format!("has a bit flipped at {at} of {length}, near its end")
        }
    };
    fs::write(file, bytes).unwrap();
    said
}

/// A block of a disk, or some bytes.
fn zeroed(random: &mut Rng, used: usize) -> Range<usize> {
    let at = random.usize(0..used);
    if random.bool() {
        let block = at / 4096 * 4096;
        block..used.min(block + 4096)
    } else {
        at..used.min(at + random.usize(1..64))
    }
}

/// Lets an app look at a damaged cache, and tells what was seen.
fn inspect(directory: &Path, model: &Model) -> Result<Seen, String> {
    let mut judge = Judge::new(model);
    judge.watch(&[], directory, 0)?;
    judge.must_work()?;
    Ok(judge.seen)
}
