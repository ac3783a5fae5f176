//! A source that keeps the data key in a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use digital_key_ports::Cause;
use zeroize::Zeroizing;

use super::{DataKey, DataKeySource};
use crate::directory::sync_directory;

/// A source with the key in a file that only its owner may read (mode 600), for the command line,
/// where there is no keychain.
///
/// The file is created on first use. Keep it outside the cache's directory, so that a copy of the
/// directory does not contain the key. A file that others may open is refused. On systems without
/// such modes, the folder has to be private.
#[derive(Debug, Clone)]
pub struct FileKey {
    path: PathBuf,
}

impl FileKey {
    /// Returns the source for this file, whose folder must exist.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned() }
    }

    /// Returns the source for the file beside this directory, with the directory's name and `.key`.
    #[must_use]
    pub fn beside(directory: impl AsRef<Path>) -> Self {
        // The absolute path has a last component even for `.`.
        let directory = directory.as_ref();
        let mut path = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".key");
        path.set_file_name(name);
        Self { path }
    }

    /// Creates the file, unless another process has done so in the meantime.
    ///
    /// The process that holds the lock on the unfinished file creates it. The rename makes the file
    /// appear complete or not at all.
    fn create(&self) -> Result<(), Cause> {
        let mut unfinished = self.path.clone().into_os_string();
        unfinished.push(".new");
        let mut file = options().write(true).create(true).truncate(false).open(&unfinished)?;
        file.lock()?;
        if self.path.try_exists()? {
            return Ok(());
        }
        file.set_len(0)?;
        file.write_all(DataKey::generate()?.expose())?;
        file.sync_all()?;
        fs::rename(unfinished, &self.path)?;
        Ok(sync_directory(self.path.parent().unwrap_or(Path::new("")))?)
    }
}

impl DataKeySource for FileKey {
    fn data_key(&self) -> Result<DataKey, Cause> {
        if !self.path.try_exists()? {
            self.create()?;
        }
        let file = File::open(&self.path)?;
        refuse_others(&file)?;
        // Reads one byte more than a key has, to detect a longer file.
        let mut bytes = Zeroizing::new(Vec::with_capacity(DataKey::LENGTH + 1));
        file.take(DataKey::LENGTH as u64 + 1).read_to_end(&mut bytes)?;
        DataKey::try_from(&bytes[..])
    }
}

/// Returns options that create a file for its owner alone.
#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    OpenOptions::new()
}

/// Returns an error if others may open the file.
#[cfg(unix)]
fn refuse_others(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    if file.metadata()?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "others may open the file of the data key; restrict it to its owner (chmod 600)",
    ))
}

#[cfg(not(unix))]
fn refuse_others(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_created_once_and_stays_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let source = FileKey::new(&path);
                std::thread::spawn(move || *source.data_key().unwrap().expose())
            })
            .collect();
        let made = fs::read(&path).ok();
        for caller in callers {
            let key = caller.join().unwrap();
            assert_eq!(fs::read(&path).unwrap(), key, "two callers got different keys");
            assert!(made.as_ref().is_none_or(|made| *made == key));
        }
        let left: Vec<_> = fs::read_dir(&directory).unwrap().map(|it| it.unwrap()).collect();
        assert!(left.iter().any(|entry| entry.path() == path), "{left:?}");
    }

    #[test]
    fn a_file_of_another_length_is_an_error_and_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        for bytes in [&b""[..], &[1; 31], &[1; 33]] {
            options().write(true).create(true).truncate(true).open(&path).unwrap();
            fs::write(&path, bytes).unwrap();
            assert!(FileKey::new(&path).data_key().is_err(), "{}", bytes.len());
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        assert!(FileKey::new(directory.path().join("no folder/key")).data_key().is_err());
    }

    #[cfg(unix)]
    #[test]
    fn gen_6_only_its_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let source = FileKey::new(&path);
        source.data_key().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = source.data_key().unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{mode:o}: {error}");
        }
    }
}
