//! The panel for the world: the vehicles, the backend and the phone.

use digital_key::Vin;
use digital_key::backend::{Endpoint, Fault, OwnerKey, PasswordSource, VehicleChange};
use digital_key::ports::DigitalKeyId;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType};

use super::list::{self, ListRow};
use super::state::moved;
use crate::play::command::{Command, EndpointChange};
use crate::play::world::{EndpointState, Snapshot, VehicleState};
use crate::screen::theme::Theme;

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
    pub(super) fn new(snapshot: &Snapshot) -> Self {
        let rows = rows(snapshot);
        let cursor = rows.iter().position(|row| row.commands.is_some()).unwrap_or_default();
        Self { rows, cursor }
    }

    /// Shows a new snapshot. The cursor stays on its row as long as there is one.
    pub(super) fn update(&mut self, snapshot: &Snapshot) {
        let selected = self.rows.get(self.cursor).map(|row| row.id.clone());
        self.rows = rows(snapshot);
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

    /// Draws the panel. Returns where each visible row is.
    pub(super) fn draw(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        theme: Theme,
        has_focus: bool,
    ) -> Vec<(Rect, usize)> {
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(theme.border(has_focus))
            .title(" The world ");
        let inner = block.inner(area);
        frame.render_widget(block, area);
        let rows = self.rows.iter().map(|row| ListRow {
            left: match row.commands {
                None => row.label.clone(),
                Some(_) => format!("  {}", row.label),
            },
            right: row.value.clone(),
            style: if row.commands.is_none() { theme.title() } else { Style::new() },
        });
        let cursor = has_focus.then_some(self.cursor);
        list::draw(frame, inner, &rows.collect::<Vec<_>>(), cursor, theme)
    }
}

fn rows(snapshot: &Snapshot) -> Vec<Row> {
    let world = &snapshot.world;
    let selected = snapshot.view.vehicle;
    let mut rows = Rows(Vec::new());
    rows.heading("Vehicles");
    for (vin, _) in &world.vehicles {
        let mark = if selected == Some(*vin) { "selected" } else { "" };
        rows.same(vin.as_str(), mark, Command::Select(*vin));
    }
    if world.vehicles.is_empty() {
        rows.note("press : and type  select VIN");
    }
    if let (Some(vin), Some(vehicle)) = (selected, world.vehicle(selected)) {
        rows.vehicle(vin, vehicle);
    }
    rows.phone(snapshot);
    if !world.endpoints.is_empty() {
        rows.heading("The backend");
    }
    for state in &world.endpoints {
        rows.endpoint(state);
    }
    rows.0
}

struct Rows(Vec<Row>);

impl Rows {
    fn heading(&mut self, label: &str) {
        self.add(label, "", None);
    }

    /// A line that can be neither selected nor changed.
    fn note(&mut self, text: &str) {
        self.add(&format!("  {text}"), "", None);
    }

    /// A row whose two directions do the same.
    fn same(&mut self, label: &str, value: &str, command: Command) {
        self.add(label, value, Some((command.clone(), command)));
    }

    fn add(&mut self, label: &str, value: &str, commands: Option<(Command, Command)>) {
        let (label, value) = (label.to_owned(), value.to_owned());
        self.0.push(Row { id: label.clone(), label, value, commands });
    }

    fn switch(&mut self, label: &str, is_on: bool, change: fn(bool) -> VehicleChange) {
        self.same(label, yes(is_on), Command::Change(change(!is_on)));
    }

    fn vehicle(&mut self, vin: Vin, vehicle: &VehicleState) {
        self.heading(&format!("At the backend: {}", vin.short()));
        let owner = vehicle.owner_key.as_ref();
        let value = owner.map_or("none", |key| key.id.as_str());
        let other_phone = DigitalKeyId::try_from("OTHER-PHONE").ok().filter(|_| owner.is_none());
        let key = other_phone.map(|id| OwnerKey { id, tracked: true });
        self.same("owner key", value, Command::Change(VehicleChange::OwnerKey(key)));
        if let Some(key) = owner {
            self.switch("tracked", key.tracked, VehicleChange::Tracked);
        }
        self.switch("prepared", vehicle.prepared, VehicleChange::Prepared);
        self.switch(
            "primary subscriber",
            vehicle.primary_subscriber,
            VehicleChange::PrimarySubscriber,
        );
        let next = match vehicle.password.as_str() {
            "none" => PasswordSource::Random,
            _ => PasswordSource::None,
        };
        self.same("password", &vehicle.password, Command::Change(VehicleChange::Password(next)));
    }

    fn phone(&mut self, snapshot: &Snapshot) {
        let phone = &snapshot.world.phone;
        self.heading("The phone");
        let (value, command) = match phone.in_background {
            true => ("in the background", Command::Foreground),
            false => ("in front", Command::Background),
        };
        self.same("app", value, command);
        let answers = if phone.wallet_is_mute { "cannot say" } else { "answers" };
        self.same("wallet", answers, Command::WalletAnswers(phone.wallet_is_mute));
        let allows = if phone.refuses_keys { "refuses keys" } else { "allows keys" };
        self.same("Apple", allows, Command::CanCreate(phone.refuses_keys));
        for key in &phone.keys {
            self.same(&format!("{key} in the wallet"), "delete", Command::Delete(key.clone()));
        }
        self.same("kill and start the app", "", Command::Restart);
        self.same("sign out", "", Command::SignOut);
    }

    fn endpoint(&mut self, state: &EndpointState) {
        let endpoint = state.endpoint;
        let fault = state.fault.map_or_else(|| "works".to_owned(), |fault| fault.to_string());
        let change = |direction| {
            let fault = following(state.fault, direction);
            Command::Endpoint(EndpointChange::Fail(endpoint, fault))
        };
        let commands = (change(Direction::Next), change(Direction::Previous));
        self.add(endpoint.name(), &fault, Some(commands));
        let (value, change) = match state.holding {
            true => (format!("held: {}", state.held), EndpointChange::Release(endpoint)),
            false => ("at once".to_owned(), EndpointChange::Hold(endpoint)),
        };
        self.same(&answers(endpoint), &value, Command::Endpoint(change));
    }
}

fn answers(endpoint: Endpoint) -> String {
    format!("{endpoint} answers")
}

fn yes(is_on: bool) -> &'static str {
    if is_on { "yes" } else { "no" }
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
