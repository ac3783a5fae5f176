//! A list that scrolls with its cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::screen::theme::Theme;
use crate::screen::wrap::shorten;

/// A row of a list.
pub(super) struct ListRow {
    pub(super) left: String,
    /// Aligned to the right.
    pub(super) right: String,
    pub(super) style: Style,
}

/// Draws a list so that the cursor is visible. Returns where each visible row is.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    rows: &[ListRow],
    cursor: Option<usize>,
    theme: Theme,
) -> Vec<(Rect, usize)> {
    let height = usize::from(area.height);
    let first = cursor.map_or(0, |cursor| (cursor + 1).saturating_sub(height));
    // The last rows below the cursor are shown as long as the cursor stays visible.
    let first = first.min(rows.len().saturating_sub(height));
    let width = usize::from(area.width);
    let mut places = Vec::new();
    let mut lines = Vec::new();
    for ((index, row), y) in rows.iter().enumerate().skip(first).take(height).zip(area.y..) {
        let right = shorten(&row.right, width / 2);
        let room = width.saturating_sub(right.chars().count() + 1);
        let left = shorten(&row.left, room);
        let style = match cursor == Some(index) {
            true => row.style.patch(theme.selected()),
            false => row.style,
        };
        lines.push(Line::styled(format!("{left:<room$} {right}"), style));
        places.push((Rect { y, height: 1, ..area }, index));
    }
    frame.render_widget(Paragraph::new(lines), area);
    places
}
