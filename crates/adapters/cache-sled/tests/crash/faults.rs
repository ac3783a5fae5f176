//! A system call fails with EIO: the n-th call of one kind on one file, or the n-th call of any
//! kind on any file of the cache and all calls after it.
//!
//! strace injects the error. It counts the calls of each thread separately, and the cache has a
//! blocking thread, one thread for each use of a password, and the threads of sled. A case may
//! therefore have several errors. It has none if sled distributes its work over other threads than
//! when the calls were counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::slice;

use digital_key_ports::CacheErrorKind;
use tempfile::{TempDir, tempdir};

use crate::app::{Answer, App};
use crate::judge::{Judge, Outcome};
use crate::model::Model;
use crate::plan::{Call, Script};
use crate::process::Process;
use crate::{SEED, alone, cases, figure, restore, runtime};

/// The system calls that change files.
const CHANGES: &str = "write,pwrite64,fsync,fdatasync,sync_file_range,ftruncate,rename,renameat,\
                       renameat2,openat,unlink,unlinkat,mkdir";
/// The system calls that read files.
const READS: &str = "read,pread64";

/// The point at which an error is injected.
#[derive(Debug)]
struct Point {
    /// The system call, or several of them.
    calls: String,
    nth: usize,
    /// `None` = all files, and also all later calls.
    file: Option<String>,
}

/// A change that fails loses no data: the call of the cache is `Unavailable`, and was carried out
/// or not. It gives out no password. After the errors the cache works again.
#[test]
fn rdy_4_an_io_error_at_any_change_loses_no_answered_call_and_no_use() {
    let script = Script::Life { seed: SEED, life: 1, calls: 25, accounts: false };
    every_error("changes", CHANGES, &script, |harness, model, strace| {
        let mut model = model.clone();
        let process = Process::start(strace, &harness.cache, &script);
        for call in script.calls() {
            let Some(answer) = process.answer() else { break };
            check_answer(&mut model, &call, &answer)?;
        }
        process.end()?;

        let mut app = App::new(&harness.cache);
        let newest = [0, 1, 2].map(|vehicle| model.vehicles[vehicle].newest());
        for call in Script::Inspect(newest).calls() {
            let answer = runtime().block_on(app.call(&call));
            check_answer(&mut model, &call, &answer).map_err(|why| format!("afterwards {why}"))?;
            if answer == Answer::Error(CacheErrorKind::Unavailable) {
                return Err(format!("{call:?} failed although the errors are over"));
            }
        }
        Ok(Outcome::Whole)
    });
}

/// sled takes a part of its log that it cannot read for damaged and cuts it off, so the answers are
/// judged as after damage.
#[test]
fn gen_7_an_io_error_at_any_read_is_reported_or_costs_uses_and_never_adds_one() {
    every_error("reads", READS, &Script::Inspect([1_000; 3]), |harness, model, strace| {
        let mut judge = Judge::new(model);
        judge.watch(strace, &harness.cache, 0)?;
        judge.watch(&[], &harness.cache, 1).map_err(|why| format!("afterwards {why}"))?;
        judge.must_work()?;
        Ok(judge.outcome)
    });
}

fn is_loss(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Whole | Outcome::UsedUp | Outcome::Refused => false,
        Outcome::Older | Outcome::Gone | Outcome::Reported => true,
    }
}

fn check_answer(model: &mut Model, call: &Call, answer: &Answer) -> Result<(), String> {
    model
        .answered(call, answer)
        .map_err(|why| format!("{call:?} was answered with {answer}: {why}"))
}

/// Runs a case for each point that the script reaches, or for a sample of the points.
fn every_error(
    what: &str,
    calls: &str,
    script: &Script,
    run_case: impl Fn(&Harness, &Model, &[String]) -> Result<Outcome, String>,
) {
    let _alone = alone();
    if let Err(why) = can_inject() {
        println!("skipped: no I/O error can be injected here: {why}");
        return figure(&format!("I/O errors injected into {what}"), "none, not possible here");
    }
    let harness = Harness::new();
    let model = filled(&harness.base);
    let (points, files) = harness.count(calls, script);
    let wanted = cases("DIGITAL_KEY_FAULTS", 12).min(points.len());
    let (mut injected, mut not_reached, mut lost, mut wrong) = (0, 0, 0, Vec::new());
    for point in (0..wanted).map(|number| &points[number * points.len() / wanted]) {
        restore(&harness.base, &harness.cache);
        let result = run_case(&harness, &model, &harness.injecting(point, &files));
        let errors = harness.trace().matches("(INJECTED)").count();
        injected += errors;
        not_reached += usize::from(errors == 0);
        match result {
            Ok(outcome) => lost += usize::from(is_loss(outcome)),
            Err(why) => wrong.push(format!("{point:?}: {why}")),
        }
    }
    figure(&format!("I/O error cases in {what}"), wanted);
    figure(&format!("I/O errors injected into {what}"), injected);
    figure(&format!("I/O error cases in {what}, call not reached"), not_reached);
    figure(&format!("I/O error cases in {what}, data lost"), lost);
    figure(&format!("I/O error cases in {what}, wrong (at most 0)"), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(injected > 0, "strace injected nothing");
}

/// Returns an error unless strace is installed and may trace.
pub(crate) fn can_inject() -> Result<(), String> {
    let tried = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=1", "true"])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("strace does not start: {error}"))?;
    let stderr = String::from_utf8_lossy(&tried.stderr);
    if tried.status.success() { Ok(()) } else { Err(format!("strace does not trace: {stderr}")) }
}

/// Fills a cache with the calls of an earlier life, closes it, and returns its model.
fn filled(directory: &Path) -> Model {
    let mut model = Model::new();
    let mut app = App::new(directory);
    let life = Script::Life { seed: SEED, life: 0, calls: 60, accounts: false };
    for call in life.calls().filter(|call| !call.erases()) {
        let answer = runtime().block_on(app.call(&call));
        model.answered(&call, &answer).unwrap();
    }
    model
}

/// The directories of the cases, and the trace of the last one.
struct Harness {
    /// A cache from which each case starts.
    base: PathBuf,
    cache: PathBuf,
    trace: PathBuf,
    _directory: TempDir,
}

impl Harness {
    fn new() -> Self {
        let directory = tempdir().unwrap();
        let [base, cache, trace] =
            ["base", "cache", "trace"].map(|name| directory.path().join(name));
        Self { base, cache, trace, _directory: directory }
    }

    /// Returns a command of strace with these options.
    fn strace(&self, options: impl IntoIterator<Item = String>) -> Vec<String> {
        let trace = self.trace.to_str().unwrap();
        let strace = ["strace", "-f", "-qq", "-o", trace].map(str::to_owned);
        strace.into_iter().chain(options).collect()
    }

    /// Returns a command of strace that injects an error at a point.
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

    /// Returns what strace has recorded.
    fn trace(&self) -> String {
        fs::read_to_string(&self.trace).unwrap()
    }

    /// Returns the points at which an error can be injected, and the files that the calls name.
    fn count(&self, calls: &str, script: &Script) -> (Vec<Point>, Vec<String>) {
        restore(&self.base, &self.cache);
        let strace = self.strace(["--decode-fds".to_owned(), format!("--trace={calls}")]);
        let process = Process::start(&strace, &self.cache, script);
        process.end().unwrap();
        let cache = self.cache.to_str().unwrap();
        // The number of calls of each kind on each file, for each thread.
        let mut counts: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
        let trace = self.trace();
        // strace prints a call that another thread interrupts on two lines; the second is skipped.
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
