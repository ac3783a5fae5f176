//! Other programs, started from the workspace's root.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use crate::TaskError;

/// A program with its arguments, as it is shown and run.
pub(crate) struct Program {
    shown: String,
    command: Command,
}

/// The cargo that runs this program, with arguments that hold no blanks.
pub(crate) fn cargo(arguments: &str) -> Program {
    let path = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Program { shown: format!("cargo {arguments}"), ..program(path, arguments) }
}

/// What to install when cargo lacks this subcommand.
pub(crate) fn missing_cargo_tool(name: &str) -> Option<String> {
    let is_missing = cargo(&format!("{name} --version")).output().is_err();
    is_missing.then(|| format!("no cargo-{name}; `cargo install --locked cargo-{name}` adds it"))
}

/// Any program, with arguments that hold no blanks.
pub(crate) fn program(path: impl AsRef<OsStr>, arguments: &str) -> Program {
    let path = path.as_ref();
    let mut command = Command::new(path);
    command.current_dir(workspace_root()).args(arguments.split_whitespace());
    Program { shown: format!("{} {arguments}", path.display()), command }
}

/// The folder that holds the workspace.
pub(crate) fn workspace_root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder that cargo builds into: `CARGO_TARGET_DIR`, or `target` in the workspace's root.
pub(crate) fn target_folder() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR");
    // Every program starts in the workspace's root, so a relative name is relative to that.
    workspace_root().join(named.unwrap_or_else(|| "target".into()))
}

/// The folder in which `.ci/install-compilers` puts what the system has no package for.
pub(crate) fn compiler_cache() -> PathBuf {
    let folder = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::home_dir().map(|home| home.join(".cache"));
    folder.or_else(home).unwrap_or_default().join("digital-key")
}

/// The folder with the programs in Python that `.ci/install-service-tools` installs.
pub(crate) fn service_tools() -> PathBuf {
    compiler_cache().join("service-tools")
}

impl Program {
    /// Adds one argument, which may hold blanks.
    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.shown = format!("{} {}", self.shown, argument.display());
        self.command.arg(argument);
        self
    }

    /// Adds arguments that hold no blanks.
    pub(crate) fn args(self, arguments: &str) -> Self {
        arguments.split_whitespace().fold(self, Self::argument)
    }

    /// Lets it run in this folder instead of the workspace's root.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.shown = format!("{name}={value:?} {}", self.shown);
        self.command.env(name, value);
        self
    }

    /// Returns it as a command of the shell.
    pub(crate) fn shell(&self) -> String {
        let quoted = |text: &OsStr| format!("'{}'", text.to_string_lossy().replace('\'', r"'\''"));
        let settings = self.command.get_envs().filter_map(|(name, value)| {
            let value = quoted(value?);
            Some(format!("{}={value}", name.display()))
        });
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words = settings.chain(words.map(quoted)).collect::<Vec<_>>();
        format!("env {}", words.join(" "))
    }

    /// Starts it, set up further by the caller, and does not wait for its end.
    pub(crate) fn spawn(
        mut self,
        set_up: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Child, TaskError> {
        println!("$ {} &", self.shown);
        set_up(&mut self.command).spawn().map_err(|e| self.not_started(&e).into())
    }

    /// Runs it with this program's own output; an exit code other than 0 is an error.
    pub(crate) fn run(self) -> Result<(), TaskError> {
        self.run_allowing(&[])
    }

    /// Runs it, and accepts these exit codes beside 0.
    pub(crate) fn run_allowing(mut self, codes: &[i32]) -> Result<(), TaskError> {
        println!("$ {}", self.shown);
        let status = self.command.status().map_err(|error| self.not_started(&error))?;
        if status.code().is_some_and(|code| codes.contains(&code)) {
            return Ok(());
        }
        self.expect_success(status)
    }

    /// Runs it and gives what it writes.
    pub(crate) fn output(mut self) -> Result<String, TaskError> {
        let output = self.command.output().map_err(|e| self.not_started(&e))?;
        self.expect_success(output.status)
            .map_err(|error| format!("{error}\n{}", String::from_utf8_lossy(&output.stderr)))?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs it, expects an exit code other than 0, and gives what it writes to its error output.
    pub(crate) fn failure(mut self) -> Result<String, TaskError> {
        let output = self.command.output().map_err(|e| self.not_started(&e))?;
        if output.status.success() {
            return Err(format!("`{}` succeeded", self.shown).into());
        }
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn expect_success(&self, status: ExitStatus) -> Result<(), TaskError> {
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{}` failed: {status}", self.shown).into())
        }
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        format!("`{}` could not be started: {error}", self.shown)
    }
}
