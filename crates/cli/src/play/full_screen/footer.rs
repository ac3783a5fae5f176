//! The keys: the most useful ones in the last line, all of them in the help.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::state::{Focus, State};

/// Draws the last line.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let of_panel = match state.focus {
        Focus::Phone if !state.sheet.is_empty() => "↑↓ Enter: answer the sheet",
        Focus::Phone => "↑↓ Enter or 1-9: tap",
        Focus::World => "↑↓ select  ←→ Enter: change",
        Focus::Log => "↑↓ scroll",
    };
    let text = format!(" {of_panel} · Tab: next panel · : command · ? help · q quit");
    frame.render_widget(Paragraph::new(text).style(state.theme.disabled()), area);
}

const HELP: &str = "\
↑ ↓           move in the panel
Enter, Space  tap, answer, change
1 to 9        tap a button, or answer the sheet
← →           previous and next value in The world
Tab           next panel; Shift-Tab goes back
PgUp, PgDn    scroll What happens
:             type a command; `help` lists them
mouse         click and scroll as you expect
q, Ctrl-C     quit

[ Continue ]  a button that can be tapped
( Continue )  one that cannot be tapped now

Any key closes this.";

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
        .title(" Help ");
    let lines: Vec<_> = HELP.lines().map(Line::from).collect();
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}
