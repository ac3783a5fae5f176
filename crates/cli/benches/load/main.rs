//! A load test: many phones pair through a real BFF, each with an app of its own, all in one process.
//!
//! `cargo xtask bench load` starts the processes, and reads the report.
//!
//! | arguments | what it does |
//! |---|---|
//! | `smacc` | serves a SmAcc service that knows every vehicle, and prints `ready` with its base URL |
//! | `phones BFF SMACC COUNT RATE SHEET` | lets COUNT phones pair, and prints a report as JSON; RATE phones begin in a second, and Apple's sheet stays up for SHEET milliseconds |
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod driver;
mod phones;
mod smacc;
mod times;

use tokio::runtime::Builder;

fn main() {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    match arguments[..] {
        ["smacc"] => runtime.block_on(smacc::serve()),
        ["phones", bff, smacc, count, rate, sheet] => {
            let load = phones::Load {
                count: count.parse().unwrap(),
                per_second: rate.parse().unwrap(),
                sheet_milliseconds: sheet.parse().unwrap(),
            };
            let report = runtime.block_on(phones::run(bff, smacc, load));
            println!("{}", serde_json::to_string(&report).unwrap());
        }
        _ => panic!("pass `smacc`, or `phones` with its five arguments"),
    }
}
