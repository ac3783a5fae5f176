//! The page for clients in Rust is correct: a new project with one dependency line shows a first
//! page.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use digital_key::backend::{Backend, BackendConfig, Vehicle};

const PAGE: &str = include_str!("../../../docs/clients/rust.md");

/// The address of the reader's backend, as the page has it.
const ADDRESS: &str = "http://127.0.0.1:8480";

/// Returns the first block of code on the page with this info string.
fn block(info: &str) -> &'static str {
    let from = PAGE.split_once(&format!("\n```{info}\n")).map(|(_, from)| from);
    from.and_then(|from| from.split("```").next()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_project_with_one_dependency_line_shows_a_first_page() -> Result<(), Box<dyn Error>> {
    let backend = Backend::start(BackendConfig::default()).await?;
    backend.control().put_vehicle("WBADKEY0000000001".parse()?, Vehicle::default())?;

    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let front_door = workspace.join("crates/digital-key");
    let project = tempfile::tempdir()?;
    std::fs::write(
        project.path().join("Cargo.toml"),
        format!(
            "[package]\nname = \"first-page\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\ndigital-key = {{ path = {front_door:?} }}\n"
        ),
    )?;
    std::fs::create_dir(project.path().join("src"))?;
    let program = block("rust,no_run");
    assert!(program.contains(ADDRESS), "{program}");
    let program = program.replace(ADDRESS, &backend.bff_url());
    std::fs::write(project.path().join("src/main.rs"), program)?;
    // The lock file of this workspace, so that cargo needs no registry.
    std::fs::copy(workspace.join("Cargo.lock"), project.path().join("Cargo.lock"))?;

    let mut cargo = Command::new(env!("CARGO"));
    // Cargo's variables for the package of this test would make some build scripts run again.
    let is_of_this_package =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start));
    for (name, _) in std::env::vars().filter(|(name, _)| is_of_this_package(name)) {
        cargo.env_remove(name);
    }
    let run = cargo
        .args(["run", "--quiet", "--offline", "--target-dir"])
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("no target folder")?)
        // The profile of this workspace, so that cargo reuses most of its build.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .current_dir(project.path())
        .output()?;
    let shown = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{shown}{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(shown, block("text"));
    backend.shutdown().await;
    Ok(())
}
