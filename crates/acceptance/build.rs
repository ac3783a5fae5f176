//! Extracts examples of the pages, so that tests run them: the README's with mocks, unchanged and with
//! wrong numbers of calls, and the adapter of the page about Rust.

use std::error::Error;
use std::path::Path;

const README: &str = "../../README.md";
const PAGE: &str = "../../docs/clients/rust.md";

/// The expectation in the README's example.
const EXPECTED: &str = ".times(1)";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::var("OUT_DIR")?;
    let example = self::example(README, "MockVerifier")?;
    if example.matches(EXPECTED).count() != 1 {
        return Err(format!("the README's example with mocks must contain {EXPECTED} once").into());
    }
    let example = example.replace("async fn main", "pub(crate) async fn main");
    for times in [0, 1, 5] {
        let path = Path::new(&folder).join(format!("expects_{times}.rs"));
        std::fs::write(path, example.replace(EXPECTED, &format!(".times({times})")))?;
    }
    let adapter = self::example(PAGE, "app_lifecycle_conformance!")?;
    std::fs::write(Path::new(&folder).join("client_adapter.rs"), adapter)?;
    Ok(())
}

/// Returns the first example on a page that contains this text.
fn example(page: &str, contained: &str) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={page}");
    let text = std::fs::read_to_string(page)?;
    let examples = text.split("```rust\n").filter_map(|from| from.split("```").next());
    let found = examples.into_iter().find(|code| code.contains(contained));
    Ok(found.ok_or_else(|| format!("{page} has no example with {contained}"))?.to_owned())
}
