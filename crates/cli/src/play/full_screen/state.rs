//! What the screen shows, and what keys and mouse do.

use std::sync::Arc;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use digital_key::texts::{PageText, Texts};
use ratatui::layout::{Position, Rect};

use super::prompt::{Prompt, Typed};
use super::sheet::{self, Choice};
use super::world_panel::{Direction, WorldPanel};
use crate::play::command::Command;
use crate::play::world::{Note, Snapshot};
use crate::screen::log::{Entry, Log};
use crate::screen::theme::Theme;

/// The panel that takes the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    Phone,
    World,
    Log,
}

/// Something that a mouse can click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Panel(Focus),
    /// The button at this place, from 0.
    Button(usize),
    /// A choice of Apple's sheet.
    Choice(usize),
    /// A row of the world.
    World(usize),
}

/// What follows from a key or a click.
#[derive(Debug)]
pub(super) enum Action {
    Nothing,
    Send(Command),
    Quit,
}

/// What the screen shows.
pub(super) struct State {
    pub(super) texts: Arc<Texts>,
    pub(super) theme: Theme,
    pub(super) snapshot: Snapshot,
    pub(super) page: PageText,
    pub(super) focus: Focus,
    /// The selected button, from 0.
    pub(super) button: usize,
    /// The choices of Apple's sheet; empty when it is not up.
    pub(super) sheet: Vec<Choice>,
    pub(super) choice: usize,
    pub(super) world: WorldPanel,
    pub(super) log: Log,
    pub(super) prompt: Option<Prompt>,
    /// The lines that were typed at the prompt.
    typed: Vec<String>,
    pub(super) shows_help: bool,
    /// Where a mouse can click, as drawn last; what is above comes later.
    pub(super) targets: Vec<(Rect, Target)>,
}

impl State {
    pub(super) fn new(snapshot: Snapshot, texts: Arc<Texts>, theme: Theme) -> Self {
        let page = PageText::of(&snapshot.view, &texts);
        let world = WorldPanel::new(&snapshot);
        let mut state = Self {
            texts,
            theme,
            page,
            // Without a vehicle the phone has no buttons.
            focus: if snapshot.view.vehicle.is_none() { Focus::World } else { Focus::Phone },
            snapshot,
            button: 0,
            sheet: Vec::new(),
            choice: 0,
            world,
            log: Log::default(),
            prompt: None,
            typed: Vec::new(),
            shows_help: false,
            targets: Vec::new(),
        };
        state.sheet = sheet::choices(&state.snapshot, &state.page);
        state
    }

    /// Shows a new snapshot. The cursor stays on its button as long as the page stays.
    pub(super) fn update(&mut self, snapshot: Snapshot) {
        let is_new_page = snapshot.view.page.name() != self.snapshot.view.page.name();
        let had_buttons = !self.page.buttons.is_empty();
        self.page = PageText::of(&snapshot.view, &self.texts);
        let choices = sheet::choices(&snapshot, &self.page);
        if self.sheet.is_empty() && !choices.is_empty() {
            self.choice = 0;
            self.focus = Focus::Phone;
        }
        self.sheet = choices;
        self.choice = self.choice.min(self.sheet.len().saturating_sub(1));
        if is_new_page {
            self.button = 0;
        }
        if (is_new_page || !had_buttons) && !self.page.buttons.is_empty() {
            self.focus = Focus::Phone;
        }
        self.button = self.button.min(self.page.buttons.len().saturating_sub(1));
        self.world.update(&snapshot);
        self.snapshot = snapshot;
    }

    pub(super) fn note(&mut self, note: Note) {
        self.log.push(match note {
            Note::Did(text) => Entry::Did(text),
            Note::Call(call) => Entry::Call(call),
            Note::Failed(reason) => Entry::Failed(reason),
            Note::Said(text) => Entry::Said(text),
        });
    }

