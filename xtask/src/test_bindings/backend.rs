//! The backend in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::TaskError;
use crate::command::{cargo, program, target_folder};

/// A running `digital-key backend`, which stops when this value is dropped.
pub(super) struct Backend {
    process: Child,
    /// The base URL of the BFF.
    pub(super) bff: String,
    /// The base URL of the control interface.
    pub(super) control: String,
}

impl Backend {
    /// Starts the backend on free ports and waits until it is ready.
    pub(super) fn start() -> Result<Self, TaskError> {
        cargo("build --quiet -p digital-key-cli").run()?;
        let path = format!("debug/digital-key{}", std::env::consts::EXE_SUFFIX);
        let command = program(target_folder().join(path), "backend --listen 127.0.0.1:0");
        let process = command.spawn(|command| command.stdout(Stdio::piped()))?;
        let mut backend = Self { process, bff: String::new(), control: String::new() };
        let output = backend.process.stdout.take().ok_or("the backend has no output")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some(url) = line.strip_prefix("BFF: ") {
                url.clone_into(&mut backend.bff);
            } else if let Some(url) = line.strip_prefix("control interface: ") {
                url.clone_into(&mut backend.control);
            } else if line.starts_with("ready") {
                return Ok(backend);
            }
        }
        Err("the backend stopped before it was ready".into())
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // The backend may have stopped by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
