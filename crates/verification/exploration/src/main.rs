//! `cargo run --release -p digital-key-exploration -- [BOUNDS]…`: explores within these bounds,
//! within those that take seconds with `quick`, or within all, and prints what was visited.

use std::io::Write as _;
use std::process::ExitCode;

use digital_key_exploration::{Bounds, RealRules, explore};

fn main() -> ExitCode {
    let bounds = match wanted(std::env::args().skip(1).collect()) {
        Ok(bounds) => bounds,
        Err(message) => return print(&message, 2),
    };
    for bounds in bounds {
        match explore(&bounds, &RealRules) {
            Ok(report) => print(&report.to_string(), 0),
            Err(counterexample) => return print(&format!("{}: {counterexample}", bounds.name), 1),
        };
    }
    ExitCode::SUCCESS
}

/// Returns the bounds with these names.
fn wanted(names: Vec<String>) -> Result<Vec<Bounds>, String> {
    let all = Bounds::all();
    match &names[..] {
        [] => return Ok(all),
        [name] if name == "quick" => return Ok(Bounds::quick()),
        _ => {}
    }
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|it| it.name != **name)) {
        let known: Vec<_> = all.iter().map(|bounds| bounds.name).collect();
        return Err(format!("there are no bounds {unknown:?}; there are {}", known.join(", ")));
    }
    Ok(all.into_iter().filter(|bounds| names.iter().any(|name| name == bounds.name)).collect())
}

fn print(line: &str, code: u8) -> ExitCode {
    // The exit code says what a closed output cannot.
    let _ = writeln!(std::io::stdout(), "{line}");
    ExitCode::from(code)
}
