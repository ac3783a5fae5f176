//! The panel for the world: the vehicles, the backend and the phone.

use digital_key::Vin;
use digital_key::backend::{Fault, OwnerKey, PasswordSource, VehicleChange};
use digital_key::ports::DigitalKeyId;
use digital_key::texts::Texts;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType};

use super::list::{self, ListRow};
use super::state::moved;
use crate::play::command::{Command, EndpointChange};
use crate::play::world::{EndpointState, Snapshot, VehicleState};
use crate::screen::theme::Theme;
use crate::words::with;

/// The panel with its cursor.
pub(super) struct WorldPanel {
    pub(super) rows: Vec<Row>,
    /// The selected row, which is never a heading.
    cursor: usize,
}

/// A row: a heading, or something that can be changed.
pub(super) struct Row {
    label: String,
    value: String,
    /// What the next value is, and the previous one; `None` = a heading.
    commands: Option<(Command, Command)>,
    /// Names the row, so that the cursor stays on it.
    id: String,
}

/// Which value follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Next,
    Previous,
}

impl WorldPanel {
    pub(super) fn new(snapshot: &Snapshot, texts: &Texts) -> Self {
        let rows = rows(snapshot, texts);
        let cursor = rows.iter().position(|row| row.commands.is_some()).unwrap_or_default();
        Self { rows, cursor }
    }

    /// Shows a new snapshot. The cursor stays on its row as long as there is one.
    pub(super) fn update(&mut self, snapshot: &Snapshot, texts: &Texts) {
        let selected = self.rows.get(self.cursor).map(|row| row.id.clone());
        self.rows = rows(snapshot, texts);
        let same = self.rows.iter().position(|row| Some(&row.id) == selected.as_ref());
        self.cursor = same.unwrap_or(self.cursor);
        if self.rows.get(self.cursor).is_none_or(|row| row.commands.is_none()) {
            self.step(1);
            self.step(-1);
        }
    }

    /// Moves the cursor over the headings.
    pub(super) fn step(&mut self, by: isize) {
        let mut place = self.cursor;
        loop {
            let next = moved(place, by, self.rows.len());
            if next == place {
                return;
            }
            place = next;
            if self.rows[place].commands.is_some() {
                self.cursor = place;
                return;
            }
        }
    }

    pub(super) fn select(&mut self, row: usize) {
        if self.rows.get(row).is_some_and(|row| row.commands.is_some()) {
            self.cursor = row;
        }
    }

    /// Returns the command that gives the selected row its next or previous value.
    pub(super) fn command(&self, direction: Direction) -> Option<Command> {
        let (next, previous) = self.rows.get(self.cursor)?.commands.as_ref()?;
        Some(match direction {
            Direction::Next => next.clone(),
            Direction::Previous => previous.clone(),
        })
    }

    /// Draws the panel, whose title says that it goes on below. Returns where each visible row is.
    pub(super) fn draw(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        texts: &Texts,
        theme: Theme,
        has_focus: bool,
    ) -> Vec<(Rect, usize)> {
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(theme.border(has_focus));
        let inner = block.inner(area);
        let rows = self.rows.iter().map(|row| ListRow {
            left: match row.commands {
                None => row.label.clone(),
                Some(_) => format!("  {}", row.label),
            },
            right: row.value.clone(),
            style: if row.commands.is_none() { theme.title() } else { Style::new() },
        });
        let cursor = has_focus.then_some(self.cursor);
        let visible = list::draw(frame, inner, &rows.collect::<Vec<_>>(), cursor, theme);
        let goes_on = visible.last().is_some_and(|(_, row)| row + 1 < self.rows.len());
        let title = if goes_on { "world-title-more" } else { "world-title" };
        frame.render_widget(block.title(format!(" {} ", texts.text(title))), area);
        visible
    }
}

fn rows(snapshot: &Snapshot, texts: &Texts) -> Vec<Row> {
    let world = &snapshot.world;
    let selected = snapshot.view.vehicle;
    let mut rows = Rows { texts, section: String::new(), rows: Vec::new() };
    rows.heading("world-vehicles");
    for (vin, _) in &world.vehicles {
        let mark =
            if selected == Some(*vin) { texts.text("world-selected") } else { String::new() };
        rows.same(vin.as_str(), &mark, Command::Select(*vin));
    }
    if world.vehicles.is_empty() {
        let note = format!("  {}", texts.text("world-no-vehicles"));
        rows.add(&note, "", None);
    }
    if let (Some(vin), Some(vehicle)) = (selected, world.vehicle(selected)) {
        rows.vehicle(vin, vehicle);
    }
    rows.phone(snapshot);
    if !world.endpoints.is_empty() {
        rows.heading("world-backend");
    }
    for state in &world.endpoints {
        rows.endpoint(state);
    }
    rows.rows
}

