//! The memory of the core beside a bare actor.

use crate::TaskError;
use crate::command::cargo;

use super::page::{self, Goal, Row, Section};

/// How many phones pair in one process.
const PHONES: usize = 100_000;

/// Measures one idle app, and many that pair. Other programs do not change these figures.
pub(super) fn measure() -> Result<Section, TaskError> {
    section(PHONES)
}

/// Measures a few phones.
pub(super) fn check() -> Result<(), TaskError> {
    println!("{}", section(10)?.table);
    Ok(())
}

fn section(phones: usize) -> Result<Section, TaskError> {
    let idle = Row::new(
        "an idle app, bytes",
        "bare actor",
        &[figure("app")?],
        &[figure("actor")?],
        0,
        Goal::OursAtMost(8_000.0),
    );
    let many = Row::new(
        &format!("{phones} phones that show Apple's sheet, in one process, MB"),
        "bare actors",
        &[figure(&format!("app {phones}"))?],
        &[figure(&format!("actor {phones}"))?],
        0,
        Goal::OursAtMost(1_200.0),
    );
    let method = "Adapters in memory; those of the second row count, too.".to_owned();
    Ok(Section { name: "memory", method, table: page::side_by_side(&[idle, many]) })
}

fn figure(arguments: &str) -> Result<f64, TaskError> {
    let bench = format!("bench -p digital-key-cli --bench memory -- {arguments}");
    Ok(cargo(&bench).output()?.trim().parse()?)
}
