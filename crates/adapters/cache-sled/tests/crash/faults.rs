//! A call of the system fails with EIO: the n-th of its kind on one file, or the n-th of any kind
//! on any file of the cache and all after it.
//!
//! strace injects the error, and counts the calls of each thread for itself: the blocking thread
//! of the cache is one, each use of a password has one, and sled has some. So "the n-th" is the
//! n-th of every thread, there may be several errors in a case, and there may be none when sled
//! gives its work to other threads than it did when the calls were counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::slice;

use tempfile::{TempDir, tempdir};

use crate::app::{Answer, App, Failure};
use crate::judge::{Judge, Seen};
use crate::model::Model;
use crate::plan::{Call, Script};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, restore, runtime};

/// The calls that change something.
const CHANGES: &str = "write,pwrite64,fsync,fdatasync,sync_file_range,ftruncate,rename,renameat,\
                       renameat2,openat,unlink,unlinkat,mkdir";
const READS: &str = "read,pread64";

/// Where an error is injected.
#[derive(Debug)]
struct Point {
    /// The call, or the calls.
    calls: String,
    nth: usize,
    /// `None` = on all files, and for good.
    file: Option<String>,
}

/// A change that fails loses nothing: the call of the cache is `Unavailable`, and was carried out
/// or not. It gives out no password, and once the errors are over the cache works on.
#[test]
fn rdy_4_an_io_error_at_any_change_loses_no_answered_call_and_no_use() {
    let script = Script::Life { seed: SEED, life: 1, calls: 25 };
    every_error("changes", CHANGES, &script, |place, model, strace| {
        let mut model = model.clone();
        let process = Process::start(strace, &place.cache, &script);
        for call in script.calls() {
            let Some(answer) = process.answer() else { break };
            take_in(&mut model, &call, &answer)?;
        }
        process.end()?;

        let mut app = App::new(&place.cache);
        let newest = [0, 1, 2].map(|vehicle| model.vehicles[vehicle].newest());
        for call in Script::Inspect(newest).calls() {
            let answer = runtime().block_on(app.call(&call));
            take_in(&mut model, &call, &answer).map_err(|why| format!("later {why}"))?;
            if answer == Answer::Failed(Failure::Unavailable) {
                return Err(format!("{call:?} failed although the errors are over"));
            }
        }
        Ok(Seen::Whole)
    });
}

/// What sled cannot read it takes for damaged, and cuts off; so this is judged like damage.
#[test]
fn gen_7_an_io_error_at_any_read_is_told_or_used_up_and_never_a_fresh_use() {
    every_error("reads", READS, &Script::Inspect([1_000; 3]), |place, model, strace| {
        let mut judge = Judge::new(model);
        judge.watch(strace, &place.cache, 0)?;
        judge.watch(&[], &place.cache, 1).map_err(|why| format!("later {why}"))?;
        judge.must_work()?;
        Ok(judge.seen)
    });
}

fn is_loss(seen: Seen) -> bool {
    match seen {
        Seen::Whole | Seen::UsedUp | Seen::Refused => false,
        Seen::Older | Seen::Gone | Seen::Reported => true,
    }
}

fn take_in(model: &mut Model, call: &Call, answer: &Answer) -> Result<(), String> {
    model
        .answered(call, answer)
        .map_err(|why| format!("{call:?} was answered with {answer}: {why}"))
}

