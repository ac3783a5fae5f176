//! Why a command ended early: one line on standard error, and an exit code.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    /// `None` = nobody is left to read it.
    line: Option<String>,
}

impl Failure {
    /// Bad usage, or a file that cannot be read or parsed: exit code 2.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self { code: 2, line: Some(line.into()) }
    }

    /// Anything else: exit code 1, with the causes on the same line.
    pub(crate) fn other(error: &dyn std::error::Error) -> Self {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        Self { code: 1, line: Some(line) }
    }

    pub(crate) fn tell(self) -> ExitCode {
        if let Some(line) = self.line {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "digital-key: {line}");
        }
        ExitCode::from(self.code)
    }
}

impl From<io::Error> for Failure {
    /// Output that cannot be written; a reader that has gone away (`| head`) is no error.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { code: 0, line: None };
        }
        Self { code: 1, line: Some(format!("cannot write the output: {error}")) }
    }
}
