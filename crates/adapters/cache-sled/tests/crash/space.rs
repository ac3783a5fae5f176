//! The file system is full. The test mounts a small one of its own, so that the kernel returns
//! ENOSPC.
//!
//! `full_disk.rs` tests the limit for the size of files, which needs no rights.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use digital_key_ports::CacheErrorKind;
use tempfile::{TempDir, tempdir};

use crate::app::{Answer, App};
use crate::model::Model;
use crate::plan::{Call, Script};
use crate::{SEED, alone, figure, runtime};

/// The number of times that the file system fills up and has space again.
const ROUNDS: u64 = 6;
/// The most calls that can succeed on a full file system: the log may use the rest of its segment,
/// which has half a MiB.
const LAST_CALLS: usize = 10_000;

/// On a full file system calls are `Unavailable` and give out no password. With space again each
/// answered call is still in effect.
#[test]
fn rdy_4_a_full_file_system_loses_no_answered_call_and_no_use() {
    let _alone = alone();
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(why) => {
            println!("skipped: no small file system can be mounted here: {why}");
            return figure("times that a file system was full", "could not be made here");
        }
    };
    let cache = disk.path().join("cache");
    let mut app = App::new(&cache);
    let mut model = Model::new();
    let mut refused = 0;
    for round in 0..ROUNDS {
        let script = Script::Life { seed: SEED, life: round, calls: usize::MAX, accounts: false };
        // In every second round the cache stays open, so that a change finds no space, rather than
        // the next opening.
        let stays_open = round % 2 == 0;
        let closes = |call: &Call| call.erases() || matches!(call, Call::Suspend | Call::Reopen);
        let mut calls = script.calls().filter(|call| !stays_open || !closes(call));
        let mut make_call = |app: &mut App, model: &mut Model| {
            let call = calls.next().unwrap();
            let answer = runtime().block_on(app.call(&call));
            if let Err(wrong) = model.answered(&call, &answer) {
                panic!("round {round}: {call:?} was answered with {answer}: {wrong}");
            }
            answer
        };
        for _ in 0..20 {
            let answer = make_call(&mut app, &mut model);
            assert_ne!(
                answer,
                Answer::Error(CacheErrorKind::Unavailable),
                "the call failed although there is space"
            );
        }
        disk.fill();
        let unavailable = (0..LAST_CALLS)
            .filter(|_| {
                make_call(&mut app, &mut model) == Answer::Error(CacheErrorKind::Unavailable)
            })
            .take(10)
            .count();
        assert_eq!(unavailable, 10, "the file system is not full");
        refused += unavailable;
        disk.free();
        let newest = [0, 1, 2].map(|vehicle| model.vehicles[vehicle].newest());
        for call in Script::Inspect(newest).calls() {
            let answer = runtime().block_on(app.call(&call));
            let right = model.answered(&call, &answer);
            let works = answer != Answer::Error(CacheErrorKind::Unavailable);
            assert!(works && right.is_ok(), "then {call:?} was answered with {answer}: {right:?}");
        }
    }
    let loads = [0, 1, 2].map(Call::Load);
    drop(app);
    let mut app = App::new(&cache);
    for call in loads {
        model.answered(&call, &runtime().block_on(app.call(&call))).unwrap();
    }
    drop(app);
    figure("times that a file system was full", ROUNDS);
    figure("calls refused by a full file system", refused);
}

/// A file system in memory that is a few times as large as a cache.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Result<Self, String> {
        let directory = tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(directory.path())
            .output()
            .map_err(|error| format!("mount does not start: {error}"))?;
        if mounted.status.success() {
            return Ok(Self(directory));
        }
        Err(String::from_utf8_lossy(&mounted.stderr).trim().to_owned())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills the file system until no byte is left.
    fn fill(&self) {
        let mut filler = File::create(self.path().join("filler")).unwrap();
        for block in [64 * 1024, 1] {
            while filler.write_all(&vec![0xA5; block]).is_ok() {}
        }
    }

    /// Makes the space available again.
    fn free(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The lazy unmount also works if a failed test has left files open.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