    pub(super) fn on_event(&mut self, event: &Event) -> Action {
        match event {
            // Some terminals report the release of a key, too.
            Event::Key(key) if key.kind != KeyEventKind::Release => self.on_key(*key),
            Event::Mouse(mouse) => self.on_mouse(*mouse),
            Event::Key(_)
            | Event::Resize(..)
            | Event::FocusGained
            | Event::FocusLost
            | Event::Paste(_) => Action::Nothing,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a terminal has more keys than this program uses"
    )]
    fn on_key(&mut self, key: KeyEvent) -> Action {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return Action::Quit;
        }
        if let Some(prompt) = &mut self.prompt {
            let typed = prompt.on_key(key, &self.typed);
            return self.on_typed(typed);
        }
        if std::mem::take(&mut self.shows_help) {
            return Action::Nothing;
        }
        match key.code {
            KeyCode::Char('q') => return Action::Quit,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.shows_help = true,
            KeyCode::Char(':' | '/') => self.prompt = Some(Prompt::default()),
            KeyCode::Char(digit @ '1'..='9') => return self.press(digit as usize - '1' as usize),
            KeyCode::Tab => self.focus = next(self.focus),
            KeyCode::BackTab => self.focus = next(next(self.focus)),
            KeyCode::Up | KeyCode::Char('k') => self.step(-1),
            KeyCode::Down | KeyCode::Char('j') => self.step(1),
            KeyCode::PageUp => self.log.scroll(10),
            KeyCode::PageDown => self.log.scroll(-10),
            KeyCode::Right => return self.activate(Direction::Next),
            KeyCode::Left => return self.activate(Direction::Previous),
            KeyCode::Enter | KeyCode::Char(' ') => return self.enter(),
            _ => {}
        }
        Action::Nothing
    }

    fn on_typed(&mut self, typed: Typed) -> Action {
        match typed {
            Typed::More => Action::Nothing,
            Typed::Cancelled => {
                self.prompt = None;
                Action::Nothing
            }
            Typed::Line(line) => {
                self.prompt = None;
                let command = Command::parse(&line);
                if !line.trim().is_empty() {
                    self.typed.push(line);
                }
                match command {
                    Ok(Command::Nothing) => Action::Nothing,
                    Ok(Command::Quit) => Action::Quit,
                    Ok(command) => Action::Send(command),
                    Err(error) => {
                        self.log.push(Entry::Said(error));
                        Action::Nothing
                    }
                }
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a terminal has more events than this program uses"
    )]
    fn on_mouse(&mut self, mouse: MouseEvent) -> Action {
        let place = Position::new(mouse.column, mouse.row);
        let hit = self.targets.iter().rev().find(|(area, _)| area.contains(place));
        let Some((_, target)) = hit.copied() else { return Action::Nothing };
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                self.shows_help = false;
                match target {
                    Target::Panel(focus) => self.focus = focus,
                    Target::Button(place) | Target::Choice(place) => {
                        self.focus = Focus::Phone;
                        return self.press(place);
                    }
                    Target::World(row) => {
                        self.focus = Focus::World;
                        self.world.select(row);
                        return self.activate(Direction::Next);
                    }
                }
                Action::Nothing
            }
            MouseEventKind::ScrollUp => self.scroll(target, -1),
            MouseEventKind::ScrollDown => self.scroll(target, 1),
            _ => Action::Nothing,
        }
    }

    fn scroll(&mut self, target: Target, lines: isize) -> Action {
        match target {
            Target::Panel(Focus::Log) => self.log.scroll(-3 * lines),
            Target::Panel(Focus::World) | Target::World(_) => self.world.step(lines),
            Target::Panel(Focus::Phone) | Target::Button(_) | Target::Choice(_) => {}
        }
        Action::Nothing
    }

    /// Moves the cursor of the panel that has the focus.
    fn step(&mut self, by: isize) {
        match self.focus {
            Focus::Phone if !self.sheet.is_empty() => {
                self.choice = moved(self.choice, by, self.sheet.len());
            }
            Focus::Phone => self.button = moved(self.button, by, self.page.buttons.len()),
            Focus::World => self.world.step(by),
            Focus::Log => self.log.scroll(-by),
        }
    }

    fn enter(&mut self) -> Action {
        match self.focus {
            Focus::Phone if !self.sheet.is_empty() => self.press(self.choice),
            Focus::Phone => self.press(self.button),
            Focus::World => self.activate(Direction::Next),
            Focus::Log => Action::Nothing,
        }
    }

    /// Presses the button, or makes the choice of Apple's sheet, at this place.
    fn press(&mut self, place: usize) -> Action {
        if !self.sheet.is_empty() {
            let Some(choice) = self.sheet.get(place) else { return Action::Nothing };
            self.choice = place;
            return Action::Send(choice.command.clone());
        }
        let Some(button) = self.page.buttons.get(place) else { return Action::Nothing };
        self.button = place;
        // A disabled button is sent, too: the core says why it has no effect.
        Action::Send(Command::Press(button.tap))
    }

    fn activate(&mut self, direction: Direction) -> Action {
        match self.focus {
            Focus::World => self.world.command(direction).map_or(Action::Nothing, Action::Send),
            Focus::Phone | Focus::Log => Action::Nothing,
        }
    }
}

fn next(focus: Focus) -> Focus {
    match focus {
        Focus::Phone => Focus::World,
        Focus::World => Focus::Log,
        Focus::Log => Focus::Phone,
    }
}

/// The place after a step in a list, which ends at both ends.
pub(super) fn moved(place: usize, by: isize, length: usize) -> usize {
    place.saturating_add_signed(by).min(length.saturating_sub(1))
}
