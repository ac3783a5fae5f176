//! Extracts the README's example with mocks: unchanged, and with wrong numbers of calls.

use std::error::Error;
use std::path::Path;

const README: &str = "../../README.md";

/// The expectation in the README's example.
const EXPECTED: &str = ".times(1)";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={README}");
    let readme = std::fs::read_to_string(README)?;
    let example = readme
        .split("```rust\n")
        .filter_map(|from| from.split("```").next())
        .find(|code| code.contains("MockVerifier"))
        .ok_or("the README has no example with mocks")?;
    if example.matches(EXPECTED).count() != 1 {
        return Err(format!("the README's example with mocks must contain {EXPECTED} once").into());
    }
    let example = example.replace("async fn main", "pub(crate) async fn main");
    for times in [0, 1, 5] {
        let path = Path::new(&std::env::var("OUT_DIR")?).join(format!("expects_{times}.rs"));
        std::fs::write(path, example.replace(EXPECTED, &format!(".times({times})")))?;
    }
    Ok(())
}