/// The rows so far.
struct Rows<'a> {
    texts: &'a Texts,
    /// The heading above: a label is unique below its heading only.
    section: String,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn heading(&mut self, key: &str) {
        self.begin_section(self.texts.text(key));
    }

    fn begin_section(&mut self, heading: String) {
        self.add(&heading, "", None);
        self.section = heading;
    }

    /// A row whose two directions do the same.
    fn same(&mut self, label: &str, value: &str, command: Command) {
        self.add(label, value, Some((command.clone(), command)));
    }

    /// A row whose label and value are texts.
    fn texts(&mut self, label: &str, value: &str, command: Command) {
        self.same(&self.texts.text(label), &self.texts.text(value), command);
    }

    /// A row without a value: something that can be done.
    fn deed(&mut self, label: &str, command: Command) {
        self.same(&self.texts.text(label), "", command);
    }

    fn add(&mut self, label: &str, value: &str, commands: Option<(Command, Command)>) {
        let id = format!("{}/{label}", self.section);
        let (label, value) = (label.to_owned(), value.to_owned());
        self.rows.push(Row { id, label, value, commands });
    }

    fn switch(&mut self, label: &str, is_on: bool, change: fn(bool) -> VehicleChange) {
        let value = if is_on { "world-yes" } else { "world-no" };
        self.texts(label, value, Command::Change(change(!is_on)));
    }

    fn vehicle(&mut self, vin: Vin, vehicle: &VehicleState) {
        let vin = vin.short().to_string();
        self.begin_section(with(self.texts, "world-vehicle", &[("vin", &vin)]));
        let owner = vehicle.owner_key.as_ref();
        let none = self.texts.text("world-none");
        let value = owner.map_or(&*none, |key| key.id.as_str());
        let other_phone = DigitalKeyId::try_from("OTHER-PHONE").ok().filter(|_| owner.is_none());
        let key = other_phone.map(|id| OwnerKey { id, tracked: true });
        let change = Command::Change(VehicleChange::OwnerKey(key));
        self.same(&self.texts.text("world-owner-key"), value, change);
        if let Some(key) = owner {
            self.switch("world-tracked", key.tracked, VehicleChange::Tracked);
        }
        self.switch("world-prepared", vehicle.prepared, VehicleChange::Prepared);
        self.switch(
            "world-primary-subscriber",
            vehicle.primary_subscriber,
            VehicleChange::PrimarySubscriber,
        );
        let (value, next) = match vehicle.password.as_str() {
            "none" => ("world-none", PasswordSource::Random),
            "fixed" => ("world-fixed", PasswordSource::None),
            _ => ("world-random", PasswordSource::None),
        };
        self.texts("world-password", value, Command::Change(VehicleChange::Password(next)));
    }

    fn phone(&mut self, snapshot: &Snapshot) {
        let phone = &snapshot.world.phone;
        self.heading("world-phone");
        let (value, command) = match phone.in_background {
            true => ("world-in-background", Command::Foreground),
            false => ("world-in-front", Command::Background),
        };
        self.texts("world-app", value, command);
        let answers =
            if phone.wallet_is_mute { "world-wallet-mute" } else { "world-wallet-answers" };
        self.texts("world-wallet", answers, Command::WalletAnswers(phone.wallet_is_mute));
        let allows = if phone.refuses_keys { "world-refuses-keys" } else { "world-allows-keys" };
        self.texts("world-apple", allows, Command::CanCreate(phone.refuses_keys));
        for key in &phone.keys {
            let label = with(self.texts, "world-key", &[("key", key.as_str())]);
            self.same(&label, &self.texts.text("world-delete"), Command::Delete(key.clone()));
        }
        if let Some(vin) = snapshot.view.vehicle {
            self.deed("world-refresh", Command::Refresh(vin));
            self.deed("world-forget", Command::Forget(vin));
        }
        self.deed("world-restart", Command::Restart);
        self.deed("world-sign-out", Command::SignOut);
    }

    fn endpoint(&mut self, state: &EndpointState) {
        let endpoint = state.endpoint;
        let fault = match state.fault {
            None => self.texts.text("world-works"),
            Some(fault) => fault.to_string(),
        };
        let change = |direction| {
            let fault = following(state.fault, direction);
            Command::Endpoint(EndpointChange::Fail(endpoint, fault))
        };
        let commands = (change(Direction::Next), change(Direction::Previous));
        self.add(endpoint.name(), &fault, Some(commands));
        let label = with(self.texts, "world-answers", &[("endpoint", endpoint.name())]);
        let (value, change) = match state.holding {
            true => {
                let count = [("count", &*state.held.to_string())];
                (with(self.texts, "world-held", &count), EndpointChange::Release(endpoint))
            }
            false => (self.texts.text("world-at-once"), EndpointChange::Hold(endpoint)),
        };
        self.same(&label, &value, Command::Endpoint(change));
    }
}

/// The fault after or before this one; no fault is one of them.
fn following(fault: Option<Fault>, direction: Direction) -> Option<Fault> {
    let mut all = vec![None];
    all.extend(Fault::ALL.map(Some));
    let place = all.iter().position(|known| *known == fault).unwrap_or_default();
    let place = match direction {
        Direction::Next => place + 1,
        Direction::Previous => place + all.len() - 1,
    };
    all[place % all.len()]
}
