//! The tokio runtime that the core runs on: a thread of the client's has none.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::error::DigitalKeyError;

/// One for the process, since an adapter is opened before there is an app; it ends with the process.
static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The runtime, which the first call starts.
pub(crate) fn runtime() -> Result<&'static Runtime, DigitalKeyError> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread()
        // The core waits most of the time; the second is for an adapter that is slow to be called.
        .worker_threads(2)
        .thread_name("digital-key")
        .enable_all()
        .build()
        .map_err(|error| DigitalKeyError::NoThreads { reason: error.to_string() })?;
    // Whoever comes second lets go of its own, without waiting: this may be an async context.
    if let Err(surplus) = RUNTIME.set(made) {
        surplus.shutdown_background();
    }
    RUNTIME.get().ok_or_else(|| DigitalKeyError::NoThreads { reason: String::new() })
}
