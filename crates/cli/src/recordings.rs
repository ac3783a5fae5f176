//! The flight recordings of the app that this program runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use digital_key::App;
use digital_key_recording::Recording;

use crate::error::CommandError;

/// Where the flight recordings are written (GEN-12).
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RecordOption {
    /// Write the flight recording here, for `digital-key replay`. After a kill and after a sign-out a new
    /// one begins: it is written beside the first, with a number.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

impl RecordOption {
    pub(crate) fn files(self) -> Option<RecordingFiles> {
        self.record.map(|path| RecordingFiles { path, written: AtomicUsize::new(0) })
    }
}

/// The files of the flight recordings.
pub(crate) struct RecordingFiles {
    path: PathBuf,
    written: AtomicUsize,
}

impl RecordingFiles {
    /// Writes what an app has recorded, if that is anything.
    pub(crate) fn write(&self, app: &App) -> Result<(), CommandError> {
        let Some(file) = app.recording() else { return Ok(()) };
        if Recording::read(&file).is_ok_and(|recording| recording.entries.is_empty()) {
            return Ok(());
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed) + 1;
        let path = self.numbered(number);
        std::fs::write(&path, file)
            .map_err(|error| CommandError::failure(format!("{}: {error}", path.display())))
    }

    /// Returns the path of a recording: `a.dkrec`, then `a-2.dkrec`.
    fn numbered(&self, number: usize) -> PathBuf {
        if number == 1 {
            return self.path.clone();
        }
        let mut name = self.path.file_stem().unwrap_or_default().to_owned();
        name.push(format!("-{number}"));
        if let Some(end) = self.path.extension() {
            name.push(".");
            name.push(end);
        }
        self.path.with_file_name(name)
    }
}
