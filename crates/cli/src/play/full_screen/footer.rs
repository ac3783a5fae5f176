//! The keys: the most useful ones in the last line, all of them in the help.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::state::{Focus, State};

/// Draws the last line.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let of_panel = match state.focus {
        Focus::Phone if !state.sheet.is_empty() => "footer-sheet",
        Focus::Phone => "footer-phone",
        Focus::World => "footer-world",
        Focus::Log => "footer-log",
    };
    let text = format!(" {} · {}", state.texts.text(of_panel), state.texts.text("footer-keys"));
    frame.render_widget(Paragraph::new(text).style(state.theme.disabled()), area);
}

/// Draws the help over the middle of the screen.
pub(super) fn draw_help(frame: &mut Frame<'_>, main: Rect, state: &State) {
    let width = main.width.min(54);
    let height = main.height.min(17);
    let area = Rect {
        x: main.x + (main.width - width) / 2,
        y: main.y + (main.height - height) / 2,
        width,
        height,
    };
    let block = Block::bordered()
        .border_type(BorderType::Double)
        .border_style(state.theme.border(true))
        .title(format!(" {} ", state.texts.text("keys-title")));
    let help = state.texts.text("keys-help");
    let lines: Vec<_> = help.lines().map(Line::from).collect();
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
