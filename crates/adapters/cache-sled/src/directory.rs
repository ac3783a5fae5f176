//! The directory of a cache: its paths, its lock, and the moves of whole databases.
//!
//! The documentation of the crate lists the paths.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use digital_key_domain::Vin;

/// The number of unreadable databases that are kept.
const KEPT_ASIDE: usize = 2;
const ASIDE: &str = "corrupt-";
const FORGOTTEN: &str = "forgotten-";
/// The content of the lock file, and its content while an erasure is requested or unfinished. The file
/// exists already and has this length, so that the mark needs neither a new entry nor new space.
const UNMARKED: &[u8] = b"-";
const MARKED: &[u8] = b"E";

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

    /// Returns the path that notes a requested [`Directory::erase`].
    fn requested(&self) -> PathBuf {
        self.0.join("erase-requested")
    }

    /// Takes the lock, which lasts while the file stays open.
    ///
    /// The file is never removed: otherwise two instances could lock two files of the same name.
    pub(crate) fn lock(&self) -> Result<File, TryLockError> {
        create_durably(&self.0).map_err(TryLockError::Error)?;
        let mut lock = self.lock_file().map_err(TryLockError::Error)?;
        lock.try_lock()?;
        if lock.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            // Without this the lock file can hold no mark on a full disk; there are other marks.
            let _ = lock.write_all(UNMARKED);
        }
        Ok(lock)
    }

    fn lock_file(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).open(self.0.join("lock"))
    }

    /// Returns the account that the cache belongs to, as it was stored.
    pub(crate) fn owner(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join("account")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Stores the account that the cache belongs to, durably.
    pub(crate) fn set_owner(&self, owner: &[u8]) -> io::Result<()> {
        let unfinished = self.0.join("account-new");
        let mut file = File::create(&unfinished)?;
        file.write_all(owner)?;
        file.sync_all()?;
        fs::rename(unfinished, self.0.join("account"))?;
        sync_directory(&self.0)
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

    /// Removes the database, all databases that were put aside, the journal, and the account.
    ///
    /// The directory is marked first. While a mark exists, a crash or a failure cannot stop the erasure:
    /// [`Directory::recover`] completes it. A disk that refuses one way may allow another, so that each
    /// mark and each way to lose a file is tried, and a failure does not keep the rest from being
    /// erased.
    pub(crate) fn erase(&self) -> io::Result<()> {
        // Without a mark of its own the removal may still succeed; a request is then the only mark.
        let request_is_mark = self.mark().is_err();
        let mut paths = vec![self.database(), self.journal(), self.unfinished(), self.replaced()];
        paths.push(self.forgetting());
        let forgotten = self.forgotten();
        paths.extend(forgotten.iter().flatten().map(|vin| self.forgotten_vehicle(*vin)));
        if !request_is_mark {
            // A request that comes after its removal here stays for the next erasure.
            paths.insert(0, self.requested());
        }
        paths.extend(["account", "account-new"].map(|name| self.0.join(name)));
        let aside = self.numbers_aside();
        paths.extend(aside.iter().flatten().map(|number| self.aside(*number)));
        let results: Vec<_> = paths.iter().map(|path| lose(path)).collect();
        let listed = aside.map(drop).and(forgotten.map(drop));
        let lost = results.into_iter().collect::<io::Result<()>>().and(listed);
        // The mark stays. As a renamed database it has content.
        lost.inspect_err(|_| empty(&self.erasing()))?;
        sync_directory(&self.0)?;
        // The marks are removed last: while one exists, the erasure is unfinished.
        lose(&self.erasing())?;
        if request_is_mark {
            lose(&self.requested())?;
        }
        self.mark_lock_file(UNMARKED)?;
        sync_directory(&self.0)
    }

    /// Marks the directory durably, so that the next opening erases it before it reads.
    ///
    /// A rename of the database needs no new space on the disk. If there is no database, or the disk
    /// refuses, an empty folder or the content of the lock file has the same meaning.
    fn mark(&self) -> io::Result<()> {
        if self.erasing().is_dir() {
            return Ok(());
        }
        fs::rename(self.database(), self.erasing())
            .or_else(|_| fs::create_dir(self.erasing()))
            .and_then(|()| sync_directory(&self.0))
            .or_else(|_| self.mark_lock_file(MARKED))
    }

    /// Requests the erasure of the directory by the next opening. Needs no lock and does not wait for
    /// the disk: the mark survives a kill of the process.
    pub(crate) fn request_erasing(&self) -> io::Result<()> {
        match fs::create_dir(self.requested()) {
            Err(_) if self.requested().exists() => Ok(()),
            // Without a directory there is no data.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) => self.lock_file()?.write_all(MARKED),
            Ok(()) => Ok(()),
        }
    }

    fn mark_lock_file(&self, mark: &[u8]) -> io::Result<()> {
        let mut lock = self.lock_file()?;
        let mut content = Vec::new();
        (&mut lock).take(UNMARKED.len() as u64).read_to_end(&mut content)?;
        if content == mark {
            return Ok(());
        }
        lock.rewind()?;
        lock.write_all(mark)?;
        lock.sync_all()
    }

    /// Returns whether an erasure was requested, or was begun and not completed.
    fn is_marked(&self) -> io::Result<bool> {
        let mut content = Vec::new();
        self.lock_file()?.take(MARKED.len() as u64).read_to_end(&mut content)?;
        Ok(content == MARKED || self.erasing().try_exists()? || self.requested().try_exists()?)
    }

    /// Returns the folder with the marks of vehicles that have to be erased.
    fn forgetting(&self) -> PathBuf {
        self.0.join("forgetting")
    }

    /// Returns the path that marks one vehicle where [`Directory::forgetting`] cannot hold its mark.
    fn forgotten_vehicle(&self, vin: Vin) -> PathBuf {
        self.0.join(format!("{FORGOTTEN}{}", vin.as_str()))
    }

    /// Marks a vehicle so that the next opening erases it before it reads (GEN-9). Needs no lock.
    ///
    /// If the disk refuses the mark, the vehicle's journal entry, which has to be erased anyway, becomes
    /// the mark: a rename needs no new space. At last an empty folder is tried.
    pub(crate) fn mark_forgotten(&self, vin: Vin) -> io::Result<()> {
        let mark = self.forgotten_vehicle(vin);
        self.mark_in_folder(vin).or_else(|_| {
            fs::rename(self.journal().join(vin.as_str()), &mark)
                .or_else(|_| fs::create_dir(&mark))
                .or_else(|error| if mark.exists() { Ok(()) } else { Err(error) })?;
            sync_directory(&self.0)
        })
    }

    fn mark_in_folder(&self, vin: Vin) -> io::Result<()> {
        create_durably(&self.forgetting())?;
        File::create(self.forgetting().join(vin.as_str()))?.sync_all()?;
        sync_directory(&self.forgetting())
    }

    /// Returns the vehicles that are marked.
    pub(crate) fn forgotten(&self) -> io::Result<BTreeSet<Vin>> {
        let mut vins = names_in(&self.0)?
            .iter()
            .filter_map(|name| name.strip_prefix(FORGOTTEN)?.parse().ok())
            .collect::<BTreeSet<Vin>>();
        if self.forgetting().is_dir() {
            let names = names_in(&self.forgetting())?;
            vins.extend(names.iter().filter_map(|name| name.parse::<Vin>().ok()));
        }
        Ok(vins)
    }

    /// Removes the journal entries of these vehicles, the databases that were put aside, which may
    /// hold them, and at last the marks.
    pub(crate) fn remove_forgotten(&self, vins: &BTreeSet<Vin>) -> io::Result<()> {
        for number in self.numbers_aside()? {
            remove(&self.aside(number))?;
        }
        vins.iter().try_for_each(|vin| remove(&self.journal().join(vin.as_str())))?;
        if self.journal().is_dir() {
            sync_directory(&self.journal())?;
        }
        sync_directory(&self.0)?;
        remove(&self.forgetting())?;
        vins.iter().try_for_each(|vin| remove(&self.forgotten_vehicle(*vin)))?;
        sync_directory(&self.0)
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
        if self.is_marked()? {
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
        let names = names_in(&self.0)?;
        Ok(names.iter().filter_map(|name| name.strip_prefix(ASIDE)?.parse().ok()).collect())
    }
}

/// Returns the names in a folder. A name that is no text is none of ours.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// Removes a file or a whole folder. A missing path is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a file or a whole folder. If the disk refuses that, empties the files; the error of the
/// removal is returned, since their names are left.
fn lose(path: &Path) -> io::Result<()> {
    remove(path).inspect_err(|_| empty(path))
}

/// Takes the content of a file, or of all files in a folder.
fn empty(path: &Path) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            empty(&entry.path());
        }
    } else if let Ok(mut file) = OpenOptions::new().write(true).open(path) {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        // The caller has the error of the removal already.
        if file.set_len(0).is_err() {
            let _ = io::copy(&mut io::repeat(0).take(length), &mut file);
        }
        let _ = file.sync_all();
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
