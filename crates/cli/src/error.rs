//! The failure of a command: one line on standard error, and an exit code.

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// The failure of a command.
#[derive(Debug)]
pub(crate) struct CommandError {
    code: u8,
    /// `None` if the user ended the command, or if no reader is left.
    line: Option<String>,
}

impl CommandError {
    /// Makes an error for bad usage, or for a file that cannot be read or parsed: exit code 2.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self { code: 2, line: Some(line.into()) }
    }

    /// Ends the command early, as its user wants: exit code 0, without a line.
    #[cfg(feature = "full-screen")]
    pub(crate) fn ended() -> Self {
        Self { code: 0, line: None }
    }

    /// Makes an error for any other cause, in words: exit code 1.
    pub(crate) fn failure(line: impl Into<String>) -> Self {
        Self { code: 1, line: Some(line.into()) }
    }

    /// Makes an error for any other cause: exit code 1, with the causes on the same line.
    pub(crate) fn other(error: &dyn std::error::Error) -> Self {
        Self { code: 1, line: Some(with_causes(error)) }
    }

    /// Prints the line and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if let Some(line) = self.line {
            // Without a standard error there is no place to report it.
            let _ = writeln!(io::stderr(), "digital-key: {line}");
        }
        ExitCode::from(self.code)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.line.as_deref().unwrap_or("it was ended"))
    }
}

impl From<io::Error> for CommandError {
    /// Makes an error for output that cannot be written. A reader that went away (`| head`) is no
    /// error.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { code: 0, line: None };
        }
        Self { code: 1, line: Some(format!("cannot write the output: {error}")) }
    }
}

/// Returns the text of an error with those of its causes, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line
}
