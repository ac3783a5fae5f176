//! `cargo run --release -p digital-key-explorer -- [BOUNDS]…`: explores within these bounds, or
//! within all, and prints what it saw.

use std::io::Write as _;
use std::process::ExitCode;

use digital_key_explorer::{Bounds, RealRules, explore};

fn main() -> ExitCode {
    let mut out = std::io::stdout();
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for bounds in Bounds::all()
        .into_iter()
        .filter(|bounds| wanted.is_empty() || wanted.iter().any(|name| name == bounds.name))
    {
        let said = match explore(&bounds, &RealRules) {
            Ok(report) => writeln!(out, "{report}"),
            Err(counterexample) => {
                let _ = writeln!(out, "{}: {counterexample}", bounds.name);
                return ExitCode::FAILURE;
            }
        };
        if said.is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
