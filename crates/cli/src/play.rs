//! `digital-key play` lets a person play the flow.

mod command;
mod control;
mod remote_control;
mod world;
mod describe;
mod player;
mod lines;
#[cfg(feature = "full-screen")]
mod full_screen;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use digital_key::backend::BackendConfig;
use digital_key::texts::Texts;
use tokio::task::JoinHandle;

use crate::demo::TOKEN;
use crate::error::CommandError;
use crate::harness::{CacheDirectory, Harness, OwnBackend, PhoneOptions};
use crate::recordings::RecordOption;
use crate::render::LanguageOption;
#[cfg(feature = "full-screen")]
use crate::screen::can_fill_the_screen;
use control::BackendControl;
use player::{Player, Session};
use remote_control::RemoteControl;

/// The options of `digital-key play`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Built with the feature `full-screen`, the phone fills the terminal. Otherwise, with --lines, in a \
pipe and in a terminal that cannot draw, you type commands.

Examples:
  digital-key play
  digital-key play --language de
  digital-key play --ios 13.5
  digital-key play --record session.dkrec
  digital-key play --vehicles path/to/real/vehicles --data-dir ./cache
  digital-key play --bff http://127.0.0.1:8480 --token demonstration --control http://127.0.0.1:8482
  echo 'select 1' | digital-key play"
)]
pub(crate) struct Options {
    /// Use another BFF.
    #[arg(long, value_name = "URL", requires = "token", conflicts_with = "vehicles")]
    bff: Option<String>,
    /// The bearer token for that BFF.
    #[arg(long, requires = "bff")]
    token: Option<String>,
    /// The control interface of that BFF, which `digital-key backend` prints. With it, its vehicles are
    /// listed and can be changed from here.
    #[arg(long, value_name = "URL", requires = "bff")]
    control: Option<String>,
    /// Take the vehicles from the maker's files: a folder with vehicles_state.json and
    /// vehicle-list.json, or a folder of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Type commands, line by line, also in a terminal: for screen readers.
    #[arg(long)]
    lines: bool,
    #[command(flatten)]
    record: RecordOption,
    #[command(flatten)]
    phone: PhoneOptions,
    #[command(flatten)]
    language: LanguageOption,
}

pub(crate) async fn run(options: Options, logs: bool) -> Result<ExitCode, CommandError> {
    let texts = Arc::new(options.language.texts());
    let directory = CacheDirectory::new(options.data_dir)?;
    let (url, token, control) = match (options.bff, options.token) {
        (Some(url), Some(token)) => {
            let control = match options.control {
                None => BackendControl::None,
                Some(url) => BackendControl::Remote(Box::new(RemoteControl::connect(&url).await?)),
            };
            (url, token, control)
        }
        (Some(_) | None, Some(_) | None) => {
            let backend =
                OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
            (backend.backend().bff_url(), TOKEN.to_owned(), BackendControl::own(backend))
        }
    };
    let (phone, held) = (options.phone.model(), control.held());
    let harness = Harness::start(&url, &token, directory, phone, held, options.record).await?;
    let session = Player::new(harness, control, Arc::clone(&texts)).start()?;
    let player = show(session, texts, options.lines, logs).await?;
    // The player stores what is pending.
    player.await.map_err(|error| CommandError::other(&error))?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the session on the full screen, if this program and the terminal have one, or else in lines.
async fn show(
    session: Session,
    texts: Arc<Texts>,
    lines: bool,
    logs: bool,
) -> Result<JoinHandle<()>, CommandError> {
    #[cfg(feature = "full-screen")]
    if !lines && can_fill_the_screen(logs) {
        return full_screen::run(session, texts).await;
    }
    #[cfg(not(feature = "full-screen"))]
    let _ = (lines, logs);
    lines::run(session, &texts).await
}
