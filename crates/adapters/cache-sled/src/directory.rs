//! The directory of a cache: what lies where, the lock, and moving databases out of the way.

use std::fs::{self, File, OpenOptions, TryLockError};
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

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn witness(&self) -> PathBuf {
        self.0.join("witness")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("db")
    }

    /// Whether the database is gone and nobody may know: its witness outlives it, but no erasing.
    pub(crate) fn has_lost_database(&self) -> io::Result<bool> {
        Ok(self.witness().try_exists()? && !self.database().try_exists()?)
    }

    /// Where a database is made, before it is put into place.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.0.join("unfinished")
    }

    /// Where the database is while another one takes its place.
    fn replaced(&self) -> PathBuf {
        self.0.join("replaced")
    }

    fn erasing(&self) -> PathBuf {
        self.0.join("erasing")
    }

    /// Takes the lock, which lasts as long as the file stays open. The file is never removed:
    /// otherwise two instances could lock two files of the same name.
    pub(crate) fn lock(&self) -> Result<File, TryLockError> {
        create_durably(&self.0).map_err(TryLockError::Error)?;
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
        sync_directory(&self.0)?;
        numbers.push(next);
        let surplus = numbers.len().saturating_sub(KEPT_ASIDE);
        numbers[..surplus].iter().try_for_each(|number| remove(&self.aside(*number)))
    }

    /// Removes the database, all that were put aside, and the witness.
    ///
    /// `erasing/` makes it certain: once it exists, a crash or a failure leaves only work for
    /// [`Directory::finish`]. The rename brings it without new space on the disk; where there is no
    /// database, or the rename fails, an empty `erasing/` means the same.
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
        for path in [self.database(), self.witness(), self.unfinished(), self.replaced()] {
            remove(&path)?;
        }
        sync_directory(&self.0)?;
        // It goes last: as long as it is there, the erasing is unfinished.
        remove(&self.erasing())?;
        sync_directory(&self.0)
    }

    /// Makes the next opening erase the directory before it reads anything. It needs no lock.
    pub(crate) fn request_erasing(&self) -> io::Result<()> {
        create_durably(&self.erasing())
    }

    /// Puts the database at [`Directory::unfinished`], which is whole and durable, into place.
    pub(crate) fn put_into_place(&self) -> io::Result<()> {
        match fs::rename(self.database(), self.replaced()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::rename(self.unfinished(), self.database())?,
        }
        sync_directory(&self.0)?;
        remove(&self.replaced())
    }

    /// Ends what a crash has interrupted: an [`Directory::erase`] that was begun or requested is
    /// carried out, and a database that was not in place yet is taken away.
    pub(crate) fn finish(&self) -> io::Result<()> {
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

pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a directory that stays there.
fn create_durably(path: &Path) -> io::Result<()> {
    let missing: Vec<_> = path.ancestors().take_while(|path| !path.exists()).collect();
    fs::create_dir_all(path)?;
    missing.iter().filter_map(|path| path.parent()).try_for_each(sync_directory)
}

/// Makes everything below a directory durable: every file, and what is in each directory.
pub(crate) fn sync_everything(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_everything(&entry.path())?;
        } else {
            match OpenOptions::new().read(true).write(true).open(entry.path()) {
                Ok(file) => file.sync_all()?,
                // sled clears up behind itself.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    sync_directory(path)
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
