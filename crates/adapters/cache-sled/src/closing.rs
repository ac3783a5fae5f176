//! Closes caches in the background, since closing waits for the disk and an executor must not.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The longest time that an opening waits until the same directory is closed. Closing takes
/// milliseconds, unless the disk is slow.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The directories of this process that are being closed.
static DIRECTORIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static CLOSED: Condvar = Condvar::new();

/// Closes the cache of this directory on a thread of its own.
pub(crate) fn in_background(directory: &Path, close: impl FnOnce() + Send + 'static) {
    let directory = canonical(directory);
    directories().push(directory.clone());
    let guard = ClosingGuard(directory);
    // If no thread can be started, the closure is dropped here, and its drop closes the cache.
    let _ = thread::Builder::new().name("digital-key-close".into()).spawn(move || {
        close();
        drop(guard);
    });
}

/// Waits while a cache of this directory is being closed.
pub(crate) fn wait_for(directory: &Path) {
    let directory = canonical(directory);
    let closing = |directories: &mut Vec<PathBuf>| directories.contains(&directory);
    // After a timeout the caller finds the directory busy, so the result is not needed.
    drop(CLOSED.wait_timeout_while(directories(), TIMEOUT, closing));
}

/// Lists a directory as being closed until the guard is dropped.
struct ClosingGuard(PathBuf);

impl Drop for ClosingGuard {
    fn drop(&mut self) {
        let mut directories = directories();
        if let Some(at) = directories.iter().position(|directory| *directory == self.0) {
            directories.swap_remove(at);
        }
        CLOSED.notify_all();
    }
}

fn directories() -> MutexGuard<'static, Vec<PathBuf>> {
    // No code panics while it holds the lock, so a poisoned list is still whole.
    DIRECTORIES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn canonical(directory: &Path) -> PathBuf {
    directory.canonicalize().unwrap_or_else(|_| directory.to_owned())
}
