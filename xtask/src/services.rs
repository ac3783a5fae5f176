//! The backend and the BFF, each in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde::Deserialize;

use crate::TaskError;
use crate::command::{Program, cargo, program, target_folder};

/// A process that ends when this value is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program that writes to this program's terminal.
    pub(crate) fn start(program: Program) -> Result<Self, TaskError> {
        Ok(Self(program.spawn(|command| command)?))
    }

    /// Starts a program and reads its lines until `ready` returns a value. The later lines are dropped.
    pub(crate) fn start_until<T>(
        program: Program,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<(Self, T), TaskError> {
        let mut child = program.spawn(|command| command.stdout(Stdio::piped()))?;
        let output = child.stdout.take().ok_or("the program has no output")?;
        let process = Self(child);
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next().transpose()? {
            if let Some(value) = ready(&line) {
                // A closed pipe would make the program fail.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok((process, value));
            }
        }
        Err("the program stopped before it was ready".into())
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The program may have stopped by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running `digital-key backend`, which stops when this value is dropped.
pub(crate) struct Backend {
    pub(crate) process: Process,
    /// The base URL of the BFF.
    pub(crate) bff: String,
    /// The base URL of the SmAcc service.
    pub(crate) smacc: String,
    /// The base URL of the control interface.
    pub(crate) control: String,
}

impl Backend {
    /// Starts the backend on free ports, with these further options, and waits until it is ready.
    pub(crate) fn start(options: &str) -> Result<Self, TaskError> {
        cargo("build --quiet -p digital-key-cli").run()?;
        let command =
            program(built("debug/digital-key"), &format!("backend --listen 127.0.0.1:0 {options}"));
        let (mut bff, mut smacc, mut control) = Default::default();
        let (process, ()) = Process::start_until(command, |line| {
            for (what, url) in [
                ("BFF: ", &mut bff),
                ("SmAcc service: ", &mut smacc),
                ("control interface: ", &mut control),
            ] {
                if let Some(found) = line.strip_prefix(what) {
                    *url = found.to_owned();
                }
            }
            line.starts_with("ready").then_some(())
        })?;
        Ok(Self { process, bff, smacc, control })
    }
}

/// A running `digital-key-bff`, which stops when this value is dropped.
pub(crate) struct Bff {
    pub(crate) process: Process,
    /// The base URL of the API.
    pub(crate) api: String,
    /// The base URL of the listener for operations.
    pub(crate) operations: String,
}

impl Bff {
    /// The program as developers build it.
    pub(crate) fn build() -> Result<Program, TaskError> {
        cargo("build --quiet -p digital-key-bff").run()?;
        Ok(program(Self::built(), ""))
    }

    /// The path of the program that [`Bff::build`] builds.
    pub(crate) fn built() -> std::path::PathBuf {
        built("debug/digital-key-bff")
    }

    /// The program as it is deployed.
    pub(crate) fn build_optimised() -> Result<std::path::PathBuf, TaskError> {
        cargo("build --quiet --profile service -p digital-key-bff").run()?;
        Ok(built("service/digital-key-bff"))
    }

    /// Starts a built program on free ports, in front of this SmAcc service, and waits until it is
    /// ready.
    pub(crate) fn start(built: Program, upstream: &str, settings: &str) -> Result<Self, TaskError> {
        Self::start_on("127.0.0.1:0", built, upstream, settings)
    }

    /// Starts it on this address.
    pub(crate) fn start_on(
        address: &str,
        built: Program,
        upstream: &str,
        settings: &str,
    ) -> Result<Self, TaskError> {
        let ports = format!("--listen {address} --operations-listen 127.0.0.1:0");
        let command = built.args(&format!("--upstream {upstream} {ports} {settings}"));
        let (process, started) =
            Process::start_until(command, |line| serde_json::from_str::<Started>(line).ok())?;
        Ok(Self {
            process,
            api: format!("http://{}", started.api),
            operations: format!("http://{}", started.operations),
        })
    }
}

/// The line of the log about the addresses.
#[derive(Deserialize)]
struct Started {
    api: String,
    operations: String,
}

/// The path of a program that cargo built.
fn built(name: &str) -> std::path::PathBuf {
    target_folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
