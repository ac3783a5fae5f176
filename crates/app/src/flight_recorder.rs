//! The flight recorder of a running app (GEN-12): in memory, and on disk when the host names a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use digital_key_domain::{Effect, Event, Flow, PageView, Verdict, View};
use digital_key_recording::Recorder;
use tokio::time::Instant;

use crate::reporting::PortFailure;

/// The number of steps after which the file is written again.
const STEPS_BETWEEN_WRITES: u32 = 64;

/// What the flight recorder keeps, and where; see [`AppBuilder::record`](crate::AppBuilder::record).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecorderOptions {
    /// The size of the buffer in memory, in bytes: from 1 KiB to 8 MiB.
    pub bytes: usize,
    /// The file that keeps the recording across a kill, in the app's private container. Its folder must
    /// exist. Two more files with the same name and the ends `.new` and `.last` stand beside it.
    pub file: Option<PathBuf>,
}

impl RecorderOptions {
    /// Returns a recorder of 256 KiB in memory, without a file.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Recorder::DEFAULT_BYTES, file: None }
    }

    /// Sets [`bytes`](Self::bytes).
    #[must_use]
    pub const fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets [`file`](Self::file).
    #[must_use]
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl Default for RecorderOptions {
    /// Returns [`RecorderOptions::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// The recorder of a running app. The event loop, the ports and the host share it.
pub(crate) struct FlightRecorder {
    state: Mutex<State>,
    start: Instant,
    file: Option<RecordingFile>,
}

struct State {
    recorder: Recorder,
    /// The sign-outs that were called and that the machine has not seen: until then nothing is
    /// recorded.
    sign_outs: u64,
    steps_since_write: u32,
    shows_error: bool,
}

impl FlightRecorder {
    pub(crate) fn start(options: RecorderOptions, flow: &Flow) -> Self {
        let recorder = Recorder::new(flow, options.bytes);
        let state = State { recorder, sign_outs: 0, steps_since_write: 0, shows_error: false };
        let file = options.file.map(RecordingFile::begin);
        Self { state: Mutex::new(state), start: Instant::now(), file }
    }

    /// Takes one step of the machine and records it.
    pub(crate) fn step(&self, flow: &mut Flow, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        let mut state = self.state();
        if event == Event::SignedOut {
            state.sign_outs = state.sign_outs.saturating_sub(1);
        }
        if state.sign_outs > 0 {
            drop(state);
            return flow.step(event, effects);
        }
        state.steps_since_write = state.steps_since_write.saturating_add(1);
        state.recorder.step(flow, event, effects, self.start.elapsed())
    }

    pub(crate) fn port_failed(&self, failure: &PortFailure) {
        let mut state = self.state();
        if state.sign_outs == 0 {
            state.recorder.port_failed(failure.into(), self.start.elapsed());
        }
    }

    /// Erases memory and files at the call of a sign-out (GEN-5).
    pub(crate) fn begin_sign_out(&self) {
        let mut state = self.state();
        state.sign_outs += 1;
        state.recorder.erase();
        drop(state);
        if let Some(file) = &self.file {
            file.erase();
        }
    }

    pub(crate) fn export(&self) -> Vec<u8> {
        let snapshot = self.state().recorder.snapshot();
        snapshot.export()
    }

    /// Returns the file of the run before.
    pub(crate) fn last_run(&self) -> Option<Vec<u8>> {
        self.file.as_ref()?.last_run()
    }

    /// Writes the file if many steps were taken, or if an error page has opened.
    pub(crate) fn write_if_due(self: &Arc<Self>, view: &View) {
        let shows_error = matches!(view.page, PageView::Error(_) | PageView::PairingError { .. });
        let mut state = self.state();
        let has_opened = shows_error && !std::mem::replace(&mut state.shows_error, shows_error);
        state.shows_error = shows_error;
        let is_due = has_opened || state.steps_since_write >= STEPS_BETWEEN_WRITES;
        drop(state);
        if is_due {
            self.write_soon();
        }
    }

    /// Writes the file on a blocking thread, unless that is about to happen.
    pub(crate) fn write_soon(self: &Arc<Self>) {
        let Some(file) = &self.file else { return };
        if !file.is_scheduled.swap(true, Ordering::SeqCst) {
            let recorder = Arc::clone(self);
            tokio::task::spawn_blocking(move || recorder.write());
        }
    }

    /// Writes the file, and waits for that.
    pub(crate) async fn write_now(self: &Arc<Self>) {
        if self.file.is_some() {
            let recorder = Arc::clone(self);
            // The write has no result, and it does not panic.
            let _ = tokio::task::spawn_blocking(move || recorder.write()).await;
        }
    }

    fn write(&self) {
        let Some(file) = &self.file else { return };
        // Locked before the copy is taken, so that no older copy follows a sign-out.
        let _writing = file.lock();
        file.is_scheduled.store(false, Ordering::SeqCst);
        let mut state = self.state();
        if state.sign_outs > 0 {
            return;
        }
        state.steps_since_write = 0;
        let snapshot = state.recorder.snapshot();
        drop(state);
        if let Err(error) = file.replace(&snapshot.export()) {
            tracing::warn!(kind = ?error.kind(), "the recording could not be written");
        }
    }

    /// The state, also after a panic in another thread: each change of it is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The recording on disk, which is replaced as a whole.
struct RecordingFile {
    path: PathBuf,
    /// Locked while the files are changed.
    writing: Mutex<()>,
    is_scheduled: AtomicBool,
}

impl RecordingFile {
    /// Keeps the file of the run before, and begins with none.
    fn begin(path: PathBuf) -> Self {
        let file = Self { path, writing: Mutex::new(()), is_scheduled: AtomicBool::new(false) };
        if let Err(error) = fs::rename(&file.path, file.beside("last"))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(kind = ?error.kind(), "the last recording could not be kept");
        }
        file
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".");
        name.push(end);
        name.into()
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, recording: &[u8]) -> io::Result<()> {
        let new = self.beside("new");
        fs::write(&new, recording)?;
        fs::rename(&new, &self.path)
    }

    fn last_run(&self) -> Option<Vec<u8>> {
        let _writing = self.lock();
        fs::read(self.beside("last")).ok()
    }

    fn erase(&self) {
        let _writing = self.lock();
        for path in [&self.path, &self.beside("new"), &self.beside("last")] {
            erase(path);
        }
    }
}

fn erase(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(kind = ?error.kind(), "a recording could not be erased");
    }
}
