//! The directory of a cache: what lies where, the lock, and moving databases out of the way.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// How many databases that could not be read are kept.
const KEPT_ASIDE: usize = 2;
const ASIDE: &str = "corrupt-";

pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("db")
    }

    fn erasing(&self) -> PathBuf {
        self.0.join("erasing")
    }

    /// Takes the lock, which lasts as long as the file stays open. The file is never removed:
    /// otherwise two instances could lock two files of the same name.
    pub(crate) fn lock(&self) -> Result<File, TryLockError> {
        fs::create_dir_all(&self.0).map_err(TryLockError::Error)?;
        let lock = File::create(self.0.join("lock")).map_err(TryLockError::Error)?;
        lock.try_lock()?;
        Ok(lock)
    }

    /// Puts the database aside, and removes the oldest of those that were put aside before.
    pub(crate) fn put_aside(&self) -> io::Result<()> {
        let mut numbers = self.numbers_aside()?;
        numbers.sort_unstable();
        let next = numbers.last().map_or(1, |last| last.saturating_add(1));
        fs::rename(self.database(), self.aside(next))?;
        numbers.push(next);
        let surplus = numbers.len().saturating_sub(KEPT_ASIDE);
        numbers[..surplus].iter().try_for_each(|number| remove(&self.aside(*number)))
    }

    /// Removes the database and all that were put aside. The rename makes it certain: once it is
    /// done, a crash leaves only work for [`Directory::finish_erasing`].
    pub(crate) fn erase(&self) -> io::Result<()> {
        match fs::rename(self.database(), self.erasing()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        for number in self.numbers_aside()? {
            remove(&self.aside(number))?;
        }
        remove(&self.erasing())
    }

    /// Ends an [`Directory::erase`] that was interrupted.
    pub(crate) fn finish_erasing(&self) -> io::Result<()> {
        if self.erasing().try_exists()? {
            self.erase()?;
        }
        Ok(())
    }

    fn aside(&self, number: u64) -> PathBuf {
        self.0.join(format!("{ASIDE}{number}"))
    }

    fn numbers_aside(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(ASIDE));
            numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        Ok(numbers)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes what was created, renamed and removed in this directory durable.
#[cfg(unix)]
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    // The empty path is what `Path::parent` calls the working directory.
    File::open(if path.as_os_str().is_empty() { Path::new(".") } else { path })?.sync_all()
}

/// Elsewhere a directory is no file that could be synced.
#[cfg(not(unix))]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
