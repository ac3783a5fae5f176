//! How far a run is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Duration;

/// How many steps the bar has.
const WIDTH: u64 = 40;

/// How many lines there are, at most, where there is no terminal.
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

    /// So many are done, after so much time.
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
        // Whoever does not listen misses nothing but this.
        let _ = match self.is_terminal {
            true => {
                let filled = "#".repeat(step as usize);
                write!(out, "\r[{filled:<40}] {text} ").and_then(|()| out.flush())
            }
            false => writeln!(out, "{text}"),
        };
    }

    /// The line after the bar.
    pub(crate) fn end(&self) {
        if self.is_terminal && self.shown > 0 {
            let _ = writeln!(stderr());
        }
    }
}
