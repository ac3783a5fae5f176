//! Whether the files that a team deploys the BFF with do what they say, judged by the real programs.

mod collect;
mod dashboard;

use std::path::PathBuf;

use crate::command::{Program, program, service_tools, workspace_root};
use crate::services::Bff;
use crate::{Outcome, TaskError};

/// The folder of the files, seen from the workspace's root.
const FOLDER: &str = "crates/bff/deploy";

/// How exposed systemd may find the service, in tenths; 100 is a service without any protection.
const MOST_EXPOSED: u32 = 15;

/// Checks the rules, the manifests, the unit and the dashboard.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let mut skipped = Vec::new();
    let mut run = |needed: Program, what: &str, check: fn() -> Result<(), TaskError>| {
        if needed.output().is_err() {
            skipped.push(format!("no {what}; `.ci/install-service-tools` installs it"));
            return Ok(());
        }
        check()
    };
    run(program("promtool", "--version"), "promtool", rules)?;
    run(validator().args("--version"), "kubernetes-validate", manifests)?;
    run(program("systemd-analyze", "--version"), "systemd-analyze", unit)?;
    configuration()?;
    run(program("prometheus", "--version"), "prometheus", collect::check)?;
    Ok(Outcome::skipping(&skipped))
}

/// A file that a team deploys the BFF with.
fn file(name: &str) -> PathBuf {
    workspace_root().join(FOLDER).join(name)
}

fn rules() -> Result<(), TaskError> {
    program("promtool", "check rules").argument(file("prometheus/rules.yml")).run()?;
    program("promtool", "check config").argument(file("prometheus/prometheus.yml")).run()?;
    program("promtool", "test rules").argument(file("prometheus/rules.test.yml")).run()
}

fn validator() -> Program {
    program(service_tools().join("bin/kubernetes-validate"), "")
}

fn manifests() -> Result<(), TaskError> {
    let mut check = validator().args("--strict");
    for entry in std::fs::read_dir(file("kubernetes"))? {
        check = check.argument(entry?.path());
    }
    check.run()
}

/// Checks the unit with the built program in the place where it will be installed.
fn unit() -> Result<(), TaskError> {
    let installed = "/usr/bin/digital-key-bff";
    let text = std::fs::read_to_string(file("digital-key-bff.service"))?;
    if !text.contains(installed) {
        return Err(format!("the unit does not start {installed}").into());
    }
    let folder = collect::empty_folder("unit")?;
    let copy = folder.join("digital-key-bff.service");
    std::fs::write(&copy, text.replace(installed, "/bin/true"))?;
    program("systemd-analyze", "verify --man=no").argument(&copy).run()?;
    let limit = format!("security --offline=true --no-pager --threshold={MOST_EXPOSED}");
    // It prints a line for each of a hundred properties.
    program("systemd-analyze", &limit).argument(&copy).output().map(|table| {
        println!("{}", table.trim_end().lines().last().unwrap_or_default());
    })
}

/// The BFF accepts the configuration that comes with the unit.
fn configuration() -> Result<(), TaskError> {
    // It prints all settings.
    Bff::build()?.args("--check-config --config").argument(file("config.toml")).output().map(drop)
}
