//! The command `digital-key` plays the digital key flow, checks vehicles and serves a backend.

mod backend;
mod check;
mod demo;
mod doctor;
mod error;
mod play;
mod recordings;
mod replay;
mod render;
mod words;
#[cfg(feature = "full-screen")]
mod screen;
mod harness;
mod http_client;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use error::CommandError;

/// Digital Key: pair a phone to a car, without a car and without a phone.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    /// Log to standard error what this filter selects, such as `info` or `digital_key_app=trace`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the whole story without input: pair, fail, retry, succeed, delete, move.
    Demo(demo::Options),
    /// Play the flow yourself, in the terminal.
    Play(play::Options),
    /// Say whether a vehicle and a phone can have a digital key, and if not, why.
    Check(check::Options),
    /// Find out what is wrong at a first try, and say the next step.
    Doctor(doctor::Options),
    /// Serve a backend in the foreground, to develop a client against.
    Backend(backend::Options),
    /// Take the steps of a recording again, and say what is not as recorded or against the rules.
    Replay(replay::Options),
}

fn main() -> ExitCode {
    let Cli { log, command } = Cli::parse();
    match start_logging(log.as_deref()).and_then(|()| run(command, log.is_some())) {
        Ok(code) => code,
        Err(error) => error.report(),
    }
}

fn run(command: Command, logs: bool) -> Result<ExitCode, CommandError> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| CommandError::other(&error))?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = run_command(command, logs) => ended,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::from(INTERRUPTED)),
        }
    });
    // Do not wait for a read from the terminal: it cannot be cancelled.
    runtime.shutdown_background();
    ended
}

async fn run_command(command: Command, logs: bool) -> Result<ExitCode, CommandError> {
    match command {
        Command::Demo(options) => demo::run(options, logs).await,
        Command::Play(options) => play::run(options, logs).await,
        Command::Backend(options) => backend::run(options).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Check(options) => check::run(&options),
        Command::Replay(options) => replay::run(&options),
    }
}

/// The exit code that a shell expects after Ctrl-C.
const INTERRUPTED: u8 = 130;

fn start_logging(filter: Option<&str>) -> Result<(), CommandError> {
    let Some(filter) = filter else { return Ok(()) };
    let filter: Targets = filter
        .parse()
        .map_err(|error| CommandError::usage(format!("--log {filter:?}: {error}")))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    Ok(())
}
