//! Closing caches in the background: it waits for the disk, and an executor must not.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How long an opening waits for the closing of the same directory at most: milliseconds, unless
/// the disk is slow.
const PATIENCE: Duration = Duration::from_secs(10);

/// The directories whose caches are being closed in this process.
static DIRECTORIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static CLOSED: Condvar = Condvar::new();

/// Closes the cache of this directory on a thread of its own.
pub(crate) fn in_background(directory: &Path, close: impl FnOnce() + Send + 'static) {
    let directory = canonical(directory);
    directories().push(directory.clone());
    let under_way = UnderWay(directory);
    // Without a thread to be had, the closure is dropped here, and what it owns is closed by that.
    let _ = thread::Builder::new().name("digital-key-close".into()).spawn(move || {
        close();
        drop(under_way);
    });
}

/// Waits while a cache of this directory is being closed.
pub(crate) fn wait_for(directory: &Path) {
    let directory = canonical(directory);
    let closing = |directories: &mut Vec<PathBuf>| directories.contains(&directory);
    // Who waited for too long finds the directory busy.
    drop(CLOSED.wait_timeout_while(directories(), PATIENCE, closing));
}

/// A closing that ends when this is dropped.
struct UnderWay(PathBuf);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut directories = directories();
        if let Some(at) = directories.iter().position(|directory| *directory == self.0) {
            directories.swap_remove(at);
        }
        CLOSED.notify_all();
    }
}

fn directories() -> MutexGuard<'static, Vec<PathBuf>> {
    // Nothing panics while it is held.
    DIRECTORIES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn canonical(directory: &Path) -> PathBuf {
    directory.canonicalize().unwrap_or_else(|_| directory.to_owned())
}
