//! `digital-key demo` plays the whole story without input.

mod story;
mod stage;
#[cfg_attr(not(feature = "full-screen"), path = "demo/no_show.rs")]
mod show;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use digital_key::backend::BackendConfig;
use digital_key::texts::{Language, Value};

use crate::error::CommandError;
use crate::harness::{CacheDirectory, Harness, OwnBackend, supported_phone};
use crate::recordings::RecordOption;
use crate::render::LanguageOption;
use crate::words;
use show::Show;
use stage::Stage;
use story::Story;

/// The options of `digital-key demo`. Its exit code is 0 only if every step is as expected.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Built with the feature `full-screen`, the story takes two minutes on the whole terminal; any key goes
on, q ends.

Examples:
  digital-key demo
  digital-key demo --fast
  digital-key demo --language de
  digital-key demo --json | jq -r .page
  digital-key demo --fast --record demo.dkrec
  digital-key demo --vehicles path/to/real/vehicles --data-dir ./cache"
)]
pub(crate) struct Options {
    /// Print one JSON object per step: step, page, view, calls.
    #[arg(long)]
    json: bool,
    /// Print all steps at once, also in a terminal.
    #[arg(long)]
    fast: bool,
    /// Take the vehicles from the maker's files: a folder with vehicles_state.json and
    /// vehicle-list.json, or a folder of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory. The story begins with a sign-out,
    /// which empties it.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    record: RecordOption,
    #[command(flatten)]
    language: LanguageOption,
}

/// The token for the backend in this program, which accepts any.
pub(crate) const TOKEN: &str = "demonstration";

pub(crate) async fn run(options: Options, logs: bool) -> Result<ExitCode, CommandError> {
    // A program reads the same words in each environment.
    let texts = match options.json {
        true => words::texts(Language::English),
        false => options.language.texts(),
    };
    let texts = Arc::new(texts);
    let backend = OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
    let directory = CacheDirectory::new(options.data_dir)?;
    let url = backend.backend().bff_url();
    let held = Some(backend.control().held());
    let phone = supported_phone()?;
    let harness = Harness::start(&url, TOKEN, directory, phone, held, options.record).await?;
    let show = match options.json || options.fast {
        true => None,
        false => Show::start(&texts, logs)?,
    };
    let stage = match show {
        Some(show) => Stage::Show(Box::new(show)),
        None if options.json => Stage::Json,
        None => Stage::Lines(Arc::clone(&texts)),
    };
    let mut story = Story { harness, backend, texts, stage, steps: 0, failed: 0 };
    let played = story.play().await;
    let Story { harness, stage, texts, steps, failed, .. } = story;
    harness.end().await;
    // Gives the terminal back before a line is printed on it.
    stage.end().await;
    played?;
    if !options.json {
        let number = |count: usize| Value::Number(count.try_into().unwrap_or(u64::MAX));
        let values = [("expected", number(steps - failed)), ("steps", number(steps))];
        writeln!(io::stdout(), "{}", texts.text_with("demo-summary", &values))?;
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}
