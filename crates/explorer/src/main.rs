//! `cargo run -p digital-key-explorer`: explores, and prints what it saw.

use std::io::Write as _;
use std::process::ExitCode;

use digital_key_explorer::{Bounds, RealRules, explore};

fn main() -> ExitCode {
    let mut out = std::io::stdout();
    for bounds in
        [Bounds::smallest(), Bounds::two_vehicles(), Bounds::failing_cache(), Bounds::one_vehicle()]
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
