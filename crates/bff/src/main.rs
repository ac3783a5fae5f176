//! The command `digital-key-bff`.

use std::process::ExitCode;

fn main() -> ExitCode {
    digital_key_bff::command::main()
}
