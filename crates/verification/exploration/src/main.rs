//! `cargo run --release -p digital-key-exploration -- [BOUNDS]…`: explores within these bounds, or
//! within all, and prints what it saw.

use std::io::Write as _;
use std::process::ExitCode;

use digital_key_exploration::{Bounds, RealRules, explore};

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = Bounds::all();
    if let Some(unknown) = wanted.iter().find(|name| all.iter().all(|it| it.name != **name)) {
        let names: Vec<_> = all.iter().map(|bounds| bounds.name).collect();
        return say(&format!("there are no bounds {unknown:?}; there are {}", names.join(", ")), 2);
    }
    let is_wanted =
        |bounds: &Bounds| wanted.is_empty() || wanted.iter().any(|it| it == bounds.name);
    for bounds in all.into_iter().filter(is_wanted) {
        match explore(&bounds, &RealRules) {
            Ok(report) => say(&report.to_string(), 0),
            Err(counterexample) => return say(&format!("{}: {counterexample}", bounds.name), 1),
        };
    }
    ExitCode::SUCCESS
}

fn say(line: &str, code: u8) -> ExitCode {
    // Without a standard output there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{line}");
    ExitCode::from(code)
}
