//! Shows how far a run is: a bar on a terminal, a few lines elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Duration;

/// The number of steps of the bar.
const WIDTH: u64 = 40;

/// The greatest number of lines where there is no terminal.
const LINES: u64 = 5;

pub(crate) struct Progress {
    all: u64,
    is_terminal: bool,
    shown: u64,
}

impl Progress {
    pub(crate) fn new(all: u64) -> Self {
        Self { all, is_terminal: stderr().is_terminal(), shown: 0 }
    }

    /// Shows the number of histories that are done, and their rate.
    pub(crate) fn show(&mut self, done: u64, took: Duration) {
        let steps = if self.is_terminal { WIDTH } else { LINES };
        let step = done * steps / self.all.max(1);
        if step <= self.shown {
            return;
        }
        self.shown = step;
        let per_second = done as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE);
        let text = format!("{done} of {} histories, {per_second:.0} a second", self.all);
        let mut out = stderr();
        // Without a reader there is nothing to show.
        let _ = match self.is_terminal {
            true => {
                let filled = "#".repeat(step as usize);
                write!(out, "\r[{filled:<40}] {text} ").and_then(|()| out.flush())
            }
            false => writeln!(out, "{text}"),
        };
    }

    /// Ends the line of the bar.
    pub(crate) fn end(&self) {
        if self.is_terminal && self.shown > 0 {
            let _ = writeln!(stderr());
        }
    }
}