/// Makes a case of each point that the script passes by, or of a sample of them.
fn every_error(
    what: &str,
    calls: &str,
    script: &Script,
    make: impl Fn(&Place, &Model, &[String]) -> Result<Seen, String>,
) {
    let _alone = alone();
    if let Err(why) = can_inject() {
        println!("skipped: no I/O error can be injected here: {why}");
        return figure(&format!("I/O errors injected into {what}"), "none, not possible here");
    }
    let place = Place::new();
    let model = filled(&place.base);
    let (points, files) = place.count(calls, script);
    let wanted = cases("DIGITAL_KEY_FAULTS", 12).min(points.len());
    let (mut injected, mut not_made, mut lost, mut wrong) = (0, 0, 0, Vec::new());
    for point in (0..wanted).map(|number| &points[number * points.len() / wanted]) {
        restore(&place.base, &place.cache);
        let outcome = make(&place, &model, &place.injecting(point, &files));
        let errors = place.trace().matches("(INJECTED)").count();
        injected += errors;
        not_made += usize::from(errors == 0);
        match outcome {
            Ok(seen) => lost += usize::from(is_loss(seen)),
            Err(why) => wrong.push(format!("{point:?}: {why}")),
        }
    }
    figure(&format!("I/O error cases in {what}"), wanted);
    figure(&format!("I/O errors injected into {what}"), injected);
    figure(&format!("I/O error cases in {what}, call not reached"), not_made);
    figure(&format!("I/O error cases in {what}, something lost"), lost);
    figure(&format!("I/O error cases in {what}, wrong (at most 0)"), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(injected > 0, "strace injected nothing");
}

/// Whether there is a strace, and it may trace.
pub(crate) fn can_inject() -> Result<(), String> {
    let tried = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=1", "true"])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("strace does not start: {error}"))?;
    let said = String::from_utf8_lossy(&tried.stderr);
    if tried.status.success() { Ok(()) } else { Err(format!("strace does not trace: {said}")) }
}

/// A closed cache from an earlier life.
fn filled(directory: &Path) -> Model {
    let mut model = Model::new();
    let mut app = App::new(directory);
    let life = Script::Life { seed: SEED, life: 0, calls: 60 };
    for call in life.calls().filter(|call| !call.erases()) {
        let answer = runtime().block_on(app.call(&call));
        model.answered(&call, &answer).unwrap();
    }
    model
}

struct Place {
    base: PathBuf,
    cache: PathBuf,
    trace: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempdir().unwrap();
        let [base, cache, trace] =
            ["base", "cache", "trace"].map(|name| directory.path().join(name));
        Self { base, cache, trace, _directory: directory }
    }

    fn strace(&self, options: impl IntoIterator<Item = String>) -> Vec<String> {
        let trace = self.trace.to_str().unwrap();
        let strace = ["strace", "-f", "-qq", "-o", trace].map(str::to_owned);
        strace.into_iter().chain(options).collect()
    }

    fn injecting(&self, Point { calls, nth, file }: &Point, files: &[String]) -> Vec<String> {
        let (files, and_after) = match file {
            Some(file) => (slice::from_ref(file), ""),
            None => (files, "+"),
        };
        let trace = format!("--trace={calls}");
        let inject = format!("--inject={calls}:error=EIO:when={nth}{and_after}");
        let files = files.iter().map(|file| format!("--trace-path={file}"));
        self.strace([trace, inject].into_iter().chain(files))
    }

    fn trace(&self) -> String {
        fs::read_to_string(&self.trace).unwrap()
    }

    /// The points at which an error can be injected, and the files that the calls speak of.
    fn count(&self, calls: &str, script: &Script) -> (Vec<Point>, Vec<String>) {
        restore(&self.base, &self.cache);
        let strace = self.strace(["--decode-fds".to_owned(), format!("--trace={calls}")]);
        let process = Process::start(&strace, &self.cache, script);
        process.end().unwrap();
        let cache = self.cache.to_str().unwrap();
        // How many of a call each thread makes on a file.
        let mut counts: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
        let trace = self.trace();
        // The second half of a call that another thread interrupts in the trace counts no more.
        let begun = |line: &&str| line.contains(cache) && !line.contains("<... ");
        for line in trace.lines().filter(begun) {
            let (thread, rest) = line.split_once(' ').unwrap();
            let call = rest.trim_start().split('(').next().unwrap();
            let path = |(at, _): (usize, &str)| line[at..].split(['"', '>']).next();
            let files: BTreeSet<_> = line.match_indices(cache).filter_map(path).collect();
            for file in files {
                *counts.entry((call, file)).or_default().entry(thread).or_default() += 1;
            }
        }
        let mut points = Vec::new();
        let mut most = 0;
        for ((call, file), threads) in &counts {
            let number = threads.values().copied().max().unwrap_or(0);
            most = most.max(number);
            points.extend((1..=number).map(|nth| Point {
                calls: (*call).to_owned(),
                nth,
                file: Some((*file).to_owned()),
            }));
        }
        let for_good = |nth| Point { calls: calls.to_owned(), nth, file: None };
        points.extend((1..=most).map(for_good));
        let files: BTreeSet<_> = counts.into_keys().map(|(_, file)| file.to_owned()).collect();
        (points, files.into_iter().collect())
    }
}
