//! The styles. What a colour says, a character or an attribute says, too: not everybody sees colours.

use ratatui::style::{Color, Modifier, Style};

/// The styles of a terminal with or without colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    has_colours: bool,
}

impl Theme {
    /// A theme with colours, unless the user asks for none: <https://no-color.org>.
    pub(crate) fn of_environment() -> Self {
        let has_colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { has_colours }
    }

    fn coloured(self, color: Color) -> Style {
        if self.has_colours { Style::new().fg(color) } else { Style::new() }
    }

    pub(crate) fn title(self) -> Style {
        self.coloured(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    pub(crate) fn border(self, has_focus: bool) -> Style {
        match has_focus {
            true => self.coloured(Color::Cyan).add_modifier(Modifier::BOLD),
            false => Style::new().add_modifier(Modifier::DIM),
        }
    }

    pub(crate) fn button(self) -> Style {
        self.coloured(Color::Green)
    }

    pub(crate) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(crate) fn disabled(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub(crate) fn warning(self) -> Style {
        self.coloured(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    pub(crate) fn call(self) -> Style {
        self.coloured(Color::Blue)
    }

    pub(crate) fn failure(self) -> Style {
        self.coloured(Color::Red)
    }

    pub(crate) fn done(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
}

#[cfg(test)]
impl Theme {
    pub(crate) fn plain() -> Self {
        Self { has_colours: false }
    }
}
