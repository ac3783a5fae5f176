//! The line at the bottom in which commands are typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

/// The longest line that can be typed, in characters; the longest command is below 300.
const LIMIT: usize = 400;

/// The line that is being typed.
#[derive(Debug, Default)]
pub(super) struct Prompt {
    line: String,
    /// How far the person went back in the history.
    back: usize,
}

/// What a key did to the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    More,
    Line(String),
    Cancelled,
}

impl Prompt {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a terminal has more keys than this program uses"
    )]
    /// Handles a key. `history` has the earlier lines, the newest last.
    pub(super) fn on_key(&mut self, key: KeyEvent, history: &[String]) -> Typed {
        match key.code {
            KeyCode::Esc => return Typed::Cancelled,
            KeyCode::Enter => return Typed::Line(std::mem::take(&mut self.line)),
            KeyCode::Backspace if self.line.pop().is_none() => return Typed::Cancelled,
            KeyCode::Up => self.recall((self.back + 1).min(history.len()), history),
            KeyCode::Down => self.recall(self.back.saturating_sub(1), history),
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.line.clear();
            }
            KeyCode::Char(character) if self.line.chars().count() < LIMIT => {
                self.line.push(character);
            }
            _ => {}
        }
        Typed::More
    }

    fn recall(&mut self, back: usize, history: &[String]) {
        self.back = back;
        let line = history.len().checked_sub(back).and_then(|place| history.get(place));
        self.line = line.cloned().unwrap_or_default();
    }

    /// Draws the end of the line, where the cursor is.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let width = usize::from(area.width).saturating_sub(2);
        let skipped = self.line.chars().count().saturating_sub(width);
        let shown: String = self.line.chars().skip(skipped).collect();
        let column = u16::try_from(shown.chars().count() + 1).unwrap_or(u16::MAX);
        frame.render_widget(Paragraph::new(format!(":{shown}")), area);
        if area.width > 0 && area.height > 0 {
            frame.set_cursor_position((area.x.saturating_add(column), area.y));
        }
    }
}
