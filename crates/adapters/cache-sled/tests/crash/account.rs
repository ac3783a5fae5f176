//! The cache of an account that signs out or forgets a vehicle, and a disk that refuses to erase it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

use crate::app::{Answer, App};
use crate::files::files_in;
use crate::plan::Script;
use crate::process::Process;
use crate::{restore, runtime};

/// The account that is stored.
const ACCOUNT: u8 = 0;

/// A cache with an account, and a copy of it for each case.
pub(crate) struct Account {
    directory: TempDir,
}

impl Account {
    /// Stores an account with keys and passwords that were used, and closes the cache.
    pub(crate) fn new() -> Self {
        let directory = tempdir().unwrap();
        let mut app = App::for_account(&directory.path().join("base"), Some(ACCOUNT));
        for call in Script::Account.calls() {
            let answer = runtime().block_on(app.call(&call));
            assert!(!matches!(answer, Answer::Error(_)), "{call:?}: {answer}");
        }
        drop(app);
        Self { directory }
    }

    /// Makes the copy anew.
    pub(crate) fn restore(&self) {
        restore(&self.base(), &self.cache());
    }

    /// Makes the copy anew, and starts a script on it in a process of its own.
    pub(crate) fn start(&self, below: &[String], script: &Script) -> Process {
        self.restore();
        Process::start(below, &self.cache(), script)
    }

    /// Opens the copy for the same account, so that only what the process did can have erased.
    pub(crate) fn reopen(&self) -> App {
        App::for_account(&self.cache(), Some(ACCOUNT))
    }

    /// Returns the path of the cache that is copied.
    pub(crate) fn base(&self) -> PathBuf {
        self.directory.path().join("base")
    }

    /// Returns the path of the copy.
    pub(crate) fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }
}

/// What the disk refuses: these calls of the system on these paths of the cache.
pub(crate) struct Refusal {
    calls: &'static [&'static str],
    paths: Vec<String>,
}

pub(crate) const RENAME: &str = "rename,renameat,renameat2";
pub(crate) const REMOVE: &str = "unlink,unlinkat,rmdir";
/// sled makes the folder of the database anew at each opening, and so may learn that it exists.
pub(crate) const MAKE_FOLDER: &str = "mkdir,mkdirat";
pub(crate) const EMPTY: &str = "ftruncate,write";

impl Refusal {
    pub(crate) fn of(calls: &'static [&'static str], paths: &[&str]) -> Self {
        Self { calls, paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    /// Returns a command of strace below which the disk refuses these calls.
    pub(crate) fn command(&self, cache: &Path) -> Vec<String> {
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null"].map(str::to_owned);
        let inject = self.calls.iter().map(|calls| {
            let error = if *calls == MAKE_FOLDER { "EEXIST" } else { "EIO" };
            format!("--inject={calls}:error={error}")
        });
        let paths = self.paths.iter().map(|path| cache.join(path));
        let paths = paths.map(|path| format!("--trace-path={}", path.display()));
        strace.into_iter().chain(inject).chain(paths).collect()
    }
}

/// Returns whether the content of a file holds one of these texts.
pub(crate) fn content_holds(cache: &Path, texts: &[String]) -> bool {
    files_in(cache).iter().any(|path| holds(&fs::read(path).unwrap(), texts))
}

/// Returns whether a file, or its name, holds one of these texts.
pub(crate) fn file_holds(cache: &Path, texts: &[String]) -> bool {
    let in_name = |path: &PathBuf| {
        let below = path.strip_prefix(cache).unwrap_or(path);
        holds(below.to_string_lossy().as_bytes(), texts)
    };
    content_holds(cache, texts) || files_in(cache).iter().any(in_name)
}

fn holds(bytes: &[u8], texts: &[String]) -> bool {
    let contains =
        |text: &String| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    texts.iter().any(contains)
}
