//! Where the story is shown.

use std::io::{self, Write as _};
use std::sync::Arc;

use digital_key::texts::{PageText, Texts};
use digital_key::{Tap, View};
use serde_json::json;

use super::show::Show;
use crate::error::CommandError;
use crate::render;

/// A step of the story.
pub(super) struct Step<'a> {
    /// Its number, from 1.
    pub(super) number: usize,
    /// What happened, as a sentence.
    pub(super) what: &'a str,
    pub(super) view: &'a View,
    pub(super) calls: &'a [&'static str],
}

/// Where the story is shown.
pub(super) enum Stage {
    /// One JSON object per step.
    Json,
    /// Lines of text.
    Lines(Arc<Texts>),
    /// The full screen, for somebody who watches.
    Show(Box<Show>),
}

impl Stage {
    /// Begins the chapter with this key.
    pub(super) fn chapter(&mut self, key: &str) {
        match self {
            Self::Json | Self::Lines(_) => {}
            Self::Show(show) => show.chapter(key),
        }
    }

    /// Called before a tap.
    pub(super) async fn before_tap(&mut self, view: &View, tap: Tap) -> Result<(), CommandError> {
        match self {
            Self::Json | Self::Lines(_) => Ok(()),
            Self::Show(show) => show.before_tap(view, tap).await,
        }
    }

    pub(super) async fn step(&mut self, step: &Step<'_>) -> Result<(), CommandError> {
        match self {
            Self::Json => {
                let object = json!({
                    "step": step.what,
                    "page": step.view.page.name(),
                    "view": render::to_json(step.view),
                    "calls": step.calls,
                });
                Ok(writeln!(io::stdout(), "{object}")?)
            }
            Self::Lines(texts) => Ok(print(step, texts)?),
            Self::Show(show) => show.step(step).await,
        }
    }

    /// Reports something that is not as expected.
    pub(super) fn problem(&mut self, line: &str) -> Result<(), CommandError> {
        match self {
            Self::Json | Self::Lines(_) => writeln!(io::stderr(), "digital-key: {line}")?,
            Self::Show(show) => show.problem(line),
        }
        Ok(())
    }

    pub(super) async fn end(self) {
        match self {
            Self::Json | Self::Lines(_) => {}
            Self::Show(show) => show.end(),
        }
    }
}

fn print(step: &Step<'_>, texts: &Texts) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let page = PageText::of(step.view, texts);
    writeln!(out, "{:>2}. {}", step.number, step.what)?;
    writeln!(out, "    {}", render::heading(step.view, &page, texts))?;
    for line in render::lines(&page) {
        writeln!(out, "    |   {line}")?;
    }
    let enabled = page.buttons.iter().filter(|button| button.is_enabled);
    let labels: Vec<_> = enabled.map(|button| format!("({})", render::label(button))).collect();
    if !labels.is_empty() {
        writeln!(out, "    |   {}", labels.join(" "))?;
    }
    if !step.calls.is_empty() {
        writeln!(out, "    +-- calls: {}", step.calls.join(", "))?;
    }
    writeln!(out)?;
    out.flush()
}
