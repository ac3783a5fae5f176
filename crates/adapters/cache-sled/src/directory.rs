//! The directory of a cache: its paths, its lock, and the moves of whole databases.
//!
//! The documentation of the crate lists the paths.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The number of unreadable databases that are kept.
const KEPT_ASIDE: usize = 2;
const ASIDE: &str = "corrupt-";

/// The directory of one cache.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the folder of the counter journal. Its name on disk is older than its name here.
    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join("witness")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("db")
    }

    /// Returns whether the database is missing although the journal exists, which only
    /// [`Directory::erase`] removes.
    pub(crate) fn has_lost_database(&self) -> io::Result<bool> {
        Ok(self.journal().try_exists()? && !self.database().try_exists()?)
    }

    /// Returns the path at which a new database is built, before it is put into place.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.0.join("unfinished")
    }

    /// Returns the path of the old database while a new one takes its place.
    fn replaced(&self) -> PathBuf {
        self.0.join("replaced")
    }

    /// Returns the path that marks an unfinished [`Directory::erase`].
    fn erasing(&self) -> PathBuf {
        self.0.join("erasing")
    }

    /// Takes the lock, which lasts while the file stays open.
    ///
    /// The file is never removed: otherwise two instances could lock two files of the same name.
    pub(crate) fn lock(&self) -> Result<File, TryLockError> {
        create_durably(&self.0).map_err(TryLockError::Error)?;
        let lock = File::create(self.0.join("lock")).map_err(TryLockError::Error)?;
        lock.try_lock()?;
        Ok(lock)
    }

    /// Puts the database aside, and removes the oldest databases that were put aside before.
    pub(crate) fn put_aside(&self) -> io::Result<()> {
        let mut numbers = self.numbers_aside()?;
        numbers.sort_unstable();
        let next = numbers.last().map_or(1, |last| last.saturating_add(1));
        fs::rename(self.database(), self.aside(next))?;
        sync_directory(&self.0)?;
        numbers.push(next);
        let surplus = numbers.len().saturating_sub(KEPT_ASIDE);
        numbers[..surplus].iter().try_for_each(|number| remove(&self.aside(*number)))
    }

    /// Removes the database, all databases that were put aside, and the journal.
    ///
    /// Once `erasing/` exists, a crash or a failure cannot stop the erasure:
    /// [`Directory::recover`] completes it. A rename creates `erasing/` without new space on the
    /// disk. If there is no database, or the rename fails, an empty `erasing/` has the same
    /// meaning.
    pub(crate) fn erase(&self) -> io::Result<()> {
        if !self.erasing().try_exists()? {
            match fs::rename(self.database(), self.erasing()) {
                Ok(()) => sync_directory(&self.0)?,
                Err(_) => self.request_erasing()?,
            }
        }
        for number in self.numbers_aside()? {
            remove(&self.aside(number))?;
        }
        for path in [self.database(), self.journal(), self.unfinished(), self.replaced()] {
            remove(&path)?;
        }
        sync_directory(&self.0)?;
        // The mark is removed last: while it exists, the erasure is unfinished.
        remove(&self.erasing())?;
        sync_directory(&self.0)
    }

    /// Marks the directory so that the next opening erases it before it reads. Needs no lock.
    pub(crate) fn request_erasing(&self) -> io::Result<()> {
        create_durably(&self.erasing())
    }

    /// Puts the database at [`Directory::unfinished`] into place. It must be complete and durable.
    pub(crate) fn put_into_place(&self) -> io::Result<()> {
        match fs::rename(self.database(), self.replaced()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::rename(self.unfinished(), self.database())?,
        }
        sync_directory(&self.0)?;
        remove(&self.replaced())
    }

    /// Completes what a crash has interrupted: erases the directory if that was started or
    /// requested, and removes a database that was not in place yet.
    pub(crate) fn recover(&self) -> io::Result<()> {
        if self.erasing().try_exists()? {
            self.erase()?;
        }
        if self.replaced().try_exists()? {
            if self.database().try_exists()? {
                remove(&self.replaced())?;
            } else {
                fs::rename(self.replaced(), self.database())?;
            }
        }
        remove(&self.unfinished())
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

/// Removes a file or a whole folder. A missing path is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a directory with its missing parents, durably.
fn create_durably(path: &Path) -> io::Result<()> {
    let missing: Vec<_> = path.ancestors().take_while(|path| !path.exists()).collect();
    fs::create_dir_all(path)?;
    missing.iter().filter_map(|path| path.parent()).try_for_each(sync_directory)
}

/// Makes all files and directories below a directory durable.
pub(crate) fn sync_tree(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            match OpenOptions::new().read(true).write(true).open(entry.path()) {
                Ok(file) => file.sync_all()?,
                // sled may have removed the file in the meantime.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    sync_directory(path)
}

/// Makes the entries of this directory durable: files that were created, renamed or removed.
#[cfg(unix)]
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    // `Path::parent` returns the empty path for the working directory.
    File::open(if path.as_os_str().is_empty() { Path::new(".") } else { path })?.sync_all()
}

/// Does nothing: on other systems a directory cannot be opened and synced.
#[cfg(not(unix))]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
