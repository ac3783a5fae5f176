//! The log of what the person did and what the app called.

use std::collections::VecDeque;

use digital_key::texts::Texts;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph};

use super::theme::Theme;
use super::wrap::{wrap, wrap_columns};
use crate::render;

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
    /// A text with columns, such as that of `help`.
    Help(String),
}

/// An entry, and how often it happened.
type Counted = (Entry, u64);

/// The log, which keeps the newest entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Counted>,
    /// How many lines the person scrolled up from the newest entry.
    scrolled: usize,
    /// The newest entry is a help, whose first line has to be visible.
    begins_with_help: bool,
    /// The width and the number of lines that were drawn last.
    drawn: (usize, usize),
}

impl Log {
    /// Adds an entry. A failure that repeats one since the person did something is counted instead: the
    /// core tries a call again.
    pub(crate) fn push(&mut self, entry: Entry) {
        if let Entry::Failed(_) = entry {
            let since = self.entries.iter_mut().rev();
            let mut since =
                since.take_while(|it| matches!(it.0, Entry::Call(_) | Entry::Failed(_)));
            if let Some((_, tries)) = since.find(|it| it.0 == entry) {
                *tries += 1;
                return;
            }
        }
        self.begins_with_help = matches!(entry, Entry::Help(_));
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back((entry, 1));
    }

    /// Scrolls towards older entries, or towards newer ones by a negative number.
    pub(crate) fn scroll(&mut self, lines: isize) {
        self.scrolled = self.scrolled.saturating_add_signed(lines);
    }

    /// Shows the newest entry again.
    pub(crate) fn scroll_to_the_end(&mut self) {
        self.scrolled = 0;
    }

    /// Draws the log with the newest entry at the bottom. What the person scrolled to stays where it is
    /// when more happens, and the title says so.
    pub(crate) fn draw(
        &mut self,
        frame: &mut Frame<'_>,
        area: Rect,
        texts: &Texts,
        theme: Theme,
        focus: bool,
    ) {
        let block =
            Block::bordered().border_type(BorderType::Rounded).border_style(theme.border(focus));
        let inner = block.inner(area);
        let (width, height) = (usize::from(inner.width), usize::from(inner.height));
        let all = self.entries.iter();
        let lines: Vec<_> = all.flat_map(|it| entry_lines(it, width, texts, theme)).collect();
        let (drawn_width, drawn_lines) = std::mem::replace(&mut self.drawn, (width, lines.len()));
        if self.scrolled > 0 && drawn_width == width {
            self.scrolled += lines.len().saturating_sub(drawn_lines);
        }
        if let (true, Some(help)) = (self.begins_with_help, self.entries.back()) {
            let rows = entry_lines(help, width, texts, theme).len();
            self.scrolled = rows.saturating_sub(height);
            self.begins_with_help = false;
        }
        self.scrolled = self.scrolled.min(lines.len().saturating_sub(height));
        let title = if self.scrolled > 0 { "log-title-more" } else { "log-title" };
        frame.render_widget(block.title(format!(" {} ", texts.text(title))), area);
        let end = lines.len() - self.scrolled;
        let shown = lines[end.saturating_sub(height)..end].to_vec();
        frame.render_widget(Paragraph::new(shown), inner);
    }
}

/// The lines of an entry, after its mark.
fn entry_lines(counted: &Counted, width: usize, texts: &Texts, theme: Theme) -> Vec<Line<'static>> {
    let (entry, times) = counted;
    let (mark, text, style) = match entry {
        Entry::Did(text) => ("› ", text.clone(), theme.done()),
        Entry::Call(call) => ("  → ", (*call).to_owned(), theme.call()),
        Entry::Failed(reason) => {
            ("  × ", render::tries(reason.clone(), *times, texts), theme.failure())
        }
        Entry::Said(text) => ("! ", text.clone(), theme.warning()),
        Entry::Help(text) => ("  ", text.clone(), Style::new()),
    };
    let indent = mark.chars().count();
    let width = width.saturating_sub(indent);
    let parts = match entry {
        Entry::Help(_) => wrap_columns(&text, width),
        Entry::Did(_) | Entry::Call(_) | Entry::Failed(_) | Entry::Said(_) => wrap(&text, width),
    };
    let line = |(index, part)| {
        let mark = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
        Line::from(vec![Span::raw(mark), Span::styled(part, style)])
    };
    parts.into_iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use digital_key::texts::Language;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::words;

    /// Draws the log with this many rows, and returns them with the title.
    fn rows(log: &mut Log, height: u16) -> Vec<String> {
        let texts = words::texts(Language::English);
        let mut terminal = Terminal::new(TestBackend::new(44, height + 2)).unwrap();
        let draw = |frame: &mut Frame<'_>| {
            log.draw(frame, frame.area(), &texts, Theme::plain(), false);
        };
        terminal.draw(draw).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (1..43).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..=height).map(|y| row(y).trim_end_matches([' ', '─']).to_owned()).collect()
    }

    fn did(number: usize) -> Entry {
        Entry::Did(format!("step {number}"))
    }

    #[test]
    fn a_failure_that_repeats_is_counted_until_the_person_does_something() {
        let mut log = Log::default();
        let failure = Entry::Failed("bff: no answer".to_owned());
        for entry in [did(1), Entry::Call("bff.support"), failure.clone(), failure.clone()] {
            log.push(entry);
        }
        log.push(Entry::Call("cache.store"));
        log.push(failure.clone());
        log.push(did(2));
        log.push(failure);
        let shown = rows(&mut log, 6);
        let failures: Vec<_> = shown.iter().filter(|row| row.contains('×')).collect();
        assert_eq!(failures, ["  × bff: no answer (3 tries)", "  × bff: no answer"], "{shown:?}");
    }

    #[test]
    fn what_was_scrolled_to_stays_and_the_title_says_that_there_is_more() {
        let mut log = Log::default();
        (1..=9).for_each(|number| log.push(did(number)));
        assert_eq!(rows(&mut log, 2), [" What happens", "› step 8", "› step 9"]);
        log.scroll(3);
        let scrolled = [" What happens (more below: PgDn)", "› step 5", "› step 6"];
        assert_eq!(rows(&mut log, 2), scrolled);
        log.push(did(10));
        assert_eq!(rows(&mut log, 2), scrolled);
        log.scroll_to_the_end();
        assert_eq!(rows(&mut log, 2), [" What happens", "› step 9", "› step 10"]);
    }

    #[test]
    fn a_help_begins_at_the_top_and_keeps_its_columns() {
        let mut log = Log::default();
        (1..=9).for_each(|number| log.push(did(number)));
        let right = "a right column that is too long for one row";
        log.push(Entry::Help(format!("1 to 9  {right}\nq       quit\n\nlast")));
        let expected = [
            " What happens (more below: PgDn)",
            "  1 to 9  a right column that is too long",
            "          for one row",
            "  q       quit",
        ];
        assert_eq!(rows(&mut log, 3), expected);
        log.scroll(-10);
        assert_eq!(rows(&mut log, 3)[3], "  last");
    }
}
