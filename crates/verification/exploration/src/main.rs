//! `cargo run --release -p digital-key-exploration -- [BOUNDS]…`: explores within these bounds,
//! within those that take seconds with `quick`, or within all, on all cores, and prints what
//! was visited.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use digital_key_exploration::{Bounds, RealRules, explore};

fn main() -> ExitCode {
    let bounds = match wanted(std::env::args().skip(1).collect()) {
        Ok(bounds) => bounds,
        Err(message) => {
            print(&message);
            return ExitCode::from(2);
        }
    };
    let next = AtomicUsize::new(0);
    let found = AtomicBool::new(false);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(bounds) = bounds.get(next.fetch_add(1, Relaxed)) {
                    match explore(bounds, &RealRules) {
                        Ok(report) => print(&report.to_string()),
                        Err(counterexample) => {
                            print(&format!("{}: {counterexample}", bounds.name));
                            found.store(true, Relaxed);
                        }
                    }
                }
            });
        }
    });
    ExitCode::from(u8::from(found.into_inner()))
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

fn print(line: &str) {
    // The exit code says what a closed output cannot.
    let _ = writeln!(std::io::stdout(), "{line}");
}
