//! The README and the page for clients in Rust are correct: a new project with one dependency line
//! shows a first page, and ends with a helpful line when no backend answers.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use digital_key::backend::{Backend, BackendConfig, Vehicle};

const README: &str = include_str!("../../../README.md");
const PAGE: &str = include_str!("../../../docs/clients/rust.md");

/// The address of the reader's backend, as the pages have it.
const ADDRESS: &str = "http://127.0.0.1:8480";

/// The setting of the profile that this workspace changes.
const DEBUG_INFO: &str = "CARGO_PROFILE_DEV_DEBUG";

/// Returns the first block of code on a page with this info string.
fn block(page: &'static str, info: &str) -> &'static str {
    let from = page.split_once(&format!("\n```{info}\n")).map(|(_, from)| from);
    from.and_then(|from| from.split("```").next()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_project_with_one_dependency_line_shows_a_first_page() -> Result<(), Box<dyn Error>> {
    let backend = Backend::start(BackendConfig::default()).await?;
    backend.control().put_vehicle("WBADKEY0000000001".parse()?, Vehicle::default())?;
    let project = Project::new()?;
    let programs = project.build(&backend.bff_url())?;

    let shown = [block(PAGE, "text"), "VehicleTab: the entry is there\n"];
    for (program, shown) in programs.iter().zip(shown) {
        let run = project.run(program, "home")?;
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(String::from_utf8(run.stdout)?, shown);
        assert!(README.contains(shown.trim_end()) || PAGE.contains(shown));
    }
    backend.shutdown().await;
    for program in &programs {
        let run = project.run(program, "home-without-backend")?;
        let said = String::from_utf8(run.stderr)?;
        assert_eq!(run.status.code(), Some(1), "{said}");
        assert!(said.contains("cargo run -- doctor") && said.lines().count() == 1, "{said}");
    }
    Ok(())
}

/// A new project with the programs of both pages.
struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let front_door = workspace()?.join("crates/digital-key");
        std::fs::write(
            folder.path().join("Cargo.toml"),
            format!(
                "[package]\nname = \"first-page\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\ndigital-key = {{ path = {front_door:?} }}\n"
            ),
        )?;
        // The lock file of this workspace, so that cargo needs no registry.
        std::fs::copy(workspace()?.join("Cargo.lock"), folder.path().join("Cargo.lock"))?;
        std::fs::create_dir_all(folder.path().join("src/bin"))?;
        Ok(Self(folder))
    }

    /// Builds the programs of the page about Rust and of the README, with this BFF.
    fn build(&self, bff: &str) -> Result<[PathBuf; 2], Box<dyn Error>> {
        for (page, file) in [(PAGE, "src/main.rs"), (README, "src/bin/readme.rs")] {
            let program = block(page, "rust,no_run");
            assert!(program.contains(ADDRESS), "{program}");
            std::fs::write(self.0.path().join(file), program.replace(ADDRESS, bff))?;
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("no target folder")?;
        let mut cargo = Command::new(env!("CARGO"));
        // Cargo's variables for the package of this test would make some build scripts run again.
        let is_of_this_package = |name: &str| {
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start))
        };
        for (name, _) in std::env::vars().filter(|(name, _)| is_of_this_package(name)) {
            cargo.env_remove(name);
        }
        // The profile with which this test was built, so that cargo reuses most of that build.
        if std::env::var_os(DEBUG_INFO).is_none() {
            cargo.env(DEBUG_INFO, "line-tables-only");
        }
        let built = cargo
            .args(["build", "--quiet", "--offline", "--target-dir"])
            .arg(target)
            .current_dir(self.0.path())
            .output()?;
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let program =
            |name| target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        Ok([program("first-page"), program("readme")])
    }

    /// Runs a program with this home folder, so that no run finds the cache of another.
    fn run(&self, program: &Path, home: &str) -> Result<Output, Box<dyn Error>> {
        let name = program.file_stem().ok_or("a program without a name")?;
        let home = self.0.path().join(home).join(name);
        std::fs::create_dir_all(&home)?;
        Ok(Command::new(program)
            .current_dir(self.0.path())
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .output()?)
    }
}

fn workspace() -> Result<PathBuf, Box<dyn Error>> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?)
}
