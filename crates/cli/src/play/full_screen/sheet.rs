//! Apple's sheet as a dialog with its answers.

use digital_key::AppleErrorCode;
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::texts::PageText;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Clear};

use super::list::{self, ListRow};
use super::state::{Focus, State, Target};
use crate::play::command::Command;
use crate::play::world::Snapshot;

/// Something that can happen while the sheet is up.
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) command: Command,
}

/// The choices while the sheet is up, and none otherwise.
pub(super) fn choices(snapshot: &Snapshot, page: &PageText) -> Vec<Choice> {
    if !snapshot.view.pairing_runs {
        return Vec::new();
    }
    let id = snapshot.world.next_key();
    let key = DigitalKeyId::try_from(id.as_str()).ok();
    let answer = |label: String, pass: Option<DigitalKeyId>, error| Choice {
        label,
        command: Command::Apple(PairingAnswer { pass, error }),
    };
    let with_error = Some(AppleErrorCode::GenericError);
    let mut choices = vec![
        answer(format!("create {id}"), key.clone(), None),
        answer(format!("create {id} + genericError"), key, with_error),
        answer("end without an answer".to_owned(), None, None),
    ];
    let errors = AppleErrorCode::ALL.into_iter();
    choices.extend(errors.map(|code| answer(code.name().to_owned(), None, Some(code))));
    let offered = page.buttons.iter().filter(|button| button.is_enabled);
    choices.extend(offered.map(|button| Choice {
        label: format!("beneath it: {}", button.label),
        command: Command::Press(button.tap),
    }));
    choices
}

/// Draws the sheet over the phone.
pub(super) fn draw(frame: &mut Frame<'_>, phone: Rect, state: &mut State) {
    let rows: Vec<_> = (1..)
        .zip(&state.sheet)
        .map(|(number, choice)| ListRow {
            left: match number {
                1..=9 => format!("{number} {}", choice.label),
                _ => format!("  {}", choice.label),
            },
            right: String::new(),
            style: Style::new(),
        })
        .collect();
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2);
    let height = height.min(phone.height.saturating_sub(2));
    let area = Rect {
        x: phone.x.saturating_add(1),
        y: phone.bottom().saturating_sub(height.saturating_add(1)),
        width: phone.width.saturating_sub(2),
        height,
    }
    .intersection(phone);
    let has_focus = state.focus == Focus::Phone;
    let block = Block::bordered()
        .border_type(BorderType::Double)
        .border_style(state.theme.border(has_focus))
        .title(" Apple Wallet: add the car key ");
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    let cursor = Some(state.choice).filter(|_| has_focus);
    let places = list::draw(frame, inner, &rows, cursor, state.theme);
    state.targets.push((area, Target::Panel(Focus::Phone)));
    state.targets.extend(places.into_iter().map(|(area, place)| (area, Target::Choice(place))));
}
