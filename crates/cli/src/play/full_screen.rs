//! The full screen: the phone, the world around it, and what happens.

mod state;
mod sheet;
mod world_panel;
mod list;
mod prompt;
mod footer;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crossterm::event::EventStream;
use digital_key::texts::Texts;
use futures_util::StreamExt as _;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use tokio::task::JoinHandle;

use super::player::Session;
use super::world::Note;
use crate::error::CommandError;
use crate::render;
use crate::screen::Screen;
use crate::screen::phone::Phone;
use crate::screen::theme::Theme;
use state::{Action, Focus, State, Target};

/// Plays until the person quits. Returns the player, which then stores what is pending.
pub(super) async fn run(
    mut session: Session,
    texts: Arc<Texts>,
) -> Result<JoinHandle<()>, CommandError> {
    let mut screen = Screen::enter()?;
    let snapshot = session.snapshot.borrow_and_update().clone();
    let mut state = State::new(snapshot, texts, Theme::of_environment());
    let mut events = EventStream::new();
    loop {
        screen.draw(|frame| draw(frame, &mut state))?;
        tokio::select! {
            event = events.next() => {
                // A terminal that is gone sends no more events.
                let Some(Ok(event)) = event else { break };
                match state.on_event(&event) {
                    Action::Nothing => {}
                    Action::Send(command) => {
                        if let Err(error) = session.send(command) {
                            state.note(Note::Said(error.to_owned()));
                        }
                    }
                    Action::Quit => break,
                }
            }
            changed = session.snapshot.changed() => {
                if changed.is_err() { break }
                state.update(session.snapshot.borrow_and_update().clone());
            }
            note = session.notes.recv() => {
                let Some(note) = note else { break };
                state.note(note);
                while let Ok(note) = session.notes.try_recv() {
                    state.note(note);
                }
            }
        }
    }
    Ok(session.player)
}

/// Below this size there is room for one panel at a time.
const SMALL: (u16, u16) = (64, 16);

/// Draws everything, and remembers where a mouse can click.
fn draw(frame: &mut Frame<'_>, state: &mut State) {
    state.targets.clear();
    let [main, footer] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(frame.area());
    if main.width < SMALL.0 || main.height < SMALL.1 {
        match state.focus {
            Focus::Phone => draw_phone(frame, main, state),
            Focus::World => draw_world(frame, main, state),
            Focus::Log => draw_log(frame, main, state),
        }
    } else {
        let width = (main.width * 9 / 20).min(46);
        let [phone, right] =
            Layout::horizontal([Constraint::Length(width), Constraint::Min(0)]).areas(main);
        let rows = u16::try_from(state.world.rows.len()).unwrap_or(u16::MAX).saturating_add(2);
        let height = rows.min((right.height * 3 / 5).max(right.height.saturating_sub(12)));
        let [world, log] =
            Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(right);
        draw_world(frame, world, state);
        draw_log(frame, log, state);
        draw_phone(frame, phone, state);
    }
    match &state.prompt {
        Some(prompt) => prompt.draw(frame, footer),
        None => footer::draw(frame, footer, state),
    }
    if state.shows_help {
        footer::draw_help(frame, main, state);
    }
}

fn draw_phone(frame: &mut Frame<'_>, area: Rect, state: &mut State) {
    state.targets.push((area, Target::Panel(Focus::Phone)));
    let has_focus = state.focus == Focus::Phone;
    let is_covered = !state.sheet.is_empty();
    let phone = Phone {
        page: &state.page,
        name: state.snapshot.view.page.name(),
        counter: &render::counter(&state.snapshot.view, &state.texts),
        selected: (has_focus && !is_covered).then_some(state.button),
        has_focus,
        theme: state.theme,
    };
    let buttons = phone.draw(frame, area);
    if is_covered {
        sheet::draw(frame, area, state);
        return;
    }
    let buttons = buttons.into_iter().enumerate();
    state.targets.extend(buttons.map(|(place, area)| (area, Target::Button(place))));
}

fn draw_world(frame: &mut Frame<'_>, area: Rect, state: &mut State) {
    state.targets.push((area, Target::Panel(Focus::World)));
    let has_focus = state.focus == Focus::World;
    let rows = state.world.draw(frame, area, state.theme, has_focus);
    state.targets.extend(rows.into_iter().map(|(area, row)| (area, Target::World(row))));
}

fn draw_log(frame: &mut Frame<'_>, area: Rect, state: &mut State) {
    state.targets.push((area, Target::Panel(Focus::Log)));
    let has_focus = state.focus == Focus::Log;
    state.log.draw(frame, area, &state.texts, state.theme, has_focus);
}
