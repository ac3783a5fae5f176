//! `digital-key`: plays the digital key flow, checks vehicles and serves a backend.

mod backend;
mod check;
mod demo;
mod failure;
mod play;
mod render;
mod stage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Digital Key: pair a phone to a car, without a car and without a phone.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Cli {
    /// What to log to standard error, such as `info`, `debug` or `digital_key_app=trace`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the whole story by itself: pair, fail, retry, succeed, delete, move.
    Demo(demo::Options),
    /// Play the flow yourself, in the terminal.
    Play(play::Options),
    /// Tell whether a vehicle and a phone can have a digital key, and if not, why.
    Check(check::Options),
    /// Serve a backend in the foreground, to develop a client against.
    Backend(backend::Options),
}

fn main() -> ExitCode {
    let Cli { log, command } = Cli::parse();
    match start_logging(log.as_deref()).and_then(|()| run(command)) {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::other(&error))?;
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = obey(command) => ended,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::from(INTERRUPTED)),
        }
    });
    // A read from the terminal cannot be taken back: do not wait for it.
    runtime.shutdown_background();
    ended
}

async fn obey(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(options) => demo::run(options).await,
        Command::Play(options) => play::run(options).await,
        Command::Backend(options) => backend::run(options).await,
        Command::Check(options) => check::run(&options),
    }
}

/// What a shell expects of a command that was ended with Ctrl-C.
const INTERRUPTED: u8 = 130;

fn start_logging(filter: Option<&str>) -> Result<(), Failure> {
    let Some(filter) = filter else { return Ok(()) };
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .map_err(|error| Failure::usage(format!("--log {filter:?}: {error}")))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}
