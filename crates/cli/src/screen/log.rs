//! The log of what the person did and what the app called.

use std::collections::VecDeque;

use digital_key::texts::Texts;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph};

use super::theme::Theme;
use super::wrap::wrap;

/// How many entries are kept.
const KEPT: usize = 500;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// What the person did, or what happened to the phone.
    Did(String),
    /// A call of a port.
    Call(&'static str),
    /// A call failed, for this reason.
    Failed(String),
    /// Something that the person has to know.
    Said(String),
}

/// The log, which keeps the newest entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    /// How many lines the person scrolled up from the newest entry.
    scrolled: usize,
}

impl Log {
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Scrolls towards older entries, or towards newer ones by a negative number.
    pub(crate) fn scroll(&mut self, lines: isize) {
        self.scrolled = self.scrolled.saturating_add_signed(lines);
    }

    /// Draws the log with the newest entry at the bottom.
    pub(crate) fn draw(
        &mut self,
        frame: &mut Frame<'_>,
        area: Rect,
        texts: &Texts,
        theme: Theme,
        focus: bool,
    ) {
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(theme.border(focus))
            .title(format!(" {} ", texts.text("log-title")));
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let lines = self.lines(usize::from(inner.width), theme);
        let height = usize::from(inner.height);
        self.scrolled = self.scrolled.min(lines.len().saturating_sub(height));
        let end = lines.len() - self.scrolled;
        let shown = lines[end.saturating_sub(height)..end].to_vec();
        frame.render_widget(Paragraph::new(shown), inner);
    }

    fn lines(&self, width: usize, theme: Theme) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for entry in &self.entries {
            let (mark, text, style) = match entry {
                Entry::Did(text) => ("› ", text.as_str(), theme.done()),
                Entry::Call(call) => ("  → ", *call, theme.call()),
                Entry::Failed(reason) => ("  × ", reason.as_str(), theme.failure()),
                Entry::Said(text) => ("! ", text.as_str(), theme.warning()),
            };
            let indent = mark.chars().count();
            for (index, part) in wrap(text, width.saturating_sub(indent)).into_iter().enumerate() {
                let mark = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
                lines.push(Line::from(vec![Span::raw(mark), Span::styled(part, style)]));
            }
        }
        lines
    }
}
