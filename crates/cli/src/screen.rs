//! The full screen of a terminal, and what `play` and `demo` both draw on it.

pub(crate) mod log;
pub(crate) mod phone;
pub(crate) mod theme;
pub(crate) mod wrap;

use std::io::{self, IsTerminal as _};

use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use ratatui::{DefaultTerminal, Frame};

/// The terminal while it shows a full screen. Dropping it gives the terminal back as it was.
pub(crate) struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    /// Takes the terminal.
    pub(crate) fn enter() -> io::Result<Self> {
        let screen = Self { terminal: ratatui::try_init()? };
        crossterm::execute!(io::stdout(), EnableMouseCapture)?;
        Ok(screen)
    }

    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs no care.
        let _ = crossterm::execute!(io::stdout(), DisableMouseCapture);
        ratatui::restore();
    }
}

/// Whether a person looks at a terminal that can draw. Logs on the same terminal would tear the screen.
pub(crate) fn can_fill_the_screen(logs: bool) -> bool {
    let can_draw = std::env::var("TERM").is_ok_and(|term| !term.is_empty() && term != "dumb");
    let is_torn = logs && io::stderr().is_terminal();
    io::stdin().is_terminal() && io::stdout().is_terminal() && can_draw && !is_torn
}
