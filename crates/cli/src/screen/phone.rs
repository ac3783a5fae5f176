//! The phone: the page with its buttons, which keep their places.

use digital_key::texts::{Button, LineKind, PageText};
use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Paragraph};

use super::theme::Theme;
use super::wrap::wrap;
use crate::render;

/// The phone as it is drawn.
pub(crate) struct Phone<'a> {
    pub(crate) page: &'a PageText,
    /// The name of the page, such as `ReadyToPair`.
    pub(crate) name: &'static str,
    /// The usage counter.
    pub(crate) counter: &'a str,
    /// The selected button.
    pub(crate) selected: Option<usize>,
    pub(crate) has_focus: bool,
    pub(crate) theme: Theme,
}

impl Phone<'_> {
    /// Draws the phone, and returns where its buttons are.
    pub(crate) fn draw(&self, frame: &mut Frame<'_>, area: Rect) -> Vec<Rect> {
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.border(self.has_focus))
            .title(self.border_title(area.width))
            .title_bottom(Line::from(format!(" {} ", self.counter)).alignment(Alignment::Right));
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let width = usize::from(inner.width.saturating_sub(2)).max(1);
        let buttons: Vec<_> = self.page.buttons.iter().enumerate().collect();
        let labels: Vec<_> =
            buttons.iter().map(|(place, button)| label_lines(*place, button, width)).collect();
        let rows: usize = labels.iter().map(Vec::len).sum();
        let above = usize::from(inner.height).saturating_sub(rows);

        let text = self.text(width, above.saturating_sub(1));
        let indented = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        frame.render_widget(Paragraph::new(text), indented.intersection(inner));

        let mut places = Vec::new();
        let mut top = above;
        for ((place, button), label) in buttons.iter().zip(labels) {
            let height = label.len();
            let y = inner.y.saturating_add(u16::try_from(top).unwrap_or(u16::MAX));
            let height = u16::try_from(height).unwrap_or(u16::MAX);
            let area = Rect { y, height, ..indented }.intersection(inner);
            let style = self.style(*place, button);
            let label: Vec<_> = label.into_iter().map(Line::from).collect();
            frame.render_widget(Paragraph::new(label).style(style), area);
            places.push(area);
            top += usize::from(height);
        }
        places
    }

    /// The name of the page, after the name of the phone where both fit.
    fn border_title(&self, width: u16) -> String {
        let title = format!(" iPhone · {} ", self.name);
        let fits = title.chars().count() + 2 <= usize::from(width);
        if fits { title } else { format!(" {} ", self.name) }
    }

    /// Title and lines, at most this many rows.
    fn text(&self, width: usize, rows: usize) -> Vec<Line<'static>> {
        let mut text = Vec::new();
        let mut add = |content: &str, style: Style| {
            text.extend(wrap(content, width).into_iter().map(|line| Line::styled(line, style)));
        };
        add(&self.page.title, self.theme.title());
        for line in &self.page.lines {
            add("", Style::new());
            match line.kind {
                LineKind::Body => add(&line.text, Style::new()),
                LineKind::Link => add(&line.text, self.theme.call()),
                LineKind::Progress | LineKind::Hint => add(&line.text, self.theme.disabled()),
                LineKind::Warning => add(&format!("! {}", line.text), self.theme.warning()),
            }
        }
        if text.len() > rows {
            text.retain(|line| line.width() > 0);
        }
        if text.len() > rows {
            text.truncate(rows);
            if let Some(last) = text.last_mut() {
                *last = Line::from("…");
            }
        }
        text
    }

    fn style(&self, place: usize, button: &Button) -> Style {
        let is_highlighted = button.checkbox.is_some_and(|checkbox| checkbox.is_highlighted);
        let style = match button.is_enabled {
            true if is_highlighted => self.theme.warning(),
            true => self.theme.button(),
            false => self.theme.disabled(),
        };
        if self.selected == Some(place) { style.patch(self.theme.selected()) } else { style }
    }
}

/// A button with its number: `1 [ Continue ]`, and `1 ( Continue )` while it is disabled.
fn label_lines(place: usize, button: &Button, width: usize) -> Vec<String> {
    let number = place + 1;
    let label = render::label(button);
    let text = match button.is_enabled {
        _ if button.checkbox.is_some() => label,
        true => format!("[ {label} ]"),
        false => format!("( {label} )"),
    };
    let indent = " ".repeat(if button.checkbox.is_some() { 6 } else { 2 });
    let lines = wrap(&text, width.saturating_sub(indent.len()));
    let with_number = |(index, line): (usize, String)| match index {
        0 => format!("{number} {line}"),
        _ => format!("{indent}{line}"),
    };
    lines.into_iter().enumerate().map(with_number).collect()
}

#[cfg(test)]
mod tests {
    use digital_key::testkit::canned::canned_views;
    use digital_key::texts::{Language, keys};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::words;

    /// The phone on a terminal of 80 by 24.
    const SIZE: (u16, u16) = (35, 23);

    /// Each page in each language fits, and shows no key in the place of a text.
    #[test]
    fn each_page_fits_on_a_small_screen() {
        for language in Language::ALL {
            let texts = words::texts(language);
            for canned in canned_views() {
                let page = PageText::of(&canned.view, &texts);
                let phone = Phone {
                    page: &page,
                    name: canned.view.page.name(),
                    counter: &render::counter(&canned.view, &texts),
                    selected: Some(0),
                    has_focus: true,
                    theme: Theme::plain(),
                };
                let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
                let mut buttons = Vec::new();
                terminal.draw(|frame| buttons = phone.draw(frame, frame.area())).unwrap();
                let buffer = terminal.backend().buffer();
                let row =
                    |y| (0..SIZE.0).map(|x| buffer[(x, y)].symbol()).collect::<String>() + "\n";
                let screen: String = (0..SIZE.1).map(row).collect();
                let name = canned.name;
                assert!(!screen.contains("│ … "), "{name} in {language} is cut off:\n{screen}");
                assert_eq!(buttons.len(), page.buttons.len(), "{name}");
                assert!(
                    buttons.iter().all(|area| area.height > 0),
                    "{name} in {language}:\n{screen}"
                );
                let shown = page.lines.iter().map(|line| &line.text).chain([&page.title]);
                for text in shown {
                    assert!(!keys::all().any(|key| text == key), "{name} in {language}: {text}");
                }
            }
        }
    }
}
