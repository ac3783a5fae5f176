//! A step of the flow machine beside other state machines that play the same happy path.

use crate::command::{Program, cargo, program, target_folder, workspace_root};
use crate::{Outcome, TaskError};

use super::contestant::on_core;
use super::machine::Foreign;
use super::page::{self, Goal, Row, Section};
use super::{CORES, Effort};

/// The workspace of the machines; its README says what each leaves out.
const PEERS: &str = "crates/verification/peers";

/// How long each machine plays in a round.
const MILLISECONDS: u32 = 300;

/// A machine that plays the happy path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Player {
    Flow,
    FlowAndView,
    Plain,
    Statig,
    Crux,
    CruxAndView,
    XStateSend,
    XStateTransition,
}

impl Player {
    const ALL: [Self; 8] = [
        Self::Flow,
        Self::FlowAndView,
        Self::Plain,
        Self::Statig,
        Self::Crux,
        Self::CruxAndView,
        Self::XStateSend,
        Self::XStateTransition,
    ];

    /// What the program is called with.
    fn argument(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::FlowAndView => "flow-view",
            Self::Plain => "plain",
            Self::Statig => "statig",
            Self::Crux => "crux",
            Self::CruxAndView => "crux-view",
            Self::XStateSend => "send",
            Self::XStateTransition => "transition",
        }
    }

    fn needs_node(self) -> bool {
        matches!(self, Self::XStateSend | Self::XStateTransition)
    }

    /// The nanoseconds of one step.
    fn play(self, milliseconds: u32) -> Result<f64, TaskError> {
        let program = if self.needs_node() {
            let script = workspace_root().join(PEERS).join("xstate.mjs");
            on_core(CORES[0]).argument("node").argument(script)
        } else {
            on_core(CORES[0]).argument(target_folder().join("peers/release/digital-key-peers"))
        };
        let printed =
            program.argument(self.argument()).argument(milliseconds.to_string()).output()?;
        Ok(printed.trim().parse()?)
    }
}

/// Measures all machines. Needs npm.
pub(super) fn measure(effort: &Effort, foreign: &mut Foreign) -> Result<Section, TaskError> {
    build()?;
    npm("ci --ignore-scripts").run()?;
    foreign.expect_quiet()?;
    let mut figures = Player::ALL.map(|player| (player, Vec::new()));
    for _ in 0..effort.rounds {
        for (player, figures) in &mut figures {
            figures.push(foreign.watch(&[], || player.play(MILLISECONDS))?);
        }
    }
    let of = |wanted: Player| {
        let found = figures.iter().find(|(player, _)| *player == wanted);
        found.map_or(&[][..], |(_, figures)| figures)
    };
    let step =
        |peer, name, goal| Row::new("one step, ns", name, of(Player::Flow), of(peer), 1, goal);
    let view = |peer, name, goal| {
        Row::new("step and view, ns", name, of(Player::FlowAndView), of(peer), 1, goal)
    };
    let rows = vec![
        step(Player::Plain, "plain enum machine", Goal::AtMost(1.6)),
        view(Player::Plain, "step of the plain enum machine", Goal::AtMost(2.2)),
        step(Player::Statig, "statig", Goal::None),
        step(Player::Crux, "crux_core, typed, lean", Goal::Ahead(40.0)),
        view(Player::CruxAndView, "crux_core, idiom with view", Goal::Ahead(40.0)),
        step(Player::XStateSend, "XState 5, `send`", Goal::Ahead(80.0)),
        step(Player::XStateTransition, "XState 5, `transition()`", Goal::Ahead(80.0)),
    ];
    let node = program("node", "--version").output()?;
    let method = format!(
        "Node is {}. {} rounds; each machine plays {MILLISECONDS} ms in a round.",
        node.trim(),
        effort.rounds
    );
    Ok(Section { name: "step", method, table: page::side_by_side(&rows) })
}

/// Plays each machine for a moment.
pub(super) fn check() -> Result<Outcome, TaskError> {
    build()?;
    let has_npm = program("npm", "--version").output().is_ok();
    if has_npm {
        npm("ci --ignore-scripts").run()?;
    }
    for player in Player::ALL.into_iter().filter(|player| has_npm || !player.needs_node()) {
        println!("{}: {:.1} ns", player.argument(), player.play(1)?);
    }
    Ok(if has_npm { Outcome::Passed } else { Outcome::Skipped("no npm for XState".to_owned()) })
}

fn build() -> Result<(), TaskError> {
    cargo("build --release --locked --manifest-path")
        .argument(format!("{PEERS}/Cargo.toml"))
        .argument("--target-dir")
        .argument(target_folder().join("peers"))
        .run()
}

fn npm(arguments: &str) -> Program {
    program("npm", arguments).within(&workspace_root().join(PEERS))
}
