//! The test that runs feature files: this crate's own, or those of `--input <glob>`.

use std::io::{self, Write as _};
use std::process::ExitCode;

use digital_key_acceptance::{Arguments, HELP, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout();
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    if arguments.help {
        writeln!(out, "{HELP}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.list {
        writeln!(out, "features: test")?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = run(&arguments).await;
    writeln!(out, "{report}")?;
    Ok(if report.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
