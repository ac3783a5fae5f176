//! The tokio runtime of the core, since the threads of a client have none.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::error::DigitalKeyError;

/// One runtime for the process, since adapters are opened before there is an app. It ends with the
/// process.
static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Returns the runtime; the first call starts it.
pub(crate) fn runtime() -> Result<&'static Runtime, DigitalKeyError> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread()
        // The core waits most of the time. The second thread is for the time that a foreign call blocks.
        .worker_threads(2)
        .thread_name("digital-key")
        .enable_all()
        .build()
        .map_err(|error| DigitalKeyError::NoThreads { reason: error.to_string() })?;
    // The slower of two first calls drops its runtime, without waiting: it may be in an async context.
    if let Err(surplus) = RUNTIME.set(made) {
        surplus.shutdown_background();
    }
    RUNTIME.get().ok_or_else(|| DigitalKeyError::NoThreads { reason: String::new() })
}
