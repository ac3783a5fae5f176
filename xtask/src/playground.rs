//! The playground: builds the page, serves it, writes it as a folder, and tests it in a browser.

use std::path::{Path, PathBuf};

use crate::command::{Program, cargo, program, target_folder, workspace_root};
use crate::{Outcome, TaskError};

const TARGET: &str = "wasm32-unknown-unknown";

/// The folder of the page.
fn web() -> PathBuf {
    workspace_root().join("crates/playground/web")
}

fn npm(arguments: &str) -> Program {
    program("npm", arguments).within(&web())
}

/// Builds the page, and serves it on loopback until the program is ended.
pub(crate) fn serve() -> Result<(), TaskError> {
    build()?;
    npm("exec -- vite preview --host 127.0.0.1 --port 4173").run()
}

/// Builds the page, after `set_up` has completed the call of cargo, and writes it into this folder, which any
/// server of files can serve.
pub(crate) fn write(
    folder: &Path,
    set_up: impl FnOnce(Program) -> Program,
) -> Result<(), TaskError> {
    build_with(set_up)?;
    let folder = folder.join("playground");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    copy(&web().join("dist"), &folder)
}

/// Tests the page in a browser, and runs the scenario that it exports.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let missing = [
        ("npm", program("npm", "--version").output().is_err()),
        ("Debian's package chromium, or a browser named in CHROMIUM", !browser().exists()),
        ("the standard library of wasm32-unknown-unknown", !has_target()?),
    ];
    let missing: Vec<_> = missing.iter().filter(|(_, is_missing)| *is_missing).collect();
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
        return Ok(Outcome::Skipped(format!("no {}", names.join(", no "))));
    }
    build()?;
    let recording = target_folder().join("demo.dkrec");
    cargo("run --quiet -p digital-key-cli -- demo --fast --record").argument(&recording).run()?;
    npm("test").env("RECORDING", &recording.display().to_string()).run()?;
    let feature = web().join("pictures/exported.feature");
    cargo("test -p digital-key-acceptance --test features -- --input").argument(feature).run()?;
    Ok(Outcome::Passed)
}

/// Tests the page, and copies the pictures that the tests take into the documentation.
pub(crate) fn take_pictures() -> Result<(), TaskError> {
    check()?.expect_all(false)?;
    for picture in ["playground.png", "play.png"] {
        let taken = web().join("pictures").join(picture);
        std::fs::copy(taken, workspace_root().join("docs/pictures").join(picture))?;
    }
    Ok(())
}

fn browser() -> PathBuf {
    std::env::var_os("CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from)
}

fn has_target() -> Result<bool, TaskError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = program(rustc, "--print target-libdir --target").argument(TARGET).output()?;
    Ok(Path::new(folder.trim()).exists())
}

fn build() -> Result<(), TaskError> {
    build_with(|program| program)
}

fn build_with(set_up: impl FnOnce(Program) -> Program) -> Result<(), TaskError> {
    if !has_target()? {
        return Err(format!(
            "the standard library of {TARGET} is missing: `rustup target add {TARGET}` installs it"
        )
        .into());
    }
    let module = cargo("build --profile web -p digital-key-playground --target").argument(TARGET);
    set_up(module).run()?;
    let module = target_folder().join(TARGET).join("web/digital_key_playground.wasm");
    cargo("run --quiet -p digital-key-playground-bindgen --")
        .argument(module)
        .argument(web().join("pkg"))
        .run()?;
    npm("ci --ignore-scripts").run()?;
    npm("run build").run()
}

fn copy(from: &Path, to: &Path) -> Result<(), TaskError> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
